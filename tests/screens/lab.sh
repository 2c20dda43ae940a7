#!/bin/sh
# The lab on the screen of a real terminal: a connection opened and closed by keys and by typed
# lines, with segments held, delivered and dropped; a scenario. Needs tmux and user namespaces.
#   tests/screens/lab.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
unshare --user --net true 2>/dev/null || unshare --net true 2>/dev/null || exit 77

type_line "'$program' lab"
see 's L: the server listens'
tm send-keys :
see ': _'
type_line 'delay 20ms'
see '[client] delay 20 ms'
tm send-keys s L
see 'listen(l, 5) = 0'
# What the server sends is held: the client waits for the SYN,ACK.
tm send-keys H c C
see 'server holds all'
see 'C 10.9.0.1:'
see '◀····  held'
see 'held: the kernels'
see 'blocked: connect()'
tm send-keys s H
see ' c ESTABLISHED'
see 'accept queue 1 of 5'
tm send-keys A
see '▸t ESTABLISHED'
tm send-keys c S
see ': client: send(c, "hello")_'
tm send-keys Enter
see 'unread 5'
tm send-keys s R
see 'len 5'
# The client's FIN is lost and comes again.
tm send-keys c H X
see 'FIN,ACK'
tm send-keys d
see 'sent again 1'
tm send-keys H
see ' t CLOSE-WAIT'
tm send-keys s X
see '- TIME-WAIT'
tm send-keys Tab
see '[Diagram]'
tm send-keys BTab
tm resize-window -x 120 -y 40
see 'on the wire'
tm resize-window -x 40 -y 12
see '[Ladder]'
tm resize-window -x 80 -y 24
tm send-keys :
type_line 'nothing of the kind'
see 'unknown statement'
tm send-keys '?'
see '1-21 of'
tm send-keys q q
see 'the lab runs'
tm send-keys q
ended 0 free

# A scenario runs by itself, and then its lab is there to go on with.
type_line "'$program' lab four-way-close"
see 'over, free play'
see 'TIME-WAIT'
tm send-keys q q
ended 0 scenario
echo 'the lab behaves'
