#!/bin/sh
# Agreement with what kernels say of themselves, and with other tools' verdicts, on captures that lie
# beside the repository in ../shared. Without them this says so and passes. With N also on N new random
# socket programs of each mode, and all stored scenarios are recorded anew.
# usage: run.sh BUILD [N]
set -u
[ -x "$1/tcpwalk" ] || { echo "$1/tcpwalk is not there"; exit 1; }
program=$(realpath "$1/tcpwalk") || exit 1
programs=$(realpath "$1")/truth_programs
cd "$(dirname "$0")/../.." || exit 1
shared=../shared
passed=0 failed=0 skipped=0

# judge NAME LEAST LINE: LINE has "(NN.N %)".
judge() {
    percent=$(echo "$3" | sed -n 's/.*(\([0-9.]*\) %).*/\1/p')
    if [ -n "$percent" ] && awk "BEGIN { exit !($percent >= $2) }"; then
        passed=$((passed + 1))
        echo "ok      $1: $3"
    else
        failed=$((failed + 1))
        echo "FAILED  $1, at least $2 %: $3"
    fi
}

if ! command -v python3 >/dev/null 2>&1; then
    echo "skipped: python3 is not there"
    skipped=7
else
    if [ -e $shared/truth/score.py ]; then
        for row in clean:99.5 lossy:95 hard:97; do
            name=${row%:*}
            judge "kernel, $name" "${row#*:}" \
                "$(python3 $shared/truth/score.py $shared/truth/"$name" "$program list --json {}" | tail -n 1)"
        done
    else
        echo "skipped: $shared/truth is not there"
        skipped=$((skipped + 3))
    fi
    if [ -e $shared/corpus/agree.py ]; then
        for row in packetdrill:97 zeek:90 tshark:93 robust:100; do
            name=${row%:*}
            judge "$name" "${row#*:}" \
                "$(python3 $shared/corpus/agree.py $shared/corpus "$program list --json {}" "$name" | tail -n 1)"
        done
    else
        echo "skipped: $shared/corpus is not there"
        skipped=$((skipped + 4))
    fi
fi
# count STATUS of a test
count() {
    case $1 in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
}
if [ -n "${2:-}" ] && [ -x "$programs" ]; then
    "$programs" --count "$2"
    count $?
    tests/lab/record.sh "$program" "$(dirname "$programs")/stored_captures" all
    count $?
elif [ -n "${2:-}" ]; then
    echo "skipped: this build has no lab"
    skipped=$((skipped + 2))
fi
printf '%s passed, %s failed' $passed $failed
[ $skipped -eq 0 ] || printf ', %s skipped' $skipped
echo
[ $failed -eq 0 ]
