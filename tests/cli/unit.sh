#!/bin/sh
# The unit in docs is one that systemd takes, with this program and the options that it has.
set -u
program=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
command -v systemd-analyze >/dev/null 2>&1 || { echo 'systemd-analyze is not there'; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
chmod 777 "$work" # whoever goes on makes files there
unit=$work/tcpwalk.service
sed "s|^ExecStart=tcpwalk |ExecStart=$program |" "$here/../../docs/tcpwalk.service" >"$unit"
grep -q "^ExecStart=$program " "$unit" || { echo 'the unit does not start tcpwalk'; exit 1; }

# One that is wrong is refused here; else nothing would be proven.
sed 's/^NoNewPrivileges=yes/NoNewPrivilege=yes/' "$unit" >"$work/wrong.service"
systemd-analyze verify --man=no "$work/wrong.service" 2>&1 | grep -q NoNewPrivilege ||
    { echo 'systemd-analyze verifies nothing here'; exit 77; }
systemd-analyze verify --man=no "$unit" >"$work/said" 2>&1
status=$?
{ [ $status -eq 0 ] && [ ! -s "$work/said" ]; } || { cat "$work/said"; exit 1; }

# Its options, up to the interface, which there is none of that name.
words=$(sed -n "s|^ExecStart=$program ||p" "$unit" | sed "s|\${INTERFACE}|no-such-one|; s|/var/log/tcpwalk|$work|")
# shellcheck disable=SC2086 # words
"$program" $words >"$work/out" 2>"$work/err"
status=$?
{ grep -q 'no-such-one' "$work/err" && [ $status -eq 3 ]; } || { echo "status $status:"; cat "$work/err"; exit 1; }
