#!/bin/sh
# Runs all tests of a build; the last line says how many passed.
# usage: test.sh BUILD
set -u
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
{ ctest --test-dir "$1" --output-on-failure --no-tests=error -j "$jobs" </dev/null 2>&1; echo $? >"$log.rc"; } | tee "$log"
status=$(cat "$log.rc")
rm -f "$log.rc"
awk '
    /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
        if (/ Passed /) passed++; else if (/\*\*\*Skipped/) skipped++; else failed++
    }
    END {
        printf "%d passed, %d failed", passed, failed
        if (skipped) printf ", %d skipped", skipped
        print ""
    }' "$log"
exit "$status"
