#!/bin/sh
# The lab works without any privilege: as `nobody` where the test itself runs as root, else as it is.
# usage: nobody.sh PROGRAM
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
chmod 755 "$work"
cp "$1" "$work/tcpwalk" && cp -r "$here/captures" "$work/captures" && chmod -R a+rX "$work" || exit 1
mkdir -m 777 "$work/out"
export TCPWALK_CAPTURES="$work/captures"
cd "$work" || exit 1

run="$work/tcpwalk lab --batch --json --record $work/out simultaneous-close"
if [ "$(id -u)" -eq 0 ]; then
    command -v setpriv >/dev/null || { echo "skipped: setpriv is missing (util-linux)"; exit 77; }
    run="setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs $run"
fi
$run >"$work/told" 2>"$work/why"
status=$?
if [ "$status" -eq 5 ]; then
    # What is said must be of use.
    grep -qE 'sysctl|AppArmor|sudo|container' "$work/why" || { cat "$work/why"; exit 1; }
    echo "skipped: $(cat "$work/why")"
    exit 77
fi
[ "$status" -eq 0 ] || { cat "$work/why"; exit 1; }
grep -q '"kernel":\["SYN-SENT","ESTABLISHED","FIN-WAIT-1","CLOSING","TIME-WAIT"\]' "$work/told" &&
    [ -s "$work/out/simultaneous-close.pcap" ] && [ -s "$work/out/simultaneous-close.json" ] &&
    echo "simultaneous close, run and recorded without privilege"
