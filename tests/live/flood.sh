#!/bin/sh
# Proves that a flood of half-open connections (SYNs from addresses that were made up, half of them
# answered) stays within --limit-memory and says what it pushed out, and that a connection which is
# opened, used and closed in the middle of it is told right to its end; and that the screen meanwhile
# answers keys and finds that connection by a filter. None of the packets may be dropped, as then
# nothing is proved: for the report they are sent as fast as it takes them, for the screen, where some
# were dropped, again at half the rate.
# shellcheck source=tests/live/net.sh
set -u
program=$1
. "$(dirname "$0")/net.sh"

# Connections of the flood for the report and for the screen, and MiB. What a sanitizer takes leaves
# nothing of the limit, and it is slower.
flood=200000 seen=40000 limit=32 sanitizer=false
if grep -q __asan_init "$program"; then
    flood=40000 seen=20000 limit=16 sanitizer=true
fi
socket=$work/tmux
tm() { tmux -S "$socket" -f /dev/null "$@"; }
pid='' server='' flooding=''
# shellcheck disable=SC2329 # by the trap
leave() {
    tm kill-server 2>/dev/null
    # shellcheck disable=SC2086 # none is no word
    kill $pid $server $flooding 2>/dev/null
    rm -rf "$work"
}
trap leave EXIT

# It is watched where it arrives; who sends is elsewhere, so that no kernel answers for it.
ip netns add sender || skip "no named namespaces are to be had"
ip link add v0 type veth peer name v1 netns sender || skip "the kernel has no veth"
in_sender() { ip netns exec sender "$@"; }
sh -c 'echo 1 >/proc/sys/net/ipv6/conf/v0/disable_ipv6' 2>/dev/null
in_sender sh -c 'echo 1 >/proc/sys/net/ipv6/conf/v1/disable_ipv6' 2>/dev/null
ip address add 10.7.0.2/24 dev v0
ip link set v0 up
in_sender ip address add 10.7.0.1/24 dev v1
in_sender ip link set v1 up

# The server of the real connection: answers each 1000 octets by 300, the end by 300 more, and when
# these have been acknowledged it closes.
cat >"$work/server.py" <<'E2'
import fcntl, socket, struct, termios, time
server = socket.create_server(("10.7.0.2", 7777))
print("ready", flush=True)
while True:
    one, _ = server.accept()
    got, told = 0, 0
    while data := one.recv(65536):
        got += len(data)
        while told < got // 1000:
            one.sendall(b"y" * 300)
            told += 1
    one.sendall(b"z" * 300)
    while struct.unpack("i", fcntl.ioctl(one, termios.TIOCOUTQ, bytes(4)))[0]:
        time.sleep(0.001)
    one.close()
E2

# sender.py CONNECTIONS taken PID COUNTERS: floods as fast as that process takes it, which tells its
# counters there when it is asked; with a real connection from the second tenth on up to the last two.
# sender.py CONNECTIONS RATE FILE: at so many packets a second, and with the flood going on before the
# last two tenths until the file is there.
cat >"$work/sender.py" <<'E2'
import os, re, signal, socket, struct, sys, time

AHEAD = 20000  # packets that the buffer holds with ease
tenth = int(sys.argv[1]) // 10
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("v1", 0))
server, to = bytes((10, 7, 0, 2)), struct.pack("!H", 7777)
ethernet = b"\2\0\0\0\0\2\2\0\0\0\0\1\x08\0"  # nobody's: no kernel answers
ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0x4000, 64, 6, 0)
syn = struct.pack("!IIBBHHH", 1000, 0, 0x50, 0x02, 1024, 0, 0)
syn_ack = struct.pack("!IIBBHHH", 5000, 1001, 0x50, 0x12, 1024, 0, 0)
begin, sent, made = time.monotonic(), 0, 0

def rate():
    while sent > (time.monotonic() - begin) * int(sys.argv[2]):
        pass  # sleeping is too coarse

def taken():
    while sent % (AHEAD // 2) == 0 and sent > 0:
        os.kill(int(sys.argv[3]), signal.SIGUSR1)
        told = re.findall(r"packets (\d+), received", open(sys.argv[4]).read())
        if told and int(told[-1]) > sent - AHEAD // 2:
            break
        assert time.monotonic() - begin < 60, "it does not keep up"
        time.sleep(0.005)

pace = taken if sys.argv[2] == "taken" else rate

def send(frame):
    global sent
    pace()
    while True:
        try:
            out.send(frame)
            break
        except OSError:  # no room at this moment
            time.sleep(0.0001)
    sent += 1

def flood(connections):
    global made
    for i in range(made, made + connections):
        client = struct.pack("!I", 0xac100000 + i)  # 172.16.0.0 and on
        port = struct.pack("!H", 1024 + i % 50000)
        send(ethernet + ip + client + server + port + to + syn)
        if i % 2:
            send(ethernet + ip + server + client + to + port + syn_ack)
    made += connections

flood(tenth)
one = socket.create_connection(("10.7.0.2", 7777))
print("open %d" % one.getsockname()[1], flush=True)
for i in range(7):
    one.sendall(b"x" * 1000)
    got = 0
    while got < 300:
        got += len(one.recv(65536))
    flood(tenth)
while pace == rate and not os.path.exists(sys.argv[3]):
    flood(100)
one.shutdown(socket.SHUT_WR)
got = 0
while data := one.recv(65536):
    got += len(data)
assert got == 300, got
one.close()
flood(2 * tenth)
print("sent %d at %.0f a second" % (sent, sent / (time.monotonic() - begin)), flush=True)
E2
python3 "$work/server.py" >"$work/server" 2>&1 &
server=$!
until_true 5 grep -q ready "$work/server" || fail "no server: $(cat "$work/server")"

# --- As a report ---------------------------------------------------------------------------------

counter() { sed -n "s/^tcpwalk: packets.* $1 \\([0-9]*\\).*/\\1/p" "$work/err" | tail -n 1; }
# Whether it has come to the flood's end.
drained() {
    kill -USR1 "$pid"
    [ "$(counter decoded)" -ge $((flood * 3 / 2)) ]
}
mkfifo "$work/lines"
# Most of what is told are the flood's connections.
grep '"address":"10\.7\.0\.1:' <"$work/lines" >"$work/out" &
picker=$!
"$program" list --json --limit-memory ${limit}M -i v0 >"$work/lines" 2>"$work/err" &
pid=$!
until_true 10 grep -q watching "$work/err" || fail "it did not attach: $(cat "$work/err")"
in_sender python3 "$work/sender.py" $flood taken $pid "$work/err" >"$work/sent" 2>&1 ||
    fail "$(cat "$work/sent" "$work/err")"
until_true 10 drained || fail "it has not seen all: $(cat "$work/sent" "$work/err")"
peak=$(awk '/^VmHWM/ { print $2 }' /proc/$pid/status)
kill -TERM $pid
wait $pid || fail "exit status $?: $(cat "$work/err")"
pid=''
wait $picker
[ "$(counter dropped)" -eq 0 ] || fail "packets were dropped: $(cat "$work/err")"
cat "$work/sent"
echo "$peak KiB at most, of $limit MiB"
tail -n 2 "$work/err"
$sanitizer || [ "$peak" -le $((limit * 1024 * 9 / 8)) ] || fail "too much memory"
python3 - "$work/out" "$work/err" $flood $limit <<'E2' || exit 1
import json, re, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert len(lines) == 1, lines
one = lines[0]
assert (one["outcome"], one["closed_by"]) == ("closed", "client"), one
assert not one["midstream"] and not one.get("lost"), one
assert one["client"]["states"] == ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
                                   "TIME-WAIT"], one
assert one["server"]["states"] == ["LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT",
                                   "LAST-ACK", "CLOSED"], one
for end, octets in ("client", 7000), ("server", 2400):
    assert one[end]["bytes"] == octets or one[end]["retransmissions"] > 0, one
said = open(sys.argv[2]).read()
flood, limit = int(sys.argv[3]), int(sys.argv[4])
found = re.search(r"memory limit of (\d+) MiB: (\d+) connections were evicted", said)
assert found, said
counted = [re.search("connections (\\d+), alive (\\d+), evicted (\\d+)", line)
           for line in said.splitlines() if "received" in line][-1]
connections, alive, evicted = map(int, counted.groups())
assert int(found[1]) == limit and int(found[2]) == evicted > 0, said
assert connections == flood + 1, said
# All but the real one, once it is over, are alive or were evicted.
assert alive + evicted in (connections, connections - 1), said
E2

# --- As the screen -------------------------------------------------------------------------------

command -v tmux >/dev/null 2>&1 || { echo "no screen: tmux is not there"; exit 0; }

export LC_ALL=C.UTF-8 XDG_CONFIG_HOME="$work" XDG_STATE_HOME="$work/state"
unset TMUX LANG
shows() { tm capture-pane -p | grep -q -- "$1"; }
see() { until_true 10 shows "$1" || fail "'$1' did not appear; the screen was: $(tm capture-pane -p)"; }
hides() { ! shows "$1"; }
# answers FILE KEY COMMAND...: notes there in how many milliseconds it does.
answers() {
    file=$1
    begin=$(date +%s%N)
    tm send-keys "$2"
    shift 2
    until_true 10 "$@" || fail "no answer to a key; the screen was: $(tm capture-pane -p)"
    echo $((($(date +%s%N) - begin) / 1000000)) >>"$file"
}
gone() { ! tm has-session; }
screen() {
    rm -f "$work/over" "$work/sent" "$work/took" "$work/filtered"
    tm new-session -d -x 160 -y 24 "exec '$program' -i v0 --limit-memory ${limit}M" ||
        fail "tmux does not begin"
    see 'No TCP segment has come yet'
    ip netns exec sender python3 "$work/sender.py" $seen "$1" "$work/over" >"$work/sent" 2>&1 &
    flooding=$!
    until_true 10 grep -q open "$work/sent" || fail "no connection: $(cat "$work/sent")"
    real=10.7.0.1:$(awk '{ print $2 }' "$work/sent")
    see '[0-9] dropped'
    for _ in 1 2 3; do
        answers "$work/took" '?' hides 'dropped'
        answers "$work/took" Escape shows '[0-9] dropped'
    done
    tm send-keys f
    see 'filter: _'
    tm send-keys -l "$real"
    answers "$work/filtered" Enter shows "$real  *ESTABLISHED  *10.7.0.2:7777  *ESTABLISHED"
    tm send-keys Space # what is over is forgotten first, but for what is marked
    see '1 marked'
    kill -0 $flooding || fail "the flood was over before: $(cat "$work/sent")"
    : >"$work/over"
    wait $flooding || fail "$(cat "$work/sent")"
    flooding=''
    see "$real  *TIME-WAIT  *10.7.0.2:7777  *CLOSED  *closed by [Cc]"
    tm send-keys Escape
    see '[0-9] dropped'
    tm capture-pane -p >"$work/last"
    tm send-keys q
    until_true 10 gone || fail "the screen does not end"
    grep -q ' 0 dropped' "$work/last"
}
# Filtering begins anew as connections are forgotten: much faster than this it takes too long.
rate=20000
! $sanitizer || rate=12500
until screen $rate; do
    echo "at $rate packets a second some are dropped"
    rate=$((rate / 2))
    [ $rate -gt 5000 ] || fail "packets are dropped at any rate"
done
cat "$work/sent"
echo "ms until a key was answered: $(sort -n "$work/took" | tr '\n' ' ')"
echo "ms until the filter showed it: $(cat "$work/filtered")"
# A busy machine may take its time once.
[ "$(sort -n "$work/took" | tail -n 2 | head -n 1)" -le 1000 ] || fail "too slow"
sed -n 2p "$work/last"
