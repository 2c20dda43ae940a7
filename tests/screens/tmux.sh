#!/bin/sh
# The screen in a real terminal: opened, stepped, resized, stopped, ended by keys and by signals;
# the terminal must be as it was after each. Needs tmux.
#   tests/screens/tmux.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
capture=$here/../golden/captures/simultaneous-close.pcap
[ -r "$capture" ] || exit 77

# Open, step to CLOSING, go back, play to the end, look at the parts, leave.
type_line "'$program' '$capture'"
see '10.9.0.1'
see 'Enter open'
tm send-keys Enter
see 'Before the first segment'
for state in SYN-SENT SYN-RECEIVED ESTABLISHED; do
    tm send-keys ']'
    see "  $state"
done
tm send-keys ']' ']' ']' ']' ']'
see '  CLOSING'
tm send-keys p
tm send-keys g
see 'Before the first segment'
tm send-keys + + + Space
see 'playing'
see 'paused'
tm send-keys Tab
see '[Diagram]'
tm resize-window -x 130 -y 30
see 'C▸TIME-WAIT◂S──▷  CLOSED'
tm resize-window -x 30 -y 10
see 'tcpwalk needs 40x12'
tm resize-window -x 80 -y 24
see '[Diagram]'
tm send-keys '?'
see '1-21 of'
tm send-keys G
see 'there was no room'
tm send-keys Escape
see '[Diagram]'
tm send-keys q
see 'Enter open'
tm send-keys q
ended 0 keys

# Stopped and brought back.
type_line "'$program' '$capture'"
see 'Enter open'
tm send-keys C-z
see 'Stopped'
shell_is_back
type_line fg
until_true 'the screen did not come back' is_open
see 'Enter open'
tm send-keys C-l
see 'Enter open'
tm send-keys q
ended 0 stopped

# Ended by signals, and by a crash.
for signal in TERM HUP INT SEGV; do
    type_line "sh -c 'echo \$\$ >pid; exec \"\$0\" \"\$1\"' '$program' '$capture'"
    see 'Enter open'
    kill -$signal "$(cat "$dir/pid")" || fail "there is no process to send SIG$signal to"
    case $signal in SEGV) ended 139 "$signal" ;; *) ended 0 "$signal" ;; esac
done

# The capture on standard input: keys come from the terminal.
type_line "cat '$capture' | '$program' -"
see '10.9.0.1'
tm send-keys q
ended 0 pipe

# In ASCII without colours.
type_line "LC_ALL=C NO_COLOR=1 '$program' '$capture'"
see '>  1 10.9.0.1'
tm send-keys Enter G Tab
see 'C>TIME-WAIT<S'
tm send-keys q q
ended 0 ascii
echo 'the screen behaves'
