#!/bin/sh
# Nothing is left of a lab that ends, fails or is killed: no namespace, no interface, no file.
# usage: leftovers.sh PROGRAM
set -u
program=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
export TCPWALK_CAPTURES="$here/captures"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM

# This machine's interfaces and named networks.
census() {
    sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev
    ls /run/netns 2>/dev/null
}
# The network namespaces that a process is in or holds.
networks() {
    for link in "/proc/$1/ns/net" /proc/"$1"/fd/*; do
        readlink "$link" 2>/dev/null | grep '^net:'
    done | sort -u
}

"$program" lab --batch three-way-handshake >/dev/null 2>"$work/why" || {
    [ $? -eq 5 ] && echo "skipped: $(cat "$work/why")" && exit 77
}
census >"$work/before"

# A scenario that fails: nothing is recorded of it.
printf 'client: c = socket()\nuntil client ESTABLISHED within 50ms\n' >"$work/fails.lab"
"$program" lab --batch --record "$work/out" "$work/fails.lab" >/dev/null 2>"$work/why"
[ $? -eq 1 ] || { echo "a scenario that fails: status is not 1"; cat "$work/why"; exit 1; }
grep -q 'fails.lab:2:1: client is not ESTABLISHED after 0.05 s' "$work/why" || { cat "$work/why"; exit 1; }
[ ! -e "$work/out" ] || { echo "a recording of what failed is left"; exit 1; }

# One that is killed in the middle.
printf 'client: c = socket()\nwait 60s\n' >"$work/waits.lab"
"$program" lab --batch --record "$work/killed" "$work/waits.lab" >/dev/null 2>&1 &
child=$!
while kill -0 "$child" 2>/dev/null; do # until it has both stacks, and stands in neither
    networks "$child" >"$work/held"
    [ "$(wc -l <"$work/held")" -ge 3 ] && break
done
kill -9 "$child"
wait "$child" 2>/dev/null
[ "$(wc -l <"$work/held")" -ge 3 ] || { echo "the lab made no namespaces"; exit 1; }
if grep -qxF "$(readlink /proc/self/ns/net)" "$work/held"; then
    echo "the lab stands in this network"
    exit 1
fi
for process in /proc/[0-9]*; do
    networks "${process#/proc/}" | grep -xF -f "$work/held" && echo "held by $process" && exit 1
done
[ -z "$(find "$work/killed" -type f 2>/dev/null)" ] || { echo "half a recording is left"; exit 1; }

census >"$work/after"
diff "$work/before" "$work/after" && echo "nothing is left behind"
