#!/bin/sh
# Proves that a watch ends with everything printed and status 4 when its only interface is removed,
# that one with another interface goes on, and that both are told on standard error; and that
# SIGTERM in the middle prints what is open.
# shellcheck source=tests/live/net.sh
set -u
program=$1
. "$(dirname "$0")/net.sh"

up() { ip -o link show c0 | grep -q 'state UP'; }
pair() {
    ip link add c0 type veth peer name c1 || skip "the kernel has no veth"
    ip address add 10.8.0.1/24 dev c0
    ip link set c0 up && ip link set c1 up
    until_true 5 up || fail "c0 does not come up"
    ip neighbour add 10.8.0.2 lladdr 02:00:00:00:00:02 dev c0
}
# A SYN that nobody answers passes c1.
knock() {
    python3 -c '
import socket
one = socket.socket()
one.setblocking(False)
one.connect_ex(("10.8.0.2", 7))'
}
# start INTERFACE...: in the background, attached.
start() {
    "$program" list --json "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    until_true 5 attached $pid $(($# / 2)) || fail "it did not attach: $(cat "$work/err")"
    sleep 0.1 # the filter behind the socket
}

pair
start -i c1
knock
sleep 0.2
ip link del c0
wait $pid
status=$?
[ $status -eq 4 ] || fail "exit status $status, not 4: $(cat "$work/err")"
grep -q '"outcome":"no-answer"' "$work/out" || fail "the connection is not told"
grep -q 'c1: the interface was removed; 1 packet was good' "$work/err" || fail "not said: $(cat "$work/err")"

pair
start -i c1 -i lo
ip link set c1 down
until_true 5 grep -q 'c1: went down' "$work/err" || fail "that c1 went down is not told"
ip link set c1 up
until_true 5 grep -q 'c1: is up again' "$work/err" || fail "that c1 is up again is not told"
ip link del c0
until_true 5 grep -q 'c1: was removed' "$work/err" || fail "that c1 was removed is not told"
python3 -c '
import socket
one = socket.socket()
one.connect_ex(("127.0.0.1", 1))'
pair
kill -TERM $pid
wait $pid || fail "exit status $? after SIGTERM: $(cat "$work/err")"
grep -q '"outcome":"refused"' "$work/out" || fail "lo was not watched without c1"
