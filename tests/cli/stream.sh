#!/bin/sh
# From a pipe that stays open: what is known is written before waiting for more; a reader that goes
# away ends the program silently, with status 0; SIGTERM ends it with everything printed.
set -u
program=$1
captures=$(cd "$(dirname "$0")/../golden/captures" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkfifo "$work/fifo" || exit 1

"$program" trace -q - <"$work/fifo" >"$work/out" 2>"$work/err" &
pid=$!
exec 3>"$work/fifo"
cat "$captures/abort.pcap" >&3
lines=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.2
    lines=$(grep -c 'RST,ACK' "$work/out")
    [ "$lines" -eq 0 ] || break
done
[ "$lines" -eq 1 ] || { echo "the last segment was not told while the pipe was open"; exit 1; }
kill -TERM $pid
wait $pid
status=$?
exec 3>&-
[ $status -eq 0 ] || { echo "exit status $status after SIGTERM"; cat "$work/err"; exit 1; }
grep -q 'end: reset by server' "$work/out" || { echo "the end was not printed"; exit 1; }

{
    "$program" list --json "$captures"/*.pcap "$captures"/*.pcap 2>"$work/err"
    echo $? >"$work/status"
} | head -c 1 >/dev/null
if [ "$(cat "$work/status")" -ne 0 ] || [ -s "$work/err" ]; then
    echo "a closed pipe was told"
    exit 1
fi
