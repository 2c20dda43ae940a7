#!/bin/sh
# Installs what building and testing need, where something is missing; says what. Silent otherwise.
# usage: deps.sh [ci]    with ci: also what only .ci/run needs
set -u

includes() { printf '#include <%s>\n' "$1" | "${CC:-cc}" -E - >/dev/null 2>&1; }
library() { echo 'int main(void){return 0;}' | "${CC:-cc}" -x c - -"$1" -o /dev/null >/dev/null 2>&1; }
program() { command -v "$1" >/dev/null 2>&1; }

missing='' needed=''
# want PACKAGE CHECK...: the package is missing when the check fails. need: nothing can be built then.
want() {
    package=$1
    shift
    "$@" || missing="$missing $package"
}
need() {
    package=$1
    shift
    "$@" || { missing="$missing $package" needed="$needed $package"; }
}
look() {
    missing='' needed=''
    need gcc program "${CC:-cc}"
    need libc6-dev includes stdio.h
    need cmake program cmake
    need make program make
    need pkg-config program pkg-config
    need libpcap-dev includes pcap/pcap.h
    need libncurses-dev includes curses.h
    need libjansson-dev includes jansson.h
    [ "$(uname -s)" != Linux ] || need libmnl-dev includes libmnl/libmnl.h
    [ "$(uname -s)" != Linux ] || need libseccomp-dev includes seccomp.h
    need libcmocka-dev library lcmocka
    need gettext program msgfmt
    want zlib1g-dev includes zlib.h
    want liblzma-dev includes lzma.h
    want libzstd-dev includes zstd.h
    want tmux program tmux
    [ "$(uname -s)" != Linux ] || want iproute2 program ip
    if [ "${1:-}" = ci ]; then
        want clang program clang
        want clang-format program clang-format
        want shellcheck program shellcheck
        want man-db program man
    fi
}

look "$@"
[ -z "$missing" ] && exit 0

sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
if program apt-get && { [ -z "$sudo" ] || program sudo; }; then
    echo "deps: installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of words
    install() { $sudo apt-get install -y -q --no-install-recommends $missing </dev/null >/dev/null 2>&1; }
    install || { $sudo apt-get update -q </dev/null >/dev/null 2>&1; install; }
    look "$@"
fi
[ -z "$missing" ] && exit 0
echo "deps: still missing (Debian's names):$missing" >&2
[ -z "$needed" ] || { echo "deps: cannot build without:$needed" >&2; exit 1; }
