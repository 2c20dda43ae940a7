# SPDX-License-Identifier: MIT
# Read by the scripts here: runs them anew in network and mount namespaces of their own, where a few
# more named ones can be made (ip netns) and nothing is left behind.
# shellcheck shell=sh

skip() {
    echo "skipped: $1"
    exit 77
}
fail() {
    echo "$1"
    exit 1
}

if [ -z "${TCPWALK_LIVE_NET:-}" ]; then
    for one in unshare ip python3; do
        command -v $one >/dev/null 2>&1 || skip "$one is not there"
    done
    unshare -nm true 2>/dev/null || skip "no namespaces of our own are to be had"
    TCPWALK_LIVE_NET=1 exec unshare -nm --propagation private sh "$0" "$@"
fi
mount -t tmpfs none /run || skip "no /run of our own is to be had"
ip link set lo up || skip "no interface can be set up"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# until SECONDS COMMAND...: waits until it succeeds; false if it never does.
until_true() {
    tries=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.05
    done
}

# Whether a process has opened its packet sockets, which are as many as that.
attached() { [ "$(grep -c . "/proc/$1/net/packet")" -gt "${2:-1}" ]; }
