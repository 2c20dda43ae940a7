#!/bin/sh
# What is made from the program's tables must be what the program says now.
# usage: instep.sh PROGRAM states|manual|completions    --write in place of the check: bring it in step
set -u
program=$1
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The manual with the option section as the program prints it.
manual() {
    "$program" --print man >"$work/options" || exit 1
    awk -v options="$work/options" '
        /options: begin/ { print; while ((getline line <options) > 0) print line; skip = 1 }
        /options: end/ { skip = 0 }
        !skip' docs/tcpwalk.1
}

case $2 in
states)
    "$program" states >"$work/states" || exit 1
    diff -u docs/states.md "$work/states"
    ;;
manual)
    manual >"$work/manual"
    diff -u docs/tcpwalk.1 "$work/manual"
    ;;
--write)
    "$program" states >"$work/states" && cp "$work/states" docs/states.md
    manual >"$work/manual" && cp "$work/manual" docs/tcpwalk.1
    ;;
completions)
    for shell in bash zsh fish; do
        "$program" --print "$shell" >"$work/$shell" || exit 1
        # A shell that is there must be able to read it.
        if command -v "$shell" >/dev/null 2>&1; then "$shell" -n "$work/$shell" || exit 1; fi
        for option in --json --connection --profile captures; do
            grep -q -e "${option#--}" "$work/$shell" || { echo "$shell: no $option"; exit 1; }
        done
    done
    ;;
*) exit 2 ;;
esac
