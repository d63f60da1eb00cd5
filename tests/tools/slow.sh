#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What takes minutes: every single bit of a bundle; a minute of all that guests can print,
# and of readers that stand still (tests/slow/minute.sh).
#
#   slow.sh [I/N]     only part I (0 to N - 1) of N of the bits, for another machine
#   slow.sh minute    only the guests
#
# Without a part, as many at once as there are CPUs.  Ends like check.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
log=$O/check-slow.log
: >"$log"
if [ "${1-}" = minute ]; then
	tests/slow/minute.sh >>"$log" 2>&1
elif [ $# -gt 0 ]; then
	"$O/slow/flips" "$1" >>"$log" 2>&1
	[ $? -le 1 ] || echo "not ok flips $1 # usage: slow.sh I/N" >>"$log"
else
	n=$(nproc)
	for ((i = 0; i < n; i++)); do
		{
			"$O/slow/flips" "$i/$n" >"$log.$i" 2>&1
			rc=$?
			[ $rc -le 1 ] || echo "not ok flips $i/$n # exit $rc" >>"$log.$i"
		} &
	done
	wait
	for ((i = 0; i < n; i++)); do cat "$log.$i"; rm "$log.$i"; done >>"$log"
	tests/slow/minute.sh >>"$log" 2>&1
fi
grep -E '^(ok|not ok|skip|#)' "$log"
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^not ok ' "$log")
echo "$passed passed, $failed failed, $(grep -c '^skip ' "$log") skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
