#!/bin/sh
# Proves that on `any`, where a connection through a bridge passes both of its ports and the bridge
# itself, each segment counts once for the story and its copies are named `duplicate`.
# shellcheck source=tests/live/net.sh
set -u
program=$1
. "$(dirname "$0")/net.sh"

for end in client server; do
    ip netns add $end || skip "no named namespaces are to be had"
done
ip link add br0 type bridge 2>/dev/null || skip "the kernel has no bridge"
for end in client server; do
    ip link add "to-$end" type veth peer name v0 netns $end || skip "the kernel has no veth"
    ip link set "to-$end" master br0 up || exit 1
    ip netns exec $end ip link set v0 up
done
ip link set br0 up
ip netns exec client ip address add 10.7.0.1/24 dev v0
ip netns exec server ip address add 10.7.0.2/24 dev v0

"$program" trace --json -i any tcp port 7777 >"$work/out" 2>"$work/err" &
pid=$!
until_true 5 attached $pid || fail "it did not attach: $(cat "$work/err")"
ip netns exec server python3 -c '
import socket
server = socket.create_server(("10.7.0.2", 7777))
print("ready", flush=True)
one, _ = server.accept()
got = b""
while len(got) < 5000: got += one.recv(65536)
one.send(b"y" * 300)
one.recv(1)
one.close()' >"$work/server" &
server=$!
until_true 5 grep -q ready "$work/server" || fail "no server"
ip netns exec client python3 -c '
import socket
one = socket.create_connection(("10.7.0.2", 7777))
for i in range(5): one.send(b"x" * 1000)
got = b""
while len(got) < 300: got += one.recv(65536)
one.shutdown(socket.SHUT_WR)
one.recv(1)' || fail "no connection through the bridge"
wait $server
sleep 0.3 # the last block
kill -TERM $pid
wait $pid || fail "exit status $?: $(cat "$work/err")"

python3 - "$work/out" <<'E2'
import json, sys
segments, copies, connection = [], set(), None
for line in open(sys.argv[1]):
    event = json.loads(line)
    if event["event"] == "segment": segments.append(event)
    if event["event"] == "finding" and event["kind"] == "duplicate": copies.add(event["packet"])
    if event["event"] == "connection": assert connection is None; connection = event
key = lambda s: (s["sender"], s["flags"], s["raw_seq"], s["raw_ack"], s["length"])
once = [s for s in segments if s["packet"] not in copies]
bare = lambda s: s["length"] == 0 and s["flags"] == "ACK"
assert len({key(s) for s in segments}) < len(segments), "nothing was seen twice"
marked = [s for s in once if not bare(s)]
assert len(marked) == len({key(s) for s in marked}), [key(s) for s in marked]
for s in segments:
    if s["packet"] in copies:
        assert any(key(o) == key(s) for o in once), "a copy of nothing"
for end, octets in (("client", 5000), ("server", 300)):
    assert sum(s["length"] for s in once if s["sender"] == end) == octets, connection
    assert connection[end]["retransmissions"] == 0, connection
assert connection["outcome"] == "closed", connection
assert connection["handshake"]["synack_to_ack"] is not None, connection
print("%d segments, %d of them copies" % (len(segments), len(copies)))
E2
