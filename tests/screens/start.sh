#!/bin/sh
# The start screen in a real terminal: each of its groups opens what it offers, and what was opened
# comes back to it; the terminal's own page is not seen in between. Needs tmux; the lab's part needs
# user namespaces, too.
#   tests/screens/start.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
[ -r "$here/../../captures/catalogue.tsv" ] || exit 77
type_line "export TCPWALK_CAPTURES='$here/../../captures'"
child() { pgrep -P "$(cat "$dir/pid")"; }
start() { type_line "sh -c 'echo \$\$ >pid; exec \"\$0\" \"\$@\"' '$program' $*"; }

# A capture, from the list, and back to where the cursor was.
tm pipe-pane "cat >'$dir/output'"
start
see 'what there is to open'
see 'Recent 0'
see '▸ three-way-handshake'
tm send-keys Down
see '▸ four-way-close'
tm send-keys Enter
see 'tcpwalk  four-way-close'
tm send-keys q
see '▸ four-way-close'
# A lesson: its connection before the first event, and what it teaches.
tm send-keys Tab
see '[Lessons'
tm send-keys Enter
see 'Before the first segment'
see 'three-way-handshake: connect() returns at'
tm send-keys ']'
see 'SYN-SENT'
tm send-keys q
see 'Enter open'
tm send-keys q
see '[Lessons'
# Only what has these words; also afterwards.
tm send-keys f
see 'filter: _'
tm send-keys -l 'simultaneous close'
tm send-keys Enter
see 'filter: simultaneous close   '
tm send-keys g Enter
see 'tcpwalk  simultaneous-close'
tm send-keys q
see 'filter: simultaneous close   '
tm send-keys Escape q
ended 0 captures
tm pipe-pane
taken=$(grep -o '\[?1049h' "$dir/output" | wc -l)
[ "$taken" -eq 1 ] || fail "the terminal was taken $taken times, not once"

# Themes that are chosen by keys stay, there and back; and so does it that the mouse is let go.
mouse_is() { [ "$(tm display-message -p '#{mouse_standard_flag}')" = "$1" ]; }
start
see '[Captures'
tm send-keys M
see 'mouse: off'
tm send-keys Enter
see 'tcpwalk  three-way-handshake'
mouse_is 0 || fail 'the mouse was taken again'
tm send-keys M
see 'mouse: on'
tm send-keys q
see '[Captures'
until_true 'the mouse was not taken' mouse_is 1
# Breakpoints stay, too.
tm send-keys Enter
see 'tcpwalk  three-way-handshake'
tm send-keys b Space
see 'breakpoints  1 chosen'
tm send-keys q q
see '[Captures'
tm send-keys Enter
see 'tcpwalk  three-way-handshake'
tm send-keys b
see 'breakpoints  1 chosen'
tm send-keys q q
see '[Captures'
tm send-keys T
see 'theme: light'
tm send-keys Enter
see 'tcpwalk  three-way-handshake'
tm send-keys T
see 'theme: high-contrast'
tm send-keys q
see '[Captures'
tm send-keys T
see 'theme: colour-blind'
tm send-keys q
ended 0 themes

# Another language is that of all that is told, and stays, too.
start
see 'Three-way handshake'
tm send-keys C-g
see '三次握手'
tm send-keys Tab Enter
see 'three-way-handshake: connect() 在'
tm send-keys C-g
see 'Before the first segment'
tm send-keys q q
see 'connect() returns at the second'
tm send-keys q
ended 0 language

# A file that was opened is there to be opened again; what is gone says so.
for name in mine gone; do
    cp "$here/../golden/captures/simultaneous-close.pcap" "$dir/$name.pcap"
    type_line "'$program' $name.pcap"
    see "tcpwalk  $name.pcap"
    tm send-keys q
    ended 0 "$name"
done
rm "$dir/gone.pcap"
start
see '[Captures'
tm send-keys BTab
see '[Recent 2]'
see '▸ gone.pcap'
see 'no longer there'
tm send-keys Enter
see 'gone.pcap: '
tm send-keys Down
see '▸ mine.pcap'
tm send-keys Enter
see '10.9.0.1'
tm send-keys q
see '▸ mine.pcap'
# Resized while something else is open; stopped and brought back.
tm send-keys Enter
see '10.9.0.1'
tm resize-window -x 120 -y 40
see '10.9.0.1'
tm send-keys q
see '│ mine.pcap'
tm resize-window -x 80 -y 24
until_true 'the start screen did not shrink' sh -c "! tmux -S '$dir/socket' capture-pane -p | grep -q '│ mine'"
tm send-keys C-z
see 'Stopped'
shell_is_back
type_line fg
until_true 'the screen did not come back' is_open
see '▸ mine.pcap'
# What was opened, stopped and brought back, ended by a crash: the start screen is still there.
tm send-keys Enter
see '10.9.0.1'
tm send-keys C-z
see 'Stopped'
shell_is_back
type_line fg
until_true 'the screen did not come back' is_open
see '10.9.0.1'
kill -SEGV "$(child)" || fail 'there is no process to send SIGSEGV to'
see 'ended by a crash'
until_true 'the screen is on the page of the shell' is_open
tm send-keys q
ended 0 recent

# What ends the start screen ends what it has opened, and the other way round.
for signal in TERM HUP INT; do
    start
    see '[Captures'
    tm send-keys Enter
    see 'tcpwalk  three-way-handshake'
    kill -$signal "$(cat "$dir/pid")" || fail "there is no process to send SIG$signal to"
    ended 0 "$signal"
    start --ascii
    see '> three-way-handshake'
    tm send-keys Enter
    see '>  1 10.9.0.1'
    kill -$signal "$(child)" || fail "there is no process to send SIG$signal to"
    ended 0 "child-$signal"
done
start
see '[Captures'
tm send-keys Enter
see 'tcpwalk  three-way-handshake'
tm send-keys C-c
ended 0 interrupted

# Killed without a word, it leaves nobody who reads the terminal's keys.
if [ "$(uname)" = Linux ]; then
    start
    see '[Captures'
    tm send-keys Enter
    see 'tcpwalk  three-way-handshake'
    opened=$(child)
    kill -KILL "$(cat "$dir/pid")" || fail 'there is no process to kill'
    is_gone() { ! kill -0 "$opened" 2>/dev/null; }
    until_true 'what was opened runs on' is_gone
    shell_is_back
    # shellcheck disable=SC2016 # for the shell in the terminal; the modes nobody could give back
    type_line 'stty $(cat before)'
fi

# Where the terminal cannot move its cursor, there is the list of what could be opened.
type_line "TERM=dumb '$program'"
see 'All options:'
ended 0 dumb

unshare --user --net true 2>/dev/null || unshare --net true 2>/dev/null || exit 77
start
see '[Captures'
tm send-keys Tab Tab
see '▸ free play'
tm send-keys Enter
see 's L: the server listens'
tm send-keys q q
see '[Lab'
tm send-keys Down Enter
see 'lab: three-way-handshake'
tm send-keys q q
see '▸ three-way-handshake'
# The lab's network was another process's: the interfaces are still ours.
tm send-keys Tab
see '[Interfaces'
see 'running'
tm send-keys q
ended 0 lab
echo 'the start screen behaves'
