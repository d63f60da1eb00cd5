# what holds whatever the zone is
check() { # zone date
	expect /tmp/out '^hz 1$' '^day 1$' '^units 1 1 1$' '^cpu_clock_ns: there is no CPU 100000$' \
		"^zone $1\$" "^$2\$" '^lengths 24 2[78]$' '^2\.50$' '^random 0$' '^ticks 20 bad 0$' '^stopwatch 1 1$'
}
TZ=EST5 timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "EST5: exit $?: $(cat /tmp/err)"
check '18000 EST' 'Wed Dec 31 19:00:00 1969 EST'
TZ='<+0530>-5:30' timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "+0530: exit $?"
expect /tmp/out '^zone -19800 \+0530$' '^Thu Jan  1 05:30:00 1970 \+0530$'
timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "no zone: exit $?"
check '0 UTC' 'Thu Jan  1 00:00:00 1970 UTC'
