#!/bin/sh
# -w in the real program: what passes the filter is recorded, of files as tcpdump does it; live, what
# a crash leaves can be read and is a second old at most; a full disk is told once, watching goes on,
# what there is room for later is recorded, and the exit status says that something is missing.
set -u
program=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
# shellcheck source=network
. "$here/network"
capture=$here/../../captures/forking-server.pcap
cd "$dir" || exit 1

# Of a file.
"$program" list -w some.pcap -r "$capture" tcp src port 9734 >out 2>err || fail 'a file: failed'
"$program" list -q some.pcap >some
"$program" list -q -r "$capture" tcp src port 9734 | cmp -s - some || fail 'a file: not what passed the filter'
grep -q "^tcpwalk: $(packets some.pcap) packets recorded to some.pcap$" err || fail 'a file: no count'
if command -v tcpdump >/dev/null 2>&1; then
    tcpdump -Z root -r "$capture" --time-stamp-precision=nano -w theirs.pcap tcp src port 9734 2>/dev/null
    cmp -s some.pcap theirs.pcap || fail 'a file: not what tcpdump records'
fi
# What is read twice is recorded once, and what breaks off up to there.
"$program" trace --state TIME-WAIT -w twice.pcap "$capture" >out 2>err || fail 'read twice: failed'
has twice.pcap 35 || fail "read twice: $(packets twice.pcap) packets"
head -c 1000 "$capture" | "$program" list -w broken.pcap - >out 2>err
{ [ $? -eq 4 ] && [ "$(packets broken.pcap)" -gt 5 ]; } || fail 'what broke off is not recorded'
# To standard output.
"$program" list -q -w all.pcap -r "$capture" >out 2>err || fail 'all of a file: failed'
"$program" list --summary --json -w - -r "$capture" 2>err | cmp -s - all.pcap ||
    fail 'standard output: not the recording'
grep -q '"recorded":35,"not_recorded":0}$' err || fail 'standard output: no summary beside it'
{
    until [ -e left ]; do sleep 0.01; done
    "$program" list --summary -w - -r "$capture" 2>err
    echo $? >closed
} | { exec <&-; : >left; }
{ [ "$(cat closed)" -eq 0 ] && ! grep -q tcpwalk: err; } || fail 'a closed pipe is a failure'
"$program" trace -w - -r "$capture" >out 2>err
[ $? -eq 2 ] || fail 'trace and recording are in each other'
# Over itself.
cp "$capture" own.pcap
"$program" list -w own.pcap own.pcap >out 2>err
{ [ $? -eq 2 ] && cmp -s own.pcap "$capture"; } || fail 'a file was overwritten before it was read'

# Live, and killed.
"$program" trace -s 2000 -i lo -w live.pcap >out 2>err &
pid=$!
pids="$pids $pid"
holds 'attached' has live.pcap 0
knock 10
holds 'written within a second' has live.pcap 20
kill -KILL $pid
wait $pid 2>/dev/null
has live.pcap 20 || fail 'killed: what is left cannot be read'

# Each packet at once: while the program stands still, nothing more can have been written.
"$program" trace -U -s 2000 -i lo -w each.pcap >out 2>err &
pid=$!
pids="$pids $pid"
holds 'attached' has each.pcap 0
knock 1
holds 'the last one told' grep -q RST out
kill -STOP $pid
has each.pcap 2 || fail '-U: packets are told that are not written'
kill -KILL $pid
wait $pid 2>/dev/null

# Two files of a second each, named by it, then it is over. As root, as only that may make the second.
(for _ in $(seq 50); do knock 1; sleep 0.1; done) &
knocking=$!
pids="$pids $knocking"
"$program" trace -Z root -s 2000 -i lo -G 1 -W 2 -w 'turn-%S' >out 2>err &
pid=$!
pids="$pids $pid"
ends $pid 0 'so many files'
kill $knocking
wait $knocking 2>/dev/null
set -- turn-*
[ $# -eq 2 ] || fail "not two files: $*"
sum=$(($(packets "$1") + $(packets "$2")))
grep -q "^tcpwalk: $sum packets recorded to 2 files, the last one turn-" err || fail "not told: $sum packets in two files"

# A disk of 32 KiB.
mkdir disk
mount -t tmpfs -o size=32k none disk || { echo 'no tmpfs can be mounted here'; exit 77; }
head -c 20480 /dev/zero >disk/other
"$program" trace -s 2000 -i lo -w disk/full.pcap >out 2>err &
pid=$!
pids="$pids $pid"
holds 'attached' has disk/full.pcap 0
knock 200
holds 'told' grep -q 'full.pcap: No space left on device' err
holds 'watching goes on' grep -q '"\?9.*RST' out
knock 1
packets disk/full.pcap >count
[ "$(cat count)" -lt 400 ] || fail 'the disk was not full'
rm disk/other
holds 'told that it is well again' grep -q 'is written again; 0 packets are missing' err
[ "$(grep -c 'No space left' err)" -eq 1 ] || fail 'told more than once'
kill -TERM $pid
ends $pid 0 'room again in time'
has disk/full.pcap 402 || fail "lost without a word: $(packets disk/full.pcap) of 402"

# And one that stays full.
rm disk/full.pcap
head -c 20480 /dev/zero >disk/other
"$program" list --summary -s 2000 -i lo -w disk/full.pcap >out 2>err &
pid=$!
pids="$pids $pid"
holds 'attached' has disk/full.pcap 0
knock 200
holds 'told' grep -q 'No space left on device' err
kill -TERM $pid
ends $pid 6 'a disk that stays full'
lost=$(awk '$1 == "not" && $2 == "recorded" { print $3 }' out)
kept=$(awk '$1 == "recorded" { print $2 }' out)
{ [ "$lost" -gt 0 ] && [ $((lost + kept)) -eq 400 ]; } || fail "lost $lost and kept $kept of 400"
has disk/full.pcap "$kept" || fail 'what is said to be recorded is not'
grep -q "full.pcap: $lost packets are not recorded: No space left on device$" err || fail 'not told at the end'
