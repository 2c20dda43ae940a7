#!/bin/sh
# The whole way of somebody who wants to know: from the start screen to a stored capture, to its
# connection, to CLOSING, back, filtered, saved, and out; the terminal must be as it was.
#   tests/screens/way.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"

type_line "export TCPWALK_CAPTURES='$here/../../captures'"
type_line "'$program'"
see 'Captures'
tm send-keys f
tm send-keys -l 'simultaneous-close'
tm send-keys Enter
see '▸ simultaneous-close'
tm send-keys Enter
see '10.9.0.1'
tm send-keys Enter
see 'Before the first segment'
# Each step is the next state change; the eighth is the server's.
tm send-keys ']' ']' ']' ']' ']' ']' ']' ']'
see '→ CLOSING'
tm send-keys q
see 'Enter open'
tm send-keys f
tm send-keys -l 'was:closing'
tm send-keys Enter
see '1 of 1 connection'
tm send-keys w
see 'save as'
tm send-keys C-u
tm send-keys -l 'kept.pcap'
tm send-keys Enter
see 'packets saved to'
tm send-keys q
see 'Captures'
tm send-keys q
ended 0 way
"$program" list --json "$dir/kept.pcap" | grep -q '"CLOSING"' || fail 'the saved capture does not tell of CLOSING'
echo 'the whole way was gone'
