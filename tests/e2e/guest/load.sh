# shellcheck shell=sh disable=SC2086
# SPDX-License-Identifier: GPL-2.0-only
# More output than its reader takes, for as long as the case says; sourced.

# every CPU prints as fast as it can, and the reader sleeps after each 64 KB
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

# delivered and lost handlers together are all there were, and none came in part
all_there() { # OUTPUT MESSAGES
	awk '$1 == "handler" { if ($4 == 0) d++; else if ($2 != h || $4 != l + 1) bad++; h = $2; l = $4 }
		$1 == "handlers" { n = $2 } END { print d + 0, n + 0, bad + 0 }' "$1" >/tmp/sum
	read -r delivered all torn </tmp/sum
	lost=$(sed -n 's/^WARNING: There were \([0-9]*\) lost messages.*/\1/p' "$2")
	[ "$torn" = 0 ] || fail "$torn lines out of place"
	[ $((delivered + ${lost:-0})) = "$all" ] || fail "$delivered delivered, ${lost:-0} lost, of $all"
}
stopped() { grep -q '^State:.T' "/proc/$1/status"; }

# A reader that is stopped for SECONDS: what does not fit is counted, and the rest comes
# when it goes on.
pause() { # SECONDS
	rm -f /tmp/fifo
	mkfifo /tmp/fifo
	cat /tmp/fifo >/tmp/got &
	c=$!
	$TAPRUN -o /tmp/fifo "$TAP" quiet=1 2>/tmp/err &
	t=$!
	await grep -q '^handler 20 ' /tmp/got
	kill -STOP $c
	await stopped $c
	sleep $1
	kill -CONT $c
	kill -INT $t
	wait $t || fail "after a pause: exit $?"
	wait $c
	all_there /tmp/got /tmp/err
	no_module || fail "a module is left"
}
