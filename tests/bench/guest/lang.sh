# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What an operation of the language takes, in turns.
. /cases/peer.sh
cpus=$(grep -c ^processor /proc/cpuinfo)
for turn in 1 2 3 4 5 6 7; do
	for side in $sides; do
		by $side lang "$TAP"
		sed -n "s/^op\.\([a-z_0-9]*\) \([0-9]*\)$/| $side.$cpus.op.\1 \2/p" /tmp/lines
		[ "$(grep -c '^line ' /tmp/lines)" = 4000 ] ||
			fail "$side: $(grep -c '^line ' /tmp/lines) lines of 4000"
		grep -iE 'error|warning' /tmp/err && fail "$side: $(cat /tmp/err)"
	done
done
