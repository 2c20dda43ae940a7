#!/bin/sh
# The pictures of docs/pictures, made by the program itself from its stored captures.
# usage: pictures.sh PROGRAM check    fails where a picture is not what the screen is now
#        pictures.sh PROGRAM write    makes them anew
set -u
program=$(realpath "$1") || exit 1
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset NO_COLOR LC_MESSAGES LANG
export LC_ALL=C.UTF-8 TCPWALK_CAPTURES="$PWD/captures" XDG_CONFIG_HOME="$work" XDG_STATE_HOME="$work"

# picture NAME SIZE CAPTURE KEYS OPTIONS...
picture() {
    name=$1 size=$2 capture=$3 keys=$4
    shift 4
    "$program" "$capture" --screenshot "$work/$name.svg" --size "$size" --keys "$keys" --utc "$@" || exit 1
}
picture closing 120x34 simultaneous-close 'Enter ] ] ] ] ] ] n @0.2'
picture connections 100x20 short-and-long 'Down Down Space Down Space'
picture diagram 80x24 four-way-close 'Enter G Tab'
picture walk 80x24 half-close 'Enter G v Up'
picture segment 120x34 three-way-handshake 'Enter # 2 Enter Tab'
picture stream 80x20 line-framing 'Enter G Tab Tab Tab'
picture chinese 120x34 simultaneous-close 'Enter ] ] ] ] ] ] ]' --lang zh --theme light

status=0
case ${2:-} in
write) mkdir -p docs/pictures && cp "$work"/*.svg docs/pictures/ ;;
check)
    for file in "$work"/*.svg; do
        cmp "$file" "docs/pictures/$(basename "$file")" || status=1
    done
    ;;
*) echo "usage: pictures.sh PROGRAM check|write" >&2; exit 2 ;;
esac
exit $status
