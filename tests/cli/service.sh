#!/bin/sh
# Without a screen, as a service runs it: SIGUSR1 tells the counters at once, also where nothing
# arrives; SIGHUP makes the recording's file anew and ends nothing; SIGTERM and SIGINT, also in the
# middle of traffic, end with every connection told and recorded; a terminal that goes away ends it.
set -u
program=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
# shellcheck source=network
. "$here/network"
cd "$dir" || exit 1

# told N: the counters tell N packets, asked now.
told() {
    before=$(grep -c '^tcpwalk: packets' err)
    kill -USR1 $pid
    for _ in $(seq 20); do
        [ "$(grep -c '^tcpwalk: packets' err)" -gt "$before" ] && break
        sleep 0.05
    done
    tail -n 1 err | grep -q "^tcpwalk: packets $1,.* recorded $1, not recorded 0$"
}

# Whoever makes a file anew must be allowed to.
as=
[ "$(id -u)" -ne 0 ] || as='-Z root'
# shellcheck disable=SC2086 # two words, or none
"$program" trace --json -s 2000 -i lo $as -w one.pcap </dev/null >out 2>err &
pid=$!
pids=$pid
holds 'attached' has one.pcap 0
told 0 || fail 'SIGUSR1: nothing told while nothing arrives'
knock 5
holds 'five were seen, and are in the counters' told 10

# Log rotation: moved, then told so.
mv one.pcap one.pcap.1
knock 1
holds 'what comes before SIGHUP goes into the file that was moved' has one.pcap.1 12
kill -HUP $pid
holds 'made anew' has one.pcap 0
knock 3
holds 'goes on in the new file' has one.pcap 6
has one.pcap.1 12 || fail 'the file that was moved has changed'
kill -HUP $pid # nobody has moved it
knock 1
holds 'a file that stays keeps what it holds' has one.pcap 8

# Ended while connections come.
all_told() {
    segments=$(grep -c '"event":"segment"' out)
    seen=$(sed -n 's/^{"event":"segment",.*"connection":\([0-9]*\),.*/\1/p' out | sort -u | wc -l)
    connections=$(grep -c '^{"event":"connection",.*}$' out)
    [ -z "$(tail -c 1 out | tr -d '\n')" ] || fail "$1: the last line is cut"
    { [ "$seen" -gt 0 ] && [ "$connections" -eq "$seen" ]; } ||
        fail "$1: $connections connections told of $seen that were seen"
}
load() {
    bash -c 'while :; do exec 3<>/dev/tcp/127.0.0.1/9; done' 2>/dev/null &
    pids="$pids $!"
}
load
loader=$!
more_than() { [ "$(wc -l <out)" -gt "$1" ]; }
holds 'under load' more_than 2000
kill -TERM $pid
ends $pid 0 'SIGTERM under load'
kill $loader
all_told SIGTERM
recorded=$(($(packets one.pcap) + 12))
[ "$recorded" -eq "$segments" ] || fail "SIGTERM: $segments segments told, $recorded recorded"

"$program" list --json -s 2000 -i lo -w two.pcap </dev/null >out 2>err &
pid=$!
pids="$pids $pid"
holds 'attached' has two.pcap 0
knock 2
holds 'seen' has two.pcap 4
kill -INT $pid
ends $pid 0 'SIGINT'
[ "$(grep -c '"outcome":"refused"' out)" -eq 2 ] || fail 'SIGINT: connections are missing'

# Without -w there is nothing to be made anew.
"$program" trace --json -s 2000 -i lo </dev/null >out 2>err &
pid=$!
pids="$pids $pid"
seen_another() {
    lines=$(wc -l <out)
    knock 1
    sleep 0.05
    [ "$(wc -l <out)" -gt "$lines" ]
}
holds 'attached' seen_another
kill -HUP $pid
holds 'SIGHUP ends nothing' seen_another
kill -TERM $pid
ends $pid 0 'SIGTERM'

# The terminal goes away: what runs in it ends as it does by SIGTERM.
if command -v tmux >/dev/null 2>&1; then
    export TMUX_TMPDIR="$dir"
    unset TMUX
    tmux -f /dev/null new-session -d "exec '$program' trace --json -s 2000 -i lo $as -w gone.pcap >out 2>err"
    pid=$(tmux list-panes -F '#{pane_pid}')
    pids="$pids $pid"
    holds 'attached in a terminal' has gone.pcap 0
    kill -HUP "$pid"
    mv gone.pcap gone.pcap.1
    kill -HUP "$pid"
    holds 'SIGHUP in a terminal that is there' has gone.pcap 0
    knock 1
    holds 'seen' has gone.pcap 2
    tmux kill-server
    gone() { ! kill -0 "$pid"; }
    holds 'ends with its terminal' gone
    all_told 'the terminal went away'
fi
