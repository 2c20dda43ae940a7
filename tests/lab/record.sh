#!/bin/sh
# Records stored scenarios anew, all at once, each in namespaces of its own, and compares their
# histories with the stored ones'. Those that wait for timers of ten seconds and more only with `all`.
# usage: record.sh PROGRAM CAPTURES-TEST [all]
set -u
program=$1 compare=$2 which=${3:-quick}
here=$(cd "$(dirname "$0")/../.." && pwd)
export TCPWALK_CAPTURES="$here/captures"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM

"$program" lab --batch three-way-handshake >/dev/null 2>"$work/why" || {
    [ $? -eq 5 ] && echo "skipped: $(cat "$work/why")" && exit 77
}

slow='within ([1-9][0-9]+s|[0-9]+m( |$))'
for script in "$here"/captures/*.lab; do
    name=$(basename "$script" .lab)
    if [ "$which" = all ] || ! grep -qE "$slow" "$script"; then
        "$program" lab --batch --record "$work" "$name" >/dev/null 2>"$work/$name.err" ||
            echo "$name: $(cat "$work/$name.err")" >>"$work/failed" &
    fi
done
wait
[ -e "$work/failed" ] && cat "$work/failed"
"$compare" "$here/captures" "$work" && [ ! -e "$work/failed" ]
