#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What takes minutes: every single bit of a bundle.
#
#   slow.sh [I/N]     only part I (0 to N - 1) of N, for another machine
#
# Without a part, as many at once as there are CPUs.  Ends like check.sh.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
log=$O/check-slow.log
: >"$log"
if [ $# -gt 0 ]; then
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
fi
grep -E '^(ok|not ok|#)' "$log"
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^not ok ' "$log")
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
