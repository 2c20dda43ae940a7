#!/bin/sh
# What is made from the program's tables must be what the program says now.
# usage: instep.sh PROGRAM states|manual|json|completions|catalogue    --write in place of the check: bring it in step
set -u
program=$1
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The manual with the options, the keys and the columns of CSV as the program has them.
manual() {
    "$program" --print man >"$work/options" || exit 1
    "$program" --print keys >"$work/keys" || exit 1
    "$program" --print settings >"$work/settings" || exit 1
    "$program" list --csv three-way-handshake >"$work/list" || exit 1
    sed -n '1{s/,/, /g;s/$/./;p;q;}' "$work/list" | fold -s -w 96 | sed 's/ $//' >"$work/csv"
    awk -v work="$work" '
        /^\.\\" [a-z]+: begin$/ { print; while ((getline line <(work "/" substr($2, 1, length($2) - 1))) > 0) print line; skip = 1 }
        /^\.\\" [a-z]+: end$/ { skip = 0 }
        !skip' docs/tcpwalk.1
}

# The description of JSON: all names that may be values, and all members that the expected output
# of the golden tests has, stand in it as `name`.
json() {
    "$program" --print names >"$work/values" || exit 1
    grep -oh '"[a-z_]*":' tests/golden/expected/*json*.out tests/golden/expected/options-*.out |
        tr -d '":' >"$work/members"
    [ -s "$work/members" ] || { echo "no members found"; exit 1; }
    # shellcheck disable=SC2016 # Markdown's marks, no command
    grep -o '`[^`]*`' docs/json.md | tr -d '`' | sort -u >"$work/described"
    sort -u "$work/values" "$work/members" | comm -23 - "$work/described" >"$work/missing"
    [ ! -s "$work/missing" ] || { echo "docs/json.md does not say:"; cat "$work/missing"; exit 1; }
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
json) json ;;
--write)
    "$program" states >"$work/states" && cp "$work/states" docs/states.md
    manual >"$work/manual" && cp "$work/manual" docs/tcpwalk.1
    TCPWALK_CAPTURES=captures "$program" --print catalogue >"$work/catalogue" &&
        cp "$work/catalogue" captures/catalogue.tsv
    ;;
catalogue)
    # Packets and states of each capture, title and what it teaches of each script; and each script
    # has its capture.
    TCPWALK_CAPTURES=captures "$program" --print catalogue >"$work/catalogue" 2>"$work/error" || {
        cat "$work/error"
        ! grep -q 'needs Linux' "$work/error" || exit 77
        exit 1
    }
    diff -u captures/catalogue.tsv "$work/catalogue" || exit 1
    for script in captures/*.lab; do
        [ -e "$script" ] || continue
        name=$(basename "$script" .lab)
        grep -qE "^$name(\.[^	]*)?	" captures/catalogue.tsv || { echo "$name is not recorded"; exit 1; }
    done
    ;;
completions)
    for shell in bash zsh fish; do
        "$program" --print "$shell" >"$work/$shell" || exit 1
        # A shell that is there must be able to read it.
        if command -v "$shell" >/dev/null 2>&1; then "$shell" -n "$work/$shell" || exit 1; fi
        for option in --json --connection --profile --record captures lab; do
            grep -q -e "${option#--}" "$work/$shell" || { echo "$shell: no $option"; exit 1; }
        done
    done
    ;;
*) exit 2 ;;
esac
