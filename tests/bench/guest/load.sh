# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What adding to one array costs when every CPU does it at once.
cpus=$(grep -c ^processor /proc/cpuinfo)
calls=1000
rounds=50
loop="/cases/bin/calls $calls $rounds $cpus"
want=$((calls * rounds * cpus))
for turn in 1 2 3; do
	echo "| load.bare.$cpus $($loop)"
	for tap in /cases/load/*.tap; do
		name=$(basename "$tap" .tap)
		$TAPRUN -v -o /tmp/out -c "$loop" "$tap" >/tmp/ns 2>/tmp/err || fail "$name: exit $?"
		echo "| load.$name.$cpus $(cat /tmp/ns)"
		# every hit is in the array: what was skipped is told
		got=$(awk '{ n += $1 } END { print n + 0 }' /tmp/out)
		skipped=$(sed -n 's/.*skipped probes: \([0-9]*\).*/\1/p' /tmp/err)
		[ $((got + ${skipped:-0})) -ge $want ] || fail "$name: $got and ${skipped:-0} skipped of $want"
	done
done
