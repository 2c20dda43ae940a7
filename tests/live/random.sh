#!/bin/sh
# Proves that no frame, however broken, ends a watch: thousands that were changed at random, and as
# many that are nothing but random octets, at an interface with each of its filters; and that what is
# captured behind them is told right.
# shellcheck source=tests/live/net.sh
set -u
program=$1
. "$(dirname "$0")/net.sh"
captures=$(realpath "$(dirname "$0")/../../captures")

ip link add c0 type veth peer name c1 || skip "the kernel has no veth"
ip link set c0 up && ip link set c1 up
for filter in '' 'len >= 1'; do
    # shellcheck disable=SC2086 # no filter is no word
    "$program" trace --json -i c1 -i any ${filter:+"$filter"} >"$work/out" 2>"$work/err" &
    pid=$!
    until_true 5 attached $pid 2 || fail "it did not attach: $(cat "$work/err")"
    sleep 0.1
    python3 - "$captures" <<'E2' || fail "the sender failed"
import glob, random, socket, struct, sys
random.seed(5)
frames = []
for path in sorted(glob.glob(sys.argv[1] + "/*.pcap"))[:12]:
    data = open(path, "rb").read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack(order + "I", data[20:24])[0]
    head = {1: b"", 101: b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0"}.get(link)
    at = 24
    while head is not None and at < len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        frames.append(head + data[at + 16:at + 16 + size])
        at += 16 + size
assert frames
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("c0", 0))
def send(octets):
    try: out.send(octets)
    except OSError: pass  # too short or too long to be sent at all
for i in range(5000):
    one = bytearray(random.choice(frames))
    for _ in range(random.randint(1, 8)):
        one[random.randrange(len(one))] = random.getrandbits(8)
    send(bytes(one[:random.randint(14, len(one))]))
    kind = random.choice((0x0800, 0x86dd, 0x8100, 0x8847, 0x8864, 0x894f, 0x22f3, 0x88e7, 40))
    send(bytes(12) + struct.pack(">H", kind) + random.randbytes(random.randint(0, 400)))
# And one that is right, of which nobody has heard.
tcp = struct.pack(">HHIIBBHHH", 4321, 7777, 1, 0, 0x50, 2, 512, 0, 0)
ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, bytes((10, 1, 1, 1)), bytes((10, 1, 1, 2)))
send(b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0" + ip + tcp)
E2
    until_true 10 sh -c "kill -0 $pid && sleep 0.3" || fail "it ended: $(cat "$work/err")"
    kill -TERM $pid
    wait $pid || fail "exit status $?: $(cat "$work/err")"
    python3 - "$work/out" <<'E2' || exit 1
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
ours = [e for e in events if e["event"] == "connection" and e["client"]["address"] == "10.1.1.1:4321"]
assert len(ours) == 1 and ours[0]["client"]["states"] == ["SYN-SENT"], ours
print("%d events of broken frames" % len(events))
E2
done
