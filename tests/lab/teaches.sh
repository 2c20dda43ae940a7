#!/bin/sh
# Each stored capture holds what it is to teach: segments of that kind, findings, connections. (The
# states that it passes are in captures/catalogue.tsv and compared with the kernels' by lab.captures.)
# usage: teaches.sh PROGRAM
set -u
program=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
export TCPWALK_CAPTURES="$here/captures"
wrong=0

complain() {
    echo "$1"
    wrong=1
}
# finds NAME KIND: a finding of that kind is told.
finds() {
    "$program" trace --json "$1" | grep -q "^{\"event\":\"finding\".*\"kind\":\"$2\"" || complain "$1: no $2"
}
# has NAME COUNT FILTER: at least so many segments pass the filter.
has() {
    got=$("$program" list --summary --json "$1" "$3" | sed 's/.*"packets":\([0-9]*\).*/\1/')
    [ "$got" -ge "$2" ] || complain "$1: $got segments, not $2, with $3"
}
# connects NAME COUNT: so many connections.
connects() {
    got=$("$program" list --json "$1" | wc -l)
    [ "$got" -eq "$2" ] || complain "$1: $got connections, not $2"
}
# calls NAME CALL RESULT: such a call is told with that result.
calls() {
    "$program" trace --json "$1" | grep -F "\"call\":\"$2" | grep -qF "\"result\":\"$3\"" ||
        complain "$1: no $2 that gives $3"
}

syn='tcp[13] & 0x12 = 2' syn_ack='tcp[13] & 0x12 = 0x12' fin='tcp[13] & 1 = 1' rst='tcp[13] & 4 = 4'
data='ip[2:2] - ((ip[0] & 15) << 2) - ((tcp[12] & 240) >> 2) > 0'

has three-segment-close 2 "$fin"
has four-way-close 2 "$fin"
has lost-syn 2 "$syn"
has lost-syn-ack 2 "$syn_ack"
has lost-handshake-ack 2 "$syn_ack"
has no-answer 3 "$syn"
has syn-flood 21 "$syn"
has lost-fin 3 "$fin"
has lost-last-ack 3 "$fin"
has duplicated 2 "$syn"
has abort 1 "$rst"
has connection-refused 1 "$rst"
has close-with-unread-data 1 "$rst"
has write-after-close 1 "$rst"
has half-open 1 "$rst"
has fin-wait-2-orphan 1 "$rst"
has time-wait-assassination 1 "$rst"
has challenge-ack 2 "$rst"
has fast-open 1 "$syn and $data"
has sticky-packets 2 'greater 1400'
has zero-window 1 "tcp[14:2] = 0 and not ($rst)"
has ipv6 7 ip6
finds keepalive keepalive
finds zero-window zero-window
finds zero-window window-probe
finds challenge-ack challenge
finds challenge-ack rst-refused
finds reordered out-of-order
finds duplicated duplicate
connects simultaneous-open 1
connects time-wait-reopen 2
connects port-reuse 2
connects backlog 4
connects short-and-long 11
connects forking-server 5
calls connection-refused connect '-1 ECONNREFUSED'
calls no-answer connect '-1 ETIMEDOUT'
calls abort recv '-1 ECONNRESET'
calls write-after-close send '-1 EPIPE'
calls address-in-use bind '-1 EADDRINUSE'
calls time-wait bind '-1 EADDRINUSE'
calls half-close recv 0
calls hello-9734 recv '1 \u0022A\u0022'
calls length-prefix 'recv(t, 5)' '5 \u0022hello\u0022'
[ "$wrong" -eq 0 ] && echo "the stored captures hold what they are to teach"
exit "$wrong"
