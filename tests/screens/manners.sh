#!/bin/sh
# The screen's manners in a real terminal: mouse, clipboard, themes, configuration, many resizes;
# the terminal must be as it was after each end. Needs tmux.
#   tests/screens/manners.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
capture=$here/../golden/captures/simultaneous-close.pcap
[ -r "$capture" ] || exit 77
tm set-option -g set-clipboard on
mkdir "$dir/tcpwalk" || exit 1
config=$dir/tcpwalk/config

open_screen() {
    type_line "$1 '$program' $2 '$capture'"
    see '10.9.0.1'
}
# What the terminal has been told of its mouse.
mouse() { tm display-message -p '#{mouse_standard_flag}'; }
mouse_is() { [ "$(mouse)" = "$1" ]; }
# The mouse, as a terminal tells it: BUTTON COLUMN ROW, from 1.
send_mouse() { tm send-keys -l "$(printf '\033[<%s;%s;%sM\033[<%s;%s;%sm' "$1" "$2" "$3" "$1" "$2" "$3")"; }
coloured() { tm capture-pane -p -e | grep -q "$(printf '\033')\[[0-9;]*38;5;"; }
not_coloured() { ! coloured; }

# The mouse is taken: a click on a key of the bottom line does it, the wheel steps, M lets it go.
open_screen '' ''
until_true 'the mouse was not taken' mouse_is 1
send_mouse 0 3 24
see '[Ladder]'
send_mouse 65 20 10
send_mouse 65 20 10
see '  SYN-RECEIVED'
send_mouse 64 20 10
send_mouse 64 20 10
see 'Before the first segment'
# The older form, of terminals that know no other; and a key that means nothing, whose letters do
# mean something.
tm send-keys -l "$(printf '\033[Ma\052\052\033[1;5q')"
see 'Before the first segment'
tm send-keys M
see 'mouse: off'
until_true 'the mouse was not let go' mouse_is 0
tm send-keys M
until_true 'the mouse was not taken again' mouse_is 1
tm send-keys C-z
see 'Stopped'
shell_is_back
mouse_is 0 || fail 'a stopped program keeps the mouse'
type_line fg
until_true 'the screen did not come back' is_open
until_true 'the mouse was not taken after fg' mouse_is 1
see '[Ladder]'

# What is pasted is not done.
tm set-buffer -b words 'q?gT'
tm paste-buffer -p -b words
see 'what was pasted is passed over'
tm send-keys g
see 'Before the first segment'

# What is seen is copied.
tm send-keys y
see 'sent to'
tm show-buffer >"$dir/copied" || fail 'nothing was copied'
grep -q '\[Ladder\]' "$dir/copied" || fail 'what was copied is not what was seen'
[ "$(grep -c '' "$dir/copied")" -eq 24 ] || fail 'not all rows were copied'
grep -q ' $' "$dir/copied" && fail 'blanks at the ends of rows were copied'

# Themes go round, and come back to the first.
for theme in light high-contrast colour-blind projector mono dark; do
    tm send-keys T
    see "theme: $theme"
    tm send-keys Left
    case $theme in
    mono) until_true 'mono has colours' not_coloured ;;
    *) until_true "$theme has no colours" coloured ;;
    esac
done

# Resized again and again while it plays.
tm send-keys g - - - Space
see 'playing'
for i in 1 2 3 4 5 6 7 8 9 10; do
    tm resize-window -x $((40 + i * 11)) -y $((12 + i * 3))
    tm resize-window -x $((150 - i * 11)) -y $((45 - i * 3))
    tm resize-window -x $((20 + i * 3)) -y $((5 + i))
done
tm resize-window -x 80 -y 24
see '[Ladder]'
see 'help  q back'
tm send-keys q q
ended 0 mouse
mouse_is 0 || fail 'the mouse was kept'

# The mouse is given back by whatever ends the program.
for signal in TERM HUP INT QUIT SEGV ABRT USR2; do
    type_line "sh -c 'ulimit -c 0; echo \$\$ >pid; exec \"\$0\" \"\$1\"' '$program' '$capture'"
    see 'Enter open'
    until_true 'the mouse was not taken' mouse_is 1
    kill -$signal "$(cat "$dir/pid")" || fail "there is no process to send SIG$signal to"
    case $signal in
    QUIT) ended 131 "$signal" ;;
    SEGV) ended 139 "$signal" ;;
    ABRT) ended 134 "$signal" ;;
    USR2) ended 140 "$signal" ;;
    *) ended 0 "$signal" ;;
    esac
    mouse_is 0 || fail "the mouse was kept after SIG$signal"
done

# What asks a service for its counters leaves a screen as it is, which has them.
type_line "sh -c 'echo \$\$ >pid; exec \"\$0\" \"\$1\"' '$program' '$capture'"
see 'Enter open'
kill -USR1 "$(cat "$dir/pid")"
tm send-keys Enter
see '[Ladder]'
tm send-keys q q
ended 0 USR1

# The terminal goes away.
rm "$dir/pid"
tm new-window -c "$dir" "sh -c 'echo \$\$ >pid; exec \"\$0\" \"\$1\"' '$program' '$capture'"
see 'Enter open'
tm kill-window
is_gone() { ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; }
until_true 'it runs on without a terminal' is_gone

# Terminals of few colours, of none, and of no mouse.
for type in xterm linux vt100; do
    type_line "TERM=$type '$program' '$capture'"
    see '10.9.0.1'
    case $type in
    xterm) until_true 'the mouse was not taken' mouse_is 1 ;;
    vt100) tm send-keys M && see 'this terminal has no mouse' ;;
    esac
    tm send-keys Enter
    see '[Ladder]'
    tm send-keys q q
    ended 0 "$type"
done

# No colours where they are not wanted, whatever theme is.
open_screen NO_COLOR=1 '--theme light'
not_coloured || fail 'NO_COLOR has colours'
tm send-keys T
see 'theme: mono, as there are no colours'
tm send-keys q
ended 0 no-color

# A name that is wide, and has something that a terminal would obey.
mkdir "$dir/named" && cp "$capture" "$dir/named/$(printf '中文\033[31m😀\342\200\256.pcap')" || exit 1
type_line "'$program' named/*.pcap"
see 'tcpwalk  named/中文?[31m😀?.pcap'
tm send-keys Enter
see '[Ladder]'
tm send-keys q q
ended 0 named

# A configuration: another key for help, no mouse, another theme; the command line comes before it.
printf 'key help = F2 Alt-h\nmouse = off\ntheme = mono\nbreak = CLOSING\n' >"$config"
open_screen '' ''
see 'F2 help'
mouse_is 0 || fail 'the mouse was taken'
not_coloured || fail 'theme = mono has colours'
tm send-keys F2
see 'tcpwalk  help'
tm send-keys M-h
see 'Enter open'
tm send-keys '?'
see 'Enter open'
tm send-keys b
see 'breakpoints  1 chosen'
see '[x] CLOSING'
tm send-keys q q
ended 0 config
open_screen '' '--theme dark'
until_true 'the command line does not come first' coloured
tm send-keys q
ended 0 config-option

# The file that is printed is one that can be read, and changes nothing.
"$program" --print config >"$config" || fail 'the configuration is not printed'
open_screen '' ''
see '? help'
tm send-keys q
ended 0 printed

# One that is wrong is told before the screen opens; what prints text does not read it.
told() { grep -q "$1" "$dir/told" || fail "told was: $(cat "$dir/told")"; }
printf '# mine\nkey helf = F2\n' >"$config"
type_line "'$program' '$capture' 2>told"
ended 2 wrong
told '/tcpwalk/config:2: helf: no such action; nearest: help'
type_line "'$program' lab 2>told"
ended 2 wrong-lab
told '/tcpwalk/config:2: helf: no such action; nearest: help'
"$program" list "$capture" >"$dir/told" 2>&1 || fail 'list reads the configuration of the screen'
printf 'key theme = F5\nkey mouse = F5\n' >"$config"
type_line "'$program' '$capture' 2>told"
ended 2 clash
told 'config:2: F5: in one place it is the key of mouse and of theme'
echo 'the screen has manners'
