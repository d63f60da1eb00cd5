# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Memory of taprun while lines stream through it.
field() { # FIELD PID
	sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$2/status"
}

$TAPRUN -c "/cases/bin/calls 300000 1" "$TAP" >/dev/null 2>/tmp/err &
runner=$!
n=0
while [ -d /proc/$runner ] && [ $n -lt 40 ]; do
	usleep 100000
	n=$((n + 1))
	ls -d /proc/tap-* >/dev/null 2>&1 || continue
	for what in rss:VmRSS hwm:VmHWM anon:RssAnon shared:RssShmem; do
		v=$(field "${what#*:}" $runner 2>/dev/null)
		[ -n "$v" ] && echo "| resident.${what%:*} $v"
	done
	for p in $(pidof taprun); do
		[ "$p" != $runner ] && v=$(field VmRSS "$p" 2>/dev/null) && [ -n "$v" ] &&
			echo "| resident.keeper $v"
	done
done
wait $runner || fail "exit $?"
