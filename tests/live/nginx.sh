#!/bin/sh
# Proves on nginx and curl that what is told of a real server is right: who closed, the states of both
# ends, as the kernels have them, and the octets that curl says it got, by `list` and by `trace` with
# a filter at once: a close by either end, a reset, a refusal, and SIGTERM in the middle of a
# download.
# shellcheck source=tests/live/net.sh
set -u
program=$1
. "$(dirname "$0")/net.sh"

PATH=$PATH:/usr/sbin:/sbin
for one in nginx curl ss; do
    command -v $one >/dev/null 2>&1 || skip "$one is not there"
done
ip netns add server || skip "no named namespaces are to be had"
ip link add v0 type veth peer name v1 netns server || skip "the kernel has no veth"
# The kernel says nothing of its own there: it would pass before the filter is set, and be counted.
sh -c 'echo 1 >/proc/sys/net/ipv6/conf/v0/disable_ipv6' 2>/dev/null
ip netns exec server sh -c 'echo 1 >/proc/sys/net/ipv6/conf/v1/disable_ipv6' 2>/dev/null
ip address add 10.7.0.1/24 dev v0
ip link set v0 up
in_server() { ip netns exec server "$@"; }
in_server ip address add 10.7.0.2/24 dev v1
in_server ip link set v1 up

# --- The server ----------------------------------------------------------------------------------

mkdir "$work/files"
head -c 100000 /dev/zero >"$work/files/large"
head -c 700 /dev/zero >"$work/files/small"
# 444 answers nothing, and the other line makes of that a RST.
cat >"$work/conf" <<E2
daemon off;
master_process off;
pid $work/pid;
error_log stderr notice;
events {
    worker_connections 64;
}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    reset_timedout_connection on;
    server {
        listen 10.7.0.2:8080;
        root $work/files;
        location /reset {
            return 444;
        }
        location /slow {
            alias $work/files/large;
            limit_rate 2000;
        }
    }
}
E2
ip netns exec server nginx -p "$work" -c "$work/conf" >"$work/nginx" 2>&1 &
server=$!
curl=''
trap 'kill $server $curl 2>/dev/null; rm -rf "$work"' EXIT
listens() { in_server ss -Hltn 'sport = 8080' | grep -q LISTEN; }
until_true 5 listens || fail "nginx does not listen: $(cat "$work/nginx")"

# --- What is watched -----------------------------------------------------------------------------

"$program" list --json -l -i v0 >"$work/list" 2>"$work/list.err" &
list=$!
"$program" trace --json -l -i v0 tcp port 8080 >"$work/trace" 2>"$work/trace.err" &
trace=$!
for one in $list $trace; do
    until_true 5 attached "$one" || fail "it did not attach: $(cat "$work/list.err" "$work/trace.err")"
done

# get NAME CURL'S WORDS...: a line of curl's own for each request.
get() {
    name=$1
    shift
    curl -s -w "$name %{local_port} %{size_request} %{size_header} %{size_download} %{num_connects}\n" \
        "$@" >>"$work/curl"
}
reset() {
    get reset http://10.7.0.2:8080/reset
    [ $? -eq 56 ] || fail "nginx did not reset: $(tail -n 1 "$work/curl")"
}
counts() { sed -n 's/.* packets \([0-9]*\), received \([0-9]*\), dropped.*/\1 \2/p' "$1"; }
# The filter comes behind the socket: until it is there nothing is seen.
begun() {
    reset
    kill -USR1 $list $trace
    counts "$work/list.err" | grep -q '^[1-9]' && counts "$work/trace.err" | grep -q '^[1-9]'
}
# Signals are told from here on.
until_true 10 grep -q watching "$work/list.err" || fail "list does not begin"
until_true 10 grep -q watching "$work/trace.err" || fail "trace does not begin"
until_true 10 begun || fail "nothing is seen: $(cat "$work/list.err" "$work/trace.err")"
: >"$work/curl"

# kernel WHERE STATE: whether the kernel of that end has a connection in this state on curl's port.
kernel() {
    port=$(awk -v name="$name" '$1 == name { print $2 }' "$work/curl" | tail -n 1)
    side=$1
    shift
    case $side in
    client) ss -Htan state "$1" "sport = $port" ;;
    server) in_server ss -Htan state "$1" "dport = $port" ;;
    esac | grep -q ":$port"
}

# Reads until the server ends, so that it is the server who does.
get server-closes --ignore-content-length -H 'Connection: close' -o "$work/got" \
    http://10.7.0.2:8080/large || fail "curl: $?"
cmp "$work/got" "$work/files/large" || fail "what curl got is something else"
until_true 5 kernel server time-wait || fail "the kernel has no TIME-WAIT at the server"

get client-closes -o "$work/got" http://10.7.0.2:8080/small \
    -o "$work/got" http://10.7.0.2:8080/large || fail "curl: $?"
until_true 5 kernel client time-wait || fail "the kernel has no TIME-WAIT at the client"

reset
curl -s http://10.7.0.2:8081/
[ $? -eq 7 ] || fail "port 8081 was not refused"

curl -sN -o "$work/part" http://10.7.0.2:8080/slow &
curl=$!
until_true 5 [ -s "$work/part" ] || fail "the slow download does not begin"
part=$(wc -c <"$work/part")

# caught_up PID FILE LINES: whether it has told, in a line after so many, of all that the kernel has.
caught_up() {
    kill -USR1 "$1"
    counts "$2" | awk -v lines="$3" '{ behind = $2 - $1 } END { exit NR <= lines || behind != 0 }'
}
has_all() {
    until_true 5 caught_up "$1" "$2" "$(counts "$2" | wc -l)" || fail "it is behind: $(cat "$2")"
}
has_all $list "$work/list.err"
has_all $trace "$work/trace.err"
[ "$(ss -Htn state established 'dport = 8080' | wc -l)" = 1 ] || fail "the download is over"
kill -TERM $list $trace
wait $list || fail "list: exit status $?: $(cat "$work/list.err")"
wait $trace || fail "trace: exit status $?: $(cat "$work/trace.err")"
kill $curl

# --- What is told --------------------------------------------------------------------------------

python3 - "$work/curl" "$work/list" "$work/trace" "$part" <<'E2' || exit 1
import json, sys

asked = {}  # by name: curl's port, and octets sent and got
for line in open(sys.argv[1]):
    name, *numbers = line.split()
    port, request, header, body, connects = map(int, numbers)
    one = asked.setdefault(name, {"port": port, "client": 0, "server": 0, "connects": 0})
    assert port == one["port"], "%s: not one connection" % name
    one["client"] += request
    one["server"] += header + body
    one["connects"] += connects
assert all(one["connects"] == 1 for one in asked.values()), asked

listed = [json.loads(line) for line in open(sys.argv[2])]
events = [json.loads(line) for line in open(sys.argv[3])]
traced = [e for e in events if e["event"] == "connection"]
segments = [e for e in events if e["event"] == "segment"]

def port(address): return int(address.rpartition(":")[2])

def find(connections, which):
    found = [c for c in connections if which(c)]
    assert len(found) == 1, found
    return found[0]

def told(which):
    """A connection as list and as trace tell it, and its segments."""
    one, other = find(listed, which), find(traced, which)
    for c in one, other:
        assert not c["midstream"] and not c["evicted"] and "lost" not in c, c
    return one, other, [s for s in segments if s["connection"] == other["connection"]]

def without(c):
    """What does not come from its own numbers, readings of the clock, and order of packets."""
    own = {"connection", "opened", "closed", "duration", "handshake", "entered", "basis",
           "retransmissions"}
    return {k: without(v) if isinstance(v, dict) else v for k, v in c.items() if k not in own}

def octets(connection, segments, end):
    """Of its stream, each once, as none are missing; one CPU may overtake the other."""
    own = [s for s in segments if s["sender"] == end and s["length"] > 0]
    assert sum(s["length"] for s in own) == connection[end]["bytes"], connection
    reached = 1
    for s in sorted(own, key=lambda s: s["seq"]):
        assert s["seq"] <= reached, "a gap before %s, at %d" % (s, reached)
        reached = max(reached, s["seq"] + s["length"])
    return reached - 1

def fin_comes_with_ack(segments, first):
    """Whether what acknowledges the FIN of who closed first is the FIN of the other."""
    fin = find([s for s in segments if s["sender"] == first and "FIN" in s["flags"]][:1], bool)
    end = fin["seq"] + fin["length"] + 1
    acks = [s for s in segments if s["sender"] != first and s["ack"] == end]
    return "FIN" in acks[0]["flags"]

def check(name, outcome, closed_by, client, server):
    ours = asked[name]
    c, other, own = told(lambda c: port(c["client"]["address"]) == ours["port"])
    assert without(c) == without(other), "list: %s\ntrace: %s" % (c, other)
    states = {"client": client, "server": server}
    if closed_by and outcome == "closed" and fin_comes_with_ack(own, closed_by):
        states[closed_by].remove("FIN-WAIT-2")  # passed through
    assert (c["outcome"], c["closed_by"]) == (outcome, closed_by), c
    for end in "client", "server":
        assert c[end]["states"] == states[end], (name, end, c[end]["states"], states[end])
        assert c[end]["state"] == states[end][-1], c
        assert octets(c, own, end) == ours[end], (name, end, octets(c, own, end), ours)

opened = ["SYN-SENT", "ESTABLISHED"], ["LISTEN", "SYN-RECEIVED", "ESTABLISHED"]
first = ["FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"]
second = ["CLOSE-WAIT", "LAST-ACK", "CLOSED"]
check("server-closes", "closed", "server", opened[0] + second, opened[1] + first)
check("client-closes", "closed", "client", opened[0] + first, opened[1] + second)
check("reset", "reset", "server", opened[0] + ["CLOSED"], opened[1] + ["CLOSED"])

refused = find(listed, lambda c: port(c["server"]["address"]) == 8081)
assert (refused["outcome"], refused["closed_by"]) == ("refused", "server"), refused
assert refused["client"]["states"] == ["SYN-SENT", "CLOSED"], refused
assert refused["server"]["states"] == ["CLOSED"], refused
beyond = [c for c in traced if 8080 not in (port(c["client"]["address"]), port(c["server"]["address"]))]
assert not beyond, "past the filter: %s" % beyond

# Octets went on while one was told to stop and then the other.
*both, own = told(lambda c: c["outcome"] == "open")
for slow in both:
    assert slow["closed_by"] is None and slow["closed"] is None, slow
    assert slow["client"]["states"] == opened[0] and slow["server"]["states"] == opened[1], slow
    assert int(sys.argv[4]) < slow["server"]["bytes"] < 100000, slow
octets(both[1], own, "server")
for name in sorted(asked):
    print("%s: %d octets sent, %d got" % (name, asked[name]["client"], asked[name]["server"]))
E2
