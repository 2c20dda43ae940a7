#!/bin/sh
# Throughput, memory and how the screen answers on a large capture; the first as ratios to a bare libpcap loop over the same file in
# the same run: only ratios hold on another machine.
# usage: run.sh BUILD [CONNECTIONS]    the capture is kept in BUILD/bench for the next run
set -u
build=$(realpath "$1") || exit 1
connections=${2:-500000}
cd "$(dirname "$0")/../.." || exit 1
source=../shared/bench
if [ ! -e $source/gen_flows.c ]; then
    echo "skipped: $source, which makes the capture, is not there"
    exit 0
fi
[ -x /usr/bin/time ] || { echo "skipped: /usr/bin/time is not there (Debian: time)"; exit 0; }
work=$build/bench
capture=$work/$connections.pcap
mkdir -p "$work" || exit 1
"${CC:-cc}" -O2 -w -o "$work/gen_flows" $source/gen_flows.c &&
    "${CC:-cc}" -O2 -w -o "$work/floor" $source/libpcap_floor.c -lpcap || exit 1
[ -e "$capture" ] || "$work/gen_flows" "$capture" "$connections" 20000 || exit 1
cat "$capture" >/dev/null # into the page cache

# measure NAME COMMAND: the better of three runs, in seconds, and its resident memory.
measure() {
    best=
    for _ in 1 2 3; do
        line=$( { /usr/bin/time -f '%e %M' sh -c "exec $2" >/dev/null; } 2>&1 | tail -n 1)
        [ -n "$best" ] && awk "BEGIN { exit !(${line% *} >= ${best% *}) }" || best=$line
    done
    [ -n "${floor:-}" ] || floor=${best% *}
    echo "$1 $best $floor" |
        awk '{ printf "%-14s %7.2f s  %5.1f times the floor  %6.0f MiB\n", $1, $2, $2 / $4, $3 / 1024 }'
}

measure floor "'$work/floor' '$capture'"
measure summary "'$build/tcpwalk' list --summary '$capture'"
measure list-json "'$build/tcpwalk' list --json '$capture' >'$work/list.json'"
measure trace-json "'$build/tcpwalk' trace --json '$capture'"
wc -c <"$work/list.json" | awk '{ printf "%-14s %7.0f MiB written\n", "list-json", $1 / 1048576 }'

# The screen in a terminal of its own.
"${CC:-cc}" -O2 -o "$work/bench_screen" tests/bench/screen.c -lutil &&
    "${CC:-cc}" -O2 -o "$work/bench_full_size" tests/bench/full_size.c || exit 1
full=$work/full-size.pcap
[ -e "$full" ] || "$work/bench_full_size" "$full" 400000 || exit 1
echo "the screen, on the same capture:"
"$work/bench_screen" "$build/tcpwalk" "$capture" 10.0.0. || exit 1
echo "the screen, on full-size packets:"
"$work/bench_screen" "$build/tcpwalk" "$full" 10.1.0.
