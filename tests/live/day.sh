#!/bin/sh
# Proves that a day of traffic, its clock compressed into seconds, leaves the memory within its limit,
# that nothing new is turned away, and that what was marked by nobody is forgotten, and told so: the
# screen on a pipe, as it is on an interface.
# usage: day.sh PROGRAM
set -u
program=$1
command -v python3 >/dev/null 2>&1 || {
    echo "skipped: python3 is not there"
    exit 77
}
if grep -q __asan_init "$program"; then
    echo "skipped: what a sanitizer takes leaves nothing of the limit"
    exit 77
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
python3 - "$program" "$work/day.svg" <<'PYTHON' || exit 1
import resource, struct, subprocess, sys

CONNECTIONS, DAY, LIMIT = 60000, 86400, 24 << 20
program = subprocess.Popen([sys.argv[1], "--limit-memory", str(LIMIT), "--screenshot", sys.argv[2],
                            "--size", "160x24", "-"], stdin=subprocess.PIPE)
out = program.stdin

def packet(time, client, port, back, seq, ack, flags, length=0):
    addresses = struct.pack("!II", client, 0xc0a80001)
    ports = struct.pack("!HH", port, 80)
    if back:
        addresses = addresses[4:] + addresses[:4]
        ports = ports[2:] + ports[:2]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + length, 0, 0x4000, 64, 6, 0) + addresses
    tcp = ports + struct.pack("!IIBBHHH", seq, ack, 0x50, flags, 65535, 0, 0)
    seconds = int(time)
    out.write(struct.pack("<IIII", seconds, int((time - seconds) * 1e6), len(ip) + len(tcp),
                          40 + length) + ip + tcp)

out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
SYN, ACK, FIN, PSH = 2, 16, 1, 8
for i in range(CONNECTIONS):
    at, client, port = 1e9 + i * DAY / CONNECTIONS, 0x0a000000 + i % 250, 1024 + i % 60000
    steps = [(False, 0, 0, SYN, 0), (True, 0, 1, SYN | ACK, 0), (False, 1, 1, ACK, 0),
             (False, 1, 1, PSH | ACK, 100), (True, 1, 101, PSH | ACK, 1000),
             (False, 101, 1001, FIN | ACK, 0), (True, 1001, 102, FIN | ACK, 0),
             (False, 102, 1002, ACK, 0)]
    for n, (back, seq, ack, flags, length) in enumerate(steps):
        packet(at + n * 0.01, client, port, back, seq, ack, flags, length)
out.close()
status = program.wait()
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print("a day in %d connections: %.1f MiB at most, of %d" % (CONNECTIONS, peak / 2**20, LIMIT >> 20))
if status != 0:
    sys.exit("status %d" % status)
if peak > LIMIT * 5 // 4:
    sys.exit("too much memory")
PYTHON
text=$(sed 's/<[^>]*>/ /g' "$work/day.svg" | tr '\n' ' ' | tr -s ' ')
case $text in
*'over and forgotten'*) ;;
*) echo "nothing was forgotten, or it is not told" && exit 1 ;;
esac
case $text in
*'not kept'*) echo "what was new was turned away" && exit 1 ;;
esac
