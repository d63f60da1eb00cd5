# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a hit costs when every CPU makes them at once.
. /cases/peer.sh
cpus=$(grep -c ^processor /proc/cpuinfo)

hits() { # SIDE NAME BUNDLE CALLS ROUNDS
	by "$1" "$2" "$3" -c "/cases/bin/calls $4 $5 $cpus"
	echo "| $1.$cpus.hit.$2 $(cat /tmp/ns)"
	# every hit is in what is printed: what was skipped is told
	got=$(awk '{ n += $1 } END { print n + 0 }' /tmp/lines)
	skipped=$(told 'skipped probes')
	[ $((got + ${skipped:-0})) -ge $(($4 * $5 * cpus)) ] ||
		fail "$1 $2: $got and ${skipped:-0} skipped of $(($4 * $5 * cpus))"
}

for turn in 1 2 3 4 5; do
	echo "| bare.$cpus.hit.bare $(/cases/bin/calls 1000 50 "$cpus")"
	for tap in /cases/load/*.tap; do
		name=$(basename "$tap" .tap)
		for side in $sides; do
			# what prints must fit into a buffer
			if [ "$name" = print ]; then
				hits "$side" "$name" "$tap" 200 20
			else
				hits "$side" "$name" "$tap" 1000 50
			fi
		done
	done
done
