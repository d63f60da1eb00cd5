# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What an operation of the language takes, in turns.
for turn in 1 2 3 4 5; do
	$TAPRUN -o /tmp/out "$TAP" 2>/tmp/err || fail "exit $?"
	sed -n 's/^op\.\([a-z_0-9]*\) \([0-9]*\)$/| op.\1 \2/p' /tmp/out
	[ "$(grep -c '^line ' /tmp/out)" = 2000 ] || fail "$(grep -c '^line ' /tmp/out) lines of 2000"
	[ -s /tmp/err ] && fail "messages: $(cat /tmp/err)"
done
