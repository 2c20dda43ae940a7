#!/bin/sh
# Records the stored captures anew: runs the scenario scripts side by side, each in namespaces of
# its own, then brings the catalogue in step.
# usage: record.sh PROGRAM [NAME...]    all, or only some
set -u
program=$(realpath "$1") || exit 1
shift
cd "$(dirname "$0")" || exit 1
export TCPWALK_CAPTURES=.

if [ $# -eq 0 ]; then
    for script in *.lab; do
        set -- "$@" "${script%.lab}"
    done
fi
# Most of them wait for a kernel's timer most of the time.
printf '%s\n' "$@" | xargs -P 8 -I '{}' "$program" lab --batch --json --record . '{}' >/dev/null || exit 1
"$program" --print catalogue >.catalogue.tsv && mv .catalogue.tsv catalogue.tsv
