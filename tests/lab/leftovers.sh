#!/bin/sh
# Nothing is left of a lab that ends, fails or is killed: no namespace, no interface, no file.
# usage: leftovers.sh PROGRAM
set -u
program=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
export TCPWALK_CAPTURES="$here/captures"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM

# The network namespaces that a process has, and this one's interfaces.
census() {
    for process in /proc/[0-9]*; do
        readlink "$process/ns/net" 2>/dev/null
    done | sort -u
    sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev
    ls /run/netns 2>/dev/null
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
inside=0
while kill -0 "$child" 2>/dev/null; do # until it stands in a namespace of its own
    [ "$(readlink /proc/$child/ns/net)" != "$(readlink /proc/self/ns/net)" ] && inside=1 && break
done
kill -9 "$child"
wait "$child" 2>/dev/null
[ "$inside" -eq 1 ] || { echo "the lab made no namespace"; exit 1; }
[ -z "$(find "$work/killed" -type f 2>/dev/null)" ] || { echo "half a recording is left"; exit 1; }

census >"$work/after"
diff "$work/before" "$work/after" && echo "nothing is left behind"
