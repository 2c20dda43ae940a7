#!/bin/sh
# The screen in a real terminal: opened, stepped, resized, stopped, ended by keys and by signals;
# the terminal must be as it was after each. Needs tmux.
#   tests/screens/tmux.sh build/tcpwalk
set -u
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-${TCPWALK:-$here/../../build/tcpwalk}}
case $program in /*) ;; *) program=$PWD/$program ;; esac
capture=$here/../../captures/simultaneous-close.pcap
command -v tmux >/dev/null 2>&1 || exit 77
[ -x "$program" ] && [ -r "$capture" ] || exit 77

dir=$(mktemp -d) || exit 1
unset TMUX NO_COLOR
tm() { tmux -S "$dir/socket" -f /dev/null "$@"; } # a server of its own
trap 'tm kill-server 2>/dev/null; rm -rf "$dir"' EXIT

fail() {
    echo "$1; the screen was:"
    tm capture-pane -p
    exit 1
}
# until_true MESSAGE COMMAND...: waits until the command succeeds, half a minute at most.
until_true() {
    message=$1 tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -gt 600 ] && fail "$message"
        sleep 0.05
    done
}
shows() { tm capture-pane -p | grep -qF -- "$1"; }
see() { until_true "'$1' did not appear" shows "$1"; }
# Who reads the keys: the screen, on the terminal's other page, or the shell again.
is_open() { [ "$(tm display-message -p '#{alternate_on}')" = 1 ]; }
is_shell() { [ "$(tm display-message -p '#{alternate_on} #{pane_current_command}')" = '0 bash' ]; }
shell_is_back() { until_true 'the shell did not come back' is_shell; }
type_line() { tm send-keys -l "$1" && tm send-keys Enter; }
# ended STATUS NAME: the program has ended so, and the terminal's modes are those of before. (The
# quotes in the line that is typed keep what is waited for from being seen in it.)
ended() {
    shell_is_back
    type_line "echo status=\$? >out; stty -g >after; cmp before after >>out && echo same >>out; clear; echo $2''-over"
    see "$2-over"
    grep -q "^status=$1\$" "$dir/out" || fail "$2: $(head -1 "$dir/out"), not status=$1"
    grep -q '^same$' "$dir/out" || fail "$2: the terminal's modes have changed"
}

LC_ALL=C.UTF-8 ENV='' PS1='$ ' tm new-session -d -x 80 -y 24 -c "$dir" \
    "cd '$dir' && exec env LC_ALL=C.UTF-8 bash --norc --noprofile -i" || exit 77
shell_is_back
type_line "stty -g >before; PS1='rea''dy\$ '; clear"
see 'ready$'

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
see 'C▸TIME-WAIT◂S──────▶  CLOSED'
tm resize-window -x 30 -y 10
see 'tcpwalk needs 40x12'
tm resize-window -x 80 -y 24
see '[Diagram]'
tm send-keys '?'
see '1-21 of'
tm send-keys G
see 'What the marks mean'
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
