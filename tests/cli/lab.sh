#!/bin/sh
# The lab's command line: what is wrong is said in one line with the right status, and nothing is
# left behind; a scenario is run, recorded and replayed, where a lab can be opened.
set -u
program=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

die() {
    echo "$1"
    cat out err
    exit 1
}

# says STATUS TEXT ARGUMENTS...: `tcpwalk lab ARGUMENTS...` prints nothing but one line with TEXT.
says() {
    status=$1 text=$2
    shift 2
    "$program" lab "$@" >out 2>err </dev/null
    got=$?
    [ $got -eq "$status" ] || die "exit status $got, not $status: lab $*"
    grep -qF -e "$text" err || die "no '$text': lab $*"
    [ "$(wc -l <err)" -eq 1 ] || die "not one line: lab $*"
    [ ! -s out ] || die "output beside an error: lab $*"
}

[ "$(uname -s)" = Linux ] || { says 3 'the lab needs Linux'; echo "no Linux"; exit 77; }

mkdir stored
cat >stored/close.lab <<'END'
title "Close"
teaches "a test"
server: l = socket()
server: setsockopt(l, SO_REUSEADDR, 1)
server: bind(l, 9734)
server: listen(l, 5)
client: c = socket()
client: connect(c, 9734) = 0
server: t = accept(l)
client: close(c)
until client FIN-WAIT-2
server: close(t)
until client TIME-WAIT
until server CLOSED
history client SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT
END
sed 's/^until client TIME-WAIT/until client CLOSING within 100ms/' stored/close.lab >stored/never.lab
sed 's/^teaches.*/tap client server/' stored/close.lab >stored/both.lab
printf 'title "x"\nserver: lisen(l)\n' >bad.lab
touch plain
export TCPWALK_CAPTURES="$work/stored"

says 2 'no scenario' --batch
says 2 'no scenario' --json
says 2 'one scenario at a time' --batch close never
says 2 '--theme: has no sense with lab and --batch' --batch --theme mono close
says 2 '--csv: has no sense with lab' --batch --csv close
says 3 'clse: no such scenario; nearest: close' --batch clse
says 3 'close.lab: no such file; nearest: close' --batch close.lab
says 3 './nosuch/x.lab: no such file' --batch ./nosuch/x.lab
says 3 'stored/' --batch stored/
says 2 'bad.lab:2:' --batch bad.lab
says 6 '--record plain: Not a directory' --batch --record plain close
says 6 '--record no/such: No such file or directory' --batch --record no/such close

"$program" lab --batch --json --record new -v close >out 2>err </dev/null
status=$?
case $status in
0) ;;
3 | 5)
    [ ! -e new ] || die "a directory is left behind"
    echo "no lab here: $(cat err)"
    exit 77
    ;;
*) die "exit status $status" ;;
esac
[ "$(wc -l <out)" -eq 1 ] || die "not one connection"
states='"states":["SYN-SENT","ESTABLISHED","FIN-WAIT-1","FIN-WAIT-2","TIME-WAIT"]'
grep -qF "$states" out || die "other states"
grep -qF "$(echo "$states" | sed s/states/kernel/)" out || die "another kernel"
[ "$(cat err)" = 'tcpwalk: wrote new/close.pcap
tcpwalk: wrote new/close.json' ] || die "not told what was written"
[ "$(ls -A new)" = 'close.json
close.pcap' ] || die "something else is left behind: $(ls -A new)"

# What was recorded says the same again; a broken witness is told, and does no other harm.
mv out first
"$program" list --json new/close.pcap >out 2>err || die "cannot be read"
cmp -s first out || die "read again it says something else"
"$program" trace new/close.pcap 2>err | grep -qF 'connect(c' || die "no socket calls"
echo '{"witness' >new/close.json
"$program" list --json new/close.pcap >out 2>err || die "a broken witness stops it"
grep -qF 'new/close.json' err || die "a broken witness is not told"
grep -qF '"kernel"' out && die "a kernel from a broken witness"
rm new/close.json
"$program" list --json new/close.pcap >out 2>err || die "needs its witness"
[ ! -s err ] || die "a missing witness is told"

# As text: the trace with the calls, then both histories.
"$program" lab --batch close >out 2>err || die "exit status $?"
grep -qF 'connect(c' out || die "no socket calls"
[ "$(grep -c '; the kernel agrees$' out)" -eq 2 ] || die "the kernels do not agree"

# Two taps, two captures.
"$program" lab --batch --record both both >/dev/null 2>err || die "exit status $?"
[ "$(ls -A both)" = 'both.client.json
both.client.pcap
both.server.pcap' ] || die "not two captures: $(ls -A both)"

# A scenario that fails: what there was is printed, nothing is recorded, nothing is left behind.
"$program" lab --batch --json --record failed never >out 2>err
status=$?
[ $status -eq 1 ] || die "exit status $status of a failed scenario"
grep -qE '^tcpwalk: never\.lab:[0-9]+:1: ' err || die "the place is not told"
[ "$(wc -l <out)" -eq 1 ] || die "what was captured is not printed"
[ ! -e failed ] || die "something was recorded"

# Interrupted: the same.
sed 's/^until client CLOSING.*/wait 60s/' stored/never.lab >stored/long.lab
"$program" lab --batch --json --record long long >out 2>err &
pid=$!
until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do
    kill -0 $pid 2>/dev/null || die "has ended by itself"
done
sleep 0.5 # so that something is under way; whatever that is must do
kill -TERM $pid
wait $pid
status=$?
[ $status -eq 1 ] || die "exit status $status after SIGTERM"
grep -qF 'tcpwalk: long: interrupted' err || die "that it was interrupted is not told"
[ ! -e long ] || die "something was recorded after SIGTERM"
exit 0
