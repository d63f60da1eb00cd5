# shellcheck shell=sh disable=SC2086
# More lines than the reader can take, on every CPU: each is delivered or counted as lost.
# A minute of it: seconds=60, by hand.
deluge() { # SECONDS MICROSECONDS
	$TAPRUN -v /cases/boot/deluge.tap seconds=$1 2>/tmp/err |
		lines 'a line of thirty-two characters' $2 >/tmp/out
	lines=$(head -1 /tmp/out)
	[ "$(wc -l </tmp/out)" = 2 ] || fail "lines of another shape"
	offered=$(sed -n 's/^offered //p' /tmp/out)
	lost=$(sed -n 's/.* \([0-9]*\) lost bytes.*/\1/p' /tmp/err)
	lost=${lost:-0}
	[ $((lost % 32)) = 0 ] || fail "part of a line is lost: $lost bytes"
	[ $((lines + lost / 32)) = "${offered:-none}" ] ||
		fail "offered ${offered:-nothing}, delivered $lines, lost $((lost / 32))"
	echo "# $offered lines in $1 s on $(grep -c ^processor /proc/cpuinfo) CPUs: $lines delivered, $((lost / 32)) lost"
}
deluge 5 0
deluge 5 200000 # attack 20
[ "$lost" -gt 0 ] || fail "nothing was lost: the test is none"
check_kernel
