#!/bin/sh
# Live at the loopback interface: a refused connection is told, and SIGINT and SIGTERM end with
# everything printed and status 0. Needs permission to capture, and bash to connect.
set -u
program=$1
command -v bash >/dev/null 2>&1 || { echo "bash is not there"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for signal in INT TERM; do
    "$program" list --json -i lo tcp port 1 >"$work/out" 2>"$work/err" &
    pid=$!
    # Until the capture has begun the attempts are not seen: try for a while.
    for _ in 1 2 3 4 5; do
        sleep 0.3
        bash -c 'exec 3<>/dev/tcp/127.0.0.1/1' 2>/dev/null
    done
    kill -$signal $pid 2>/dev/null
    wait $pid
    status=$?
    cat "$work/err"
    case $status in
    0) ;;
    3 | 5) echo "cannot capture here"; exit 77 ;;
    *) echo "exit status $status after SIG$signal"; exit 1 ;;
    esac
    grep -q '"outcome":"refused"' "$work/out" || { echo "no refused connection told"; exit 1; }
done
