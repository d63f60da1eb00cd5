for i in 1 2; do
	$TAPRUN -T 1.5 "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	# loading may take its time; the session's own time runs from the arming
	j=0
	while [ $j -lt 100 ] && ! grep -q hrtimer_nanosleep /sys/kernel/debug/kprobes/list; do
		sleep 0.05
		j=$((j + 1))
	done
	work sleep 8 3500 &
	w=$!
	wait $t || fail "exit $?"
	kill -0 $w || fail "the workload ended before the session"
	ls -d /proc/tap-* >/dev/null 2>&1 && fail "the module waits for sleepers"
	expect /tmp/out '^[4-8] 0$'
	wait $w || fail "sleepers: exit $?"
done
