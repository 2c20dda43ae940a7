#!/bin/sh
# A screen on an interface, as root: it has given up its rights, shows what passes, saves, goes on
# after Ctrl-Z, and leaves the terminal as it was; what it may not save it says, with the remedy.
# From the start screen each interface is opened anew. Needs root, tmux, bash, a network namespace.
#   tests/screens/guard.sh build/tcpwalk
set -u
[ "$(id -u)" -eq 0 ] || { echo "skipped: not root"; exit 77; }
if [ "${2:-}" != inside ]; then
    unshare -n true 2>/dev/null || { echo "skipped: no network namespace"; exit 77; }
    exec unshare -n "$0" "$1" inside
fi
ip link set lo up || { echo "skipped: ip is not there"; exit 77; }
unset SUDO_UID SUDO_GID
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
mkdir -m 777 "$dir/open" && chmod 755 "$dir" || exit 1

running() { pgrep -P "$(tm display-message -p '#{pane_pid}')" | head -1; }
dropped() { grep -q '^Uid:	65534	65534' "/proc/$1/status" && grep -q '^CapBnd:	0*$' "/proc/$1/status"; }
# Refused connections, until they are seen.
pass() { bash -c 'exec 3<>/dev/tcp/127.0.0.1/1' 2>/dev/null; shows "$1"; }

type_line "'$program' -i lo --save-dir open tcp port 1"
until_true 'no screen' is_open
until_true 'no connection seen' pass 'refused by'
dropped "$(running)" || fail 'rights were not given up'
tm send-keys w
see 'save as lo-connection-1.pcap'
tm send-keys Enter
see ' saved to lo-connection-1.pcap'
[ "$("$program" list --json "$dir/open/lo-connection-1.pcap" | grep -c refused)" = 1 ] ||
    fail 'not what was captured'
tm send-keys C-z
shell_is_back
type_line 'fg'
until_true 'it did not come back' is_open
see 'refused by'
tm send-keys q
ended 0 save

# Log rotation sends SIGHUP: the recording's file is made anew, and the screen goes on.
type_line "'$program' -i lo -w open/rotated.pcap tcp port 1"
until_true 'no screen' is_open
until_true 'no connection seen' pass 'refused by'
mv "$dir/open/rotated.pcap" "$dir/open/rotated.pcap.1"
kill -HUP "$(running)"
until_true 'no new file' test -e "$dir/open/rotated.pcap"
see 'refused by'
tm send-keys q
ended 0 rotated
"$program" list "$dir/open/rotated.pcap.1" | grep -q refused || fail 'what was recorded is not there'
rm "$dir/open/rotated.pcap" "$dir/open/rotated.pcap.1"

# Here nobody may make a file: the folder is root's.
type_line "'$program' -i lo tcp port 1"
until_true 'no screen' is_open
until_true 'no connection seen' pass 'refused by'
tm send-keys w
see 'save as lo-connection-1.pcap'
tm send-keys Enter
see 'start with --save-dir DIR or -Z USER'
tm send-keys Escape q
ended 0 refusal

# -Z root: the files are root's, the rights are gone all the same.
type_line "'$program' -i lo -Z root tcp port 1"
until_true 'no screen' is_open
until_true 'no connection seen' pass 'refused by'
grep -q '^CapEff:	0*$' "/proc/$(running)/status" || fail 'capabilities were not given up'
tm send-keys w
see 'save as lo-connection-1.pcap'
tm send-keys Enter
see ' saved to lo-connection-1.pcap'
tm send-keys q
ended 0 root
# Only the child that has opened it gave anything up.
type_line "'$program'"
see 'Captures'
turn() { tm send-keys Tab; shows '[Interfaces'; }
until_true 'no interfaces' turn
for _ in 1 2; do
    tm send-keys Enter
    until_true 'no connection seen' pass 'refused by'
    child=$(pgrep -P "$(running)" | head -1)
    dropped "$child" || fail 'rights were not given up'
    dropped "$(running)" && fail 'the start screen has given up its rights, too'
    tm send-keys q
    see '[Interfaces'
done
tm send-keys q
ended 0 start
echo "the screen shows and saves without rights"
