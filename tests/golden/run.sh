#!/bin/sh
# Compares what the program prints, and its exit status, with what is expected.
# usage: run.sh PROGRAM NAME            one case of the table `cases`
#        run.sh PROGRAM --accept NAME   takes what it prints now as expected: read it first
set -u
program=$(realpath "$1") || exit 1
accept=
[ "$2" != --accept ] || { accept=1; shift; }
name=$2
cd "$(dirname "$0")" || exit 1

row=$(grep -E "^$name +" cases) || { echo "no case $name"; exit 1; }
status=$(printf '%s\n' "$row" | awk '{print $2}')
command=$(printf '%s\n' "$row" | sed -E 's/^[^ ]+ +[0-9]+ +//')

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$program" "$work/bin/tcpwalk"
export TZ=UTC LC_ALL=C PATH="$work/bin:$PATH"
export TCPWALK_CAPTURES="$PWD/captures"
unset NO_COLOR

sh -c "$command" >"$work/out" 2>"$work/err" </dev/null
got=$?
wrong=0
[ "$got" -eq "$status" ] || { echo "exit status $got, not $status: $command"; wrong=1; }
for stream in out err; do
    file=expected/$name.$stream
    if [ -n "$accept" ]; then
        if [ -s "$work/$stream" ]; then cp "$work/$stream" "$file"; else rm -f "$file"; fi
    fi
    [ -e "$file" ] || file=/dev/null
    diff -u "$file" "$work/$stream" || wrong=1
done
exit $wrong
