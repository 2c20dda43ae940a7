#!/bin/sh
# Saving from the screen in a real terminal: a connection and two marked ones, from files, merged
# and compressed, and from a pipe, are afterwards what the input has of them. Needs tmux.
#   tests/screens/save.sh build/tcpwalk
set -u
# shellcheck source=terminal
. "$(dirname "$0")/terminal"
captures=$here/../../captures
one=$captures/forking-server.pcap two=$captures/half-close.pcap
[ -r "$one" ] && [ -r "$two" ] || exit 77
mkdir "$dir/saved"

# same FILE SOURCE...: a line a connection, but for their numbers, is also what SOURCES have.
lines() { "$program" list --json "$@" | sed -E 's/"(connection|entered)":(\[[0-9,]*\]|[0-9]+),//g; s/"kernel":\[[^]]*\],//g'; }
same() {
    saved=$1
    shift
    lines "$@" | sort >"$dir/all"
    lines "$saved" | sort >"$dir/some"
    [ -s "$dir/some" ] || fail "$saved: no connection"
    [ -z "$(comm -13 "$dir/all" "$dir/some")" ] || fail "$saved: not what was captured"
}

type_line "'$program' --save-dir saved '$one' '$two'"
see 'Enter open'
tm send-keys Down w
see 'save as forking-server-connection-2.pcap'
tm send-keys C-u
tm send-keys -l 'here.pcap'
tm send-keys Enter
see ' saved to here.pcap'
same "$dir/saved/here.pcap" "$one" "$two"
tm send-keys w
see 'save as forking-server-connection-2.pcap'
tm send-keys C-u
tm send-keys -l 'here.pcap'
tm send-keys Enter
see 'here.pcap is there already; another name?'
tm send-keys Escape
see 'Enter open'
tm send-keys g Space Space w
see 'save as forking-server-marked.pcap'
tm send-keys Enter
see ' saved to forking-server-marked.pcap'
same "$dir/saved/forking-server-marked.pcap" "$one" "$two"
tm send-keys C-p
see 'picture saved to tcpwalk.svg'
grep -q '^<svg' "$dir/saved/tcpwalk.svg" || fail 'no picture'
tm send-keys q
ended 0 files

type_line "cat '$one' | '$program' --save-dir saved -"
see '35 segments'
tm send-keys w
see 'save as standard-input-connection-1.pcap'
tm send-keys Enter
see ' saved to standard-input-connection-1.pcap'
same "$dir/saved/standard-input-connection-1.pcap" "$one"
tm send-keys q
ended 0 pipe

if command -v xz >/dev/null 2>&1 && "$program" --version | grep -q liblzma; then
    xz -c "$two" >"$dir/two.pcap.xz"
    type_line "'$program' two.pcap.xz"
    see 'Enter open'
    tm send-keys w Enter
    see ' saved to two-connection-1.pcap'
    same "$dir/two-connection-1.pcap" "$two"
    tm send-keys q
    ended 0 compressed
fi

# Where no file may grow, that is told, and nothing is left; the screen goes on.
type_line "sh -c 'ulimit -f 0; exec \"\$0\" \"\$1\"' '$program' '$two'"
see 'Enter open'
tm send-keys w
see 'save as half-close-connection-1.pcap'
tm send-keys Enter
see 'half-close-connection-1.pcap: File too large'
tm send-keys C-p
see 'tcpwalk.svg: File too large'
tm send-keys q
ended 0 limited
[ ! -e "$dir/half-close-connection-1.pcap" ] || fail 'a file of nothing is left'

[ -z "$(find "$dir" -name '.tcpwalk-*')" ] || fail 'something half is left'
