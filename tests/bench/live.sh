#!/bin/sh
# What is lost live: packets replayed into a veth pair, in namespaces of its own, at the highest rate
# at which tcpdump loses none, and what tcpwalk loses of them with the same buffer, median of five
# runs of each, as a report and, where there is tmux, as the screen; then what watching a quiet
# interface costs. Only the comparison holds on another machine. Without tcpdump a bare libpcap loop
# stands for it (replay.c).
# usage: live.sh BUILD [BUFFER_KIB]
set -u
if [ -z "${TCPWALK_BENCH_NET:-}" ]; then
    for one in unshare ip; do
        command -v $one >/dev/null 2>&1 || { echo "skipped: $one is not there"; exit 0; }
    done
    unshare -n true 2>/dev/null || { echo "skipped: no network namespace is to be had"; exit 0; }
    TCPWALK_BENCH_NET=1 exec unshare -n sh "$0" "$@"
fi
build=$(realpath "$1") || exit 1
buffer=${2:-4096}
cd "$(dirname "$0")/../.." || exit 1
work=$build/bench
capture=$work/live.pcap
mkdir -p "$work" || exit 1
"${CC:-cc}" -O2 -o "$work/replay" tests/bench/replay.c -lpcap || exit 1
if [ ! -e "$capture" ]; then
    if [ -e ../shared/bench/gen_flows.c ]; then
        "${CC:-cc}" -O2 -w -o "$work/gen_flows" ../shared/bench/gen_flows.c &&
            "$work/gen_flows" "$capture" 50000 5000 || exit 1
    else
        "${CC:-cc}" -O2 -o "$work/bench_full_size" tests/bench/full_size.c &&
            "$work/bench_full_size" "$capture" 100000 || exit 1
    fi
fi

ip link add x0 type veth peer name x1 || { echo "skipped: no veth"; exit 0; }
for one in x0 x1; do
    echo 1 >/proc/sys/net/ipv6/conf/$one/disable_ipv6 2>/dev/null
    ip link set $one up
done

# until_true COMMAND...
until_true() {
    tries=100
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "it did not begin" >&2; exit 1; }
        sleep 0.05
    done
}
# shellcheck disable=SC2317 # through until_true
attached() { [ "$(wc -l <"/proc/$pid/net/packet")" -gt 1 ]; }
# shellcheck disable=SC2317
ended() { ! kill -0 "$pid"; }
socket=tcpwalk-bench-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null' EXIT

# lost NAME RATE SECONDS: runs it while packets are sent; sets sent, rate and lost.
lost() {
    case $1 in
    tcpdump) tcpdump -n -i x1 -w /dev/null -B "$buffer" >"$work/out" 2>&1 & ;;
    floor) "$work/replay" floor x1 "$buffer" >"$work/out" 2>&1 & ;;
    trace) "$build/tcpwalk" trace --summary --json -i x1 -B "$buffer" >"$work/out" 2>"$work/err" & ;;
    screen)
        tmux -L "$socket" -f /dev/null new-session -d -x 200 -y 50 \
            "exec '$build/tcpwalk' -i x1 -B $buffer"
        ;;
    esac
    pid=$!
    [ "$1" != screen ] || pid=$(tmux -L "$socket" display-message -p '#{pane_pid}')
    until_true attached
    sleep 0.3 # the filter, the ring
    # shellcheck disable=SC2046 # two numbers
    set -- "$1" $("$work/replay" send x0 "$capture" "$2" "$3")
    sleep 1.2 # tcpdump's last block
    if [ "$1" = screen ]; then
        tmux -L "$socket" capture-pane -p | sed -n '2s/[^0-9a-z]//gp' >"$work/out"
        tmux -L "$socket" send-keys q
        until_true ended
    else
        kill -INT "$pid"
        wait "$pid"
    fi
    sent=$2
    rate=$((sent * 1000 / ($3 / 1000)))
    case $1 in
    tcpdump) got=$(awk '/packets captured/ { print $1 }' "$work/out") ;;
    floor) got=$(awk '{ print $1 }' "$work/out") ;;
    trace) got=$(sed 's/.*"packets":\([0-9]*\).*/\1/' "$work/out") ;;
    screen) got=$(($(sed 's/.*cut\([0-9]*\)decoded\([0-9]*\)ignored.*/\1 + \2/' "$work/out"))) ;;
    esac
    lost=$((sent - got))
}

# Median of five, in packets, and of how many.
median() {
    : >"$work/losses"
    for _ in 1 2 3 4 5; do
        lost "$1" "$highest" 2
        echo "$lost $sent" >>"$work/losses"
    done
    sort -n "$work/losses" | sed -n 3p
}

other=floor
! command -v tcpdump >/dev/null 2>&1 || other=tcpdump
highest=0 # as fast as it goes
while :; do
    lost $other $highest 1
    [ $lost -gt 0 ] || break
    highest=$((rate * 9 / 10))
    [ $highest -gt 1000 ] || { echo "$other loses packets at any rate"; exit 1; }
done
echo "rate           $rate packets/s, buffer $buffer KiB"
ours=trace
! command -v tmux >/dev/null 2>&1 || ours="trace screen"
for one in $other $ours; do
    # shellcheck disable=SC2046 # two numbers
    set -- $(median "$one")
    echo "$one $1 $2" | awk '{ printf "%-14s lost %d of %d, %.4f %%\n", $1, $2, $3, $2 * 100 / $3 }'
    eval "lost_$one=$1 sent_$one=$2"
done
bad=0
for one in $ours; do
    eval "echo $one \$lost_$other \$sent_$other \$lost_$one \$sent_$one" | awk '{
        more = $4 * 100 / $5 - $2 * 100 / $3
        printf "%-14s loses %.4f %% more: %s\n", $1, more, more <= 0.1 ? "good" : "too much"
        exit more > 0.1
    }' || bad=1
done

# Processor time of five quiet seconds.
"$build/tcpwalk" trace --summary -i x1 >/dev/null 2>&1 &
pid=$!
until_true attached
sleep 0.5
used() { awk '{ print $14 + $15 }' /proc/$pid/stat; }
begin=$(used)
sleep 5
end=$(used)
kill -INT $pid
wait $pid
echo "$begin $end $(getconf CLK_TCK)" |
    awk '{ printf "%-14s %.2f %% of a core on a quiet interface\n", "idle", ($2 - $1) * 100 / $3 / 5 }'
exit $bad
