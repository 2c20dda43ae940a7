#!/bin/sh
# What a running capture has left of its rights, in a network of its own: as root it goes on as
# nobody, as who called sudo or as -Z says, without any capability, and still captures; whom it
# cannot become it says, and so it does for files that nobody may make. Needs root and bash.
set -u
program=$1
[ "$(id -u)" -eq 0 ] || { echo "skipped: not root"; exit 77; }
command -v bash >/dev/null 2>&1 || { echo "skipped: bash is not there"; exit 77; }
if [ "${2:-}" != inside ]; then
    unshare -n true 2>/dev/null || { echo "skipped: no network namespace"; exit 77; }
    exec unshare -n "$0" "$program" inside
fi
ip link set lo up || { echo "skipped: ip is not there"; exit 77; }
unset SUDO_UID SUDO_GID
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -m 777 "$work/open"
cd "$work/open" || exit 1

fail() {
    echo "$*"
    cat "$work/err"
    exit 1
}

# runs WORDS...: a capture that has given up its rights, as $pid. What is asked to wait for is seen
# within ten seconds or never.
runs() {
    "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    for _ in $(seq 200); do
        grep -q '^Seccomp:	2' /proc/$pid/status 2>/dev/null && return
        kill -0 $pid 2>/dev/null || break
        sleep 0.05
    done
    if kill -0 $pid 2>/dev/null; then
        "$program" --version | grep -q seccomp && fail "$*: no seccomp"
        return
    fi
    wait $pid
    case $? in
    3 | 5) cat "$work/err"; echo "skipped: cannot capture here"; exit 77 ;;
    *) fail "$*: ended" ;;
    esac
}

has() { grep -q "^$1" /proc/$pid/status || fail "not $1: $(cat /proc/$pid/status)"; }

ends() {
    kill -TERM $pid
    wait $pid || fail "status $?"
}

runs "$program" trace -i lo tcp port 1
has 'Uid:	65534	65534	65534	65534'
has 'Gid:	65534	65534	65534	65534'
has 'Groups:	 *$'
for set in Inh Prm Eff Bnd Amb; do
    has "Cap$set:	0000000000000000"
done
has 'NoNewPrivs:	1'
for _ in 1 2; do
    bash -c 'exec 3<>/dev/tcp/127.0.0.1/1' 2>/dev/null
done
for _ in $(seq 200); do
    [ "$(grep -c RST "$work/out")" -ge 2 ] && break
    sleep 0.05
done
ends
[ "$(grep -c RST "$work/out")" -ge 2 ] || fail "nothing was captured"

runs env SUDO_UID=1 SUDO_GID=2 "$program" list -i lo
has 'Uid:	1	1	1	1'
has 'Gid:	2	2	2	2'
has 'CapEff:	0000000000000000'
ends
runs env SUDO_UID=1 SUDO_GID=2 "$program" list -i lo -v -Z bin
has 'Uid:	2	2	2	2'
grep -q 'rights: user bin, no capabilities' "$work/err" || fail 'not told what is left'
ends

# refused STATUS TEXT WORDS...: told at once.
refused() {
    wanted=$1 text=$2
    shift 2
    timeout 10 "$@" >/dev/null 2>"$work/err" </dev/null
    status=$?
    [ "$status" -eq "$wanted" ] || fail "status $status: $*"
    grep -q -e "$text" "$work/err" || fail "not told: $text"
}
refused 5 '-Z nosuchuser: no such user' "$program" list -i lo -Z nosuchuser
refused 5 'SUDO_UID' env SUDO_UID=1x SUDO_GID=1 "$program" list -i lo
mkdir -m 755 closed || fail 'no folder of our own'
echo precious >closed/all.pcap0
refused 5 '-Z USER' "$program" list -i lo -w closed/all.pcap -C 1 -W 2
refused 5 'no such user' "$program" list -i lo -w closed/all.pcap0 -Z nosuchuser
[ "$(cat closed/all.pcap0)" = precious ] || fail 'what is refused has emptied a file'
rm -r closed
if command -v setpriv >/dev/null 2>&1; then
    cp "$program" "$work/open/tcpwalk"
    refused 5 'sudo.*group.*setcap' setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$work/open/tcpwalk" list -i lo
    # Only the right to capture, as a program's file may give it: gone, too.
    runs setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+net_raw \
        --ambient-caps=+net_raw --bounding-set=+net_raw "$work/open/tcpwalk" list -i lo
    for set in Inh Prm Eff Amb; do
        has "Cap$set:	0000000000000000"
    done
    ends
fi
echo "rights are given up, and captures go on"
