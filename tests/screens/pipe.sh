#!/bin/sh
# What comes through a pipe, as from ssh, is as good as what is captured here: it is shown as it
# comes, cut anywhere, keys come from the terminal meanwhile, its end leaves everything on the screen,
# and what has come can be opened, read, saved and recorded. Needs tmux.
#   tests/screens/pipe.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
capture=$here/../../captures/forking-server.pcap
[ -r "$capture" ] || exit 77
mkdir "$dir/saved" && mkfifo "$dir/pipe" || exit 1
size=$(wc -c <"$capture")
third=$((size / 3 - size / 3 % 7 + 3)) # in the middle of a packet
# piece FROM TO: octets of the capture, from FROM on, before TO.
piece() { tail -c +$(($1 + 1)) "$capture" | head -c $(($2 - $1)) >&4; }
packets() { "$program" list --summary -r "$1" 2>/dev/null | awk '$1 == "packets" { print $2 }'; }
has() { [ "$(packets "$1")" = "$2" ]; }

type_line "'$program' --save-dir saved -w taken.pcap - <pipe"
exec 4>"$dir/pipe"
until_true 'the screen did not open before anything came' is_open
see 'recording to taken.pcap'
piece 0 24
piece 24 100
see '1 connection '
# The packets that are whole by now.
first=$(head -c $third "$capture" | "$program" list --summary - 2>/dev/null | awk '$1 == "packets" { print $2 }')
{ [ "$first" -gt 5 ] && [ "$first" -lt 30 ]; } || fail "the capture is not as this test needs it: $first"
piece 100 $third
see "$first segments"
until_true 'what has come is not recorded' has "$dir/taken.pcap" "$first"
tm send-keys Enter # keys come from the terminal
see '[Ladder]'
tm send-keys q
see 'Enter open'
tm send-keys F # stays at the newest one
piece $third $((2 * third))
see '4 connections '
tm send-keys W
see 'save the last seconds, how many: 60'
tm send-keys Enter
see 'save as standard-input-last-60s.pcap'
tm send-keys Enter
see ' packets saved to standard-input-last-60s.pcap'
piece $((2 * third)) "$size"
exec 4>&-
see '5 connections   35 segments'
until_true 'not all is recorded' has "$dir/taken.pcap" 35
cmp -s "$dir/taken.pcap" "$capture" || {
    "$program" list "$capture" >"$dir/all"
    "$program" list "$dir/taken.pcap" | cmp -s - "$dir/all" || fail 'what is recorded is something else'
}
# All of it is still there: followed to the last one, which is opened, read and saved.
tm send-keys Enter
see '[Ladder]'
see '48700'
tm send-keys Tab Tab
see 'Segment'
tm send-keys G
see 'Acknowledgment'
tm send-keys q w
see 'save as standard-input-connection-5.pcap'
tm send-keys Enter
see '7 packets saved to standard-input-connection-5.pcap'
tm send-keys q
see '35 packets recorded to taken.pcap'
ended 0 pipe
has "$dir/saved/standard-input-connection-5.pcap" 7 || fail 'the connection is not saved'

# One connection at once, as soon as it is there; and a pipe that breaks off leaves what has come.
type_line "'$program' --connection 2 - <pipe"
exec 4>"$dir/pipe"
until_true 'the screen did not open before anything came' is_open
piece 0 $third
see '[Ladder]'
see '48640'
exec 4>&-
see 'cut in the middle of packet'
tm send-keys q
see 'Enter open'
tm send-keys q
ended 4 broken

# A disk that is full is told on the screen, and it goes on.
if [ -w /dev/full ]; then
    type_line "'$program' -w /dev/full - <pipe"
    exec 4>"$dir/pipe"
    until_true 'the screen did not open before anything came' is_open
    piece 0 $third
    see '/dev/full: No space left on device'
    tm send-keys Left
    piece $third "$size"
    exec 4>&-
    see '5 connections   35 segments'
    see '35 packets are not recorded'
    tm send-keys q
    ended 6 full
fi
