#!/bin/sh
# The language of what is stored: told in that of the user, but for what programs read; ASCII alone
# is English.
# usage: language.sh PROGRAM
set -u
program=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
TCPWALK_CAPTURES=$(dirname "$0")/../../captures
export LC_ALL=C.UTF-8 TCPWALK_CAPTURES

fail() {
    echo "$1"
    exit 1
}

"$program" captures --lang zh >"$dir/zh" || fail "captures: $?"
grep -q '^three-way-handshake  *三次握手$' "$dir/zh" || fail 'the title is not translated'
! grep -q 'connect() returns at' "$dir/zh" || fail 'what it teaches is not translated'
"$program" captures --lang en >"$dir/en" || fail "captures: $?"
[ "$(grep -c '' "$dir/en")" -eq "$(grep -c '' "$dir/zh")" ] || fail 'something is left out'
grep -q '^  *3 packets$' "$dir/en" || fail 'the packets are not told'
grep -q '^  *[0-9]* packets in [0-9]* connections; the states' "$dir/en" || fail 'nor the connections'

"$program" --print catalogue --lang zh >"$dir/catalogue" || fail "catalogue: $?"
LC_ALL=C grep -q "$(printf '[\200-\377]')" "$dir/catalogue" && fail 'the catalogue is translated'

"$program" list --lang zh --ascii -v simultaneous-close >"$dir/ascii" || fail "list: $?"
LC_ALL=C grep -q "$(printf '[\200-\377]')" "$dir/ascii" && fail 'it is not ASCII'
"$program" list --ascii --summary simultaneous-close >"$dir/english" || fail "list: $?"
"$program" list --lang zh --ascii --summary simultaneous-close | cmp -s - "$dir/english" ||
    fail 'ASCII is not English'
echo 'what is stored speaks the language'
