#!/bin/sh
# Proves that `interfaces` tells state, addresses and what passes now, on lo each packet once, on
# `any` the sum, and with -q the names alone, at once.
# shellcheck source=tests/live/net.sh
set -u
program=$1
. "$(dirname "$0")/net.sh"

ip link add c0 type veth peer name c1 || skip "the kernel has no veth"
ip address add 10.8.0.1/24 dev c0
ip link set c0 up && ip link set c1 up
python3 -c '
import socket, time
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("ready", flush=True)
while True:
    for i in range(100): one.sendto(b"x" * 1000, ("127.0.0.1", 9))
    time.sleep(0.01)' >"$work/ready" 2>"$work/sender" &
sender=$!
trap 'kill $sender 2>/dev/null; rm -rf "$work"' EXIT
until_true 5 grep -q ready "$work/ready" || fail "$(cat "$work/sender")"

"$program" interfaces >"$work/out" || fail "exit status $?"
rate() { awk -v name="$1" '$1 == name { print $3 }' "$work/out"; }
lo=$(rate lo) any=$(rate any)
# At most 10,000 a second are sent, each answered by an error that says that nobody listens, if at all.
[ "$lo" -gt 500 ] || fail "lo has $lo packets/s"
[ "$lo" -le 21000 ] || fail "lo counts each packet twice: $lo packets/s"
[ "$any" -ge "$lo" ] || fail "any has $any packets/s, lo $lo"
grep -q '^lo .*MiB/s  127.0.0.1' "$work/out" || fail "lo: $(grep '^lo' "$work/out")"
grep -q '^c0 .*running .* 10.8.0.1' "$work/out" || fail "c0: $(grep '^c0' "$work/out")"
ip link set c0 down
"$program" -D >"$work/out" || fail "exit status $?"
grep -q '^c0  *down ' "$work/out" || fail "c0 is not said to be down"
"$program" interfaces -q >"$work/out" || fail "exit status $?"
for name in lo c0 c1 any; do
    grep -qx $name "$work/out" || fail "$name is not named alone"
done
