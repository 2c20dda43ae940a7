#!/bin/sh
# Pictures of the screen: made without a terminal, of a size, after keys; bad words are refused.
# usage: screenshot.sh PROGRAM
set -u
program=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset NO_COLOR TCPWALK_CAPTURES
export LC_ALL=C.UTF-8 XDG_CONFIG_HOME="$dir" XDG_STATE_HOME="$dir"

fail() {
    echo "$1"
    exit 1
}
# status N ARGUMENTS...: the program ends so.
status() {
    expected=$1
    shift
    "$program" "$@" >"$dir/out" 2>"$dir/error"
    got=$?
    [ $got -eq "$expected" ] || fail "$*: $got, not $expected: $(cat "$dir/error")"
}

status 0 simultaneous-close --screenshot "$dir/list.svg"
grep -q '^<svg .* width="744" height="456"' "$dir/list.svg" || fail "it is not 80x24"
grep -q '10.9.0.1' "$dir/list.svg" || fail "the list does not show the connection"

# The same keys make the same picture; to CLOSING and no further.
status 0 simultaneous-close --screenshot "$dir/closing.svg" --size 120x40 --keys 'Enter ] ] ] ] ] ] ] ]' --utc
status 0 simultaneous-close --screenshot - --size 120x40 --keys 'Enter ] ] ] ] ] ] ] ]' --utc
cmp "$dir/closing.svg" "$dir/out" || fail "two pictures of the same differ"
grep -q '>CLOSING<' "$dir/closing.svg" || fail "CLOSING is not in the picture"

# A segment on its way stands elsewhere a little later.
status 0 four-way-close --screenshot "$dir/early.svg" --keys 'Enter # 3 Enter p n @0.05'
status 0 four-way-close --screenshot "$dir/late.svg" --keys 'Enter # 3 Enter p n @0.25'
! cmp -s "$dir/early.svg" "$dir/late.svg" || fail "nothing flies"

status 2 simultaneous-close --screenshot "$dir/x.svg" --keys 'Enter nonsense'
grep -q nonsense "$dir/error" || fail "it does not say which key"
for size in 80 x24 80x 0x24 80x24x1 9999x24; do
    status 2 simultaneous-close --screenshot "$dir/x.svg" --size $size
done
# Nothing but the start screen, the least and the largest picture, a pipe.
status 0 --screenshot "$dir/start.svg" --size 100x30
grep -q '>\[Captures<' "$dir/start.svg" || fail "it is not the start screen"
grep -q '>&#x25b8;<' "$dir/start.svg" || fail "the start screen has no cursor"
status 0 --screenshot "$dir/help.svg" --keys '?' --ascii
grep -q '>help<' "$dir/help.svg" || fail "the start screen takes no keys"
for size in 40x12 1000x1000; do
    status 0 simultaneous-close --screenshot "$dir/size.svg" --size $size --keys Enter
    grep -q '</svg>' "$dir/size.svg" || fail "$size: no picture"
done
gzip -c "$(dirname "$0")/../../captures/four-way-close.pcap" >"$dir/four.gz"
status 0 - --screenshot "$dir/pipe.svg" <"$dir/four.gz"
grep -q '10.9.0.1' "$dir/pipe.svg" || fail "nothing was read of standard input"

# What never ends makes no picture; without one there is no size of it.
status 2 -i lo --screenshot "$dir/x.svg"
grep -q -- '--screenshot' "$dir/error" || fail "it does not say what has no sense"
status 2 simultaneous-close --size 80x24
status 2 simultaneous-close --keys Enter
status 2 simultaneous-close --screenshot "$dir/x.svg" --size 39x12
status 3 no-such-capture-at-all --screenshot "$dir/x.svg"
status 6 simultaneous-close --screenshot "$dir/none/x.svg"
[ ! -e "$dir/x.svg" ] || fail "a failure has left a file"
echo 'pictures are made'
