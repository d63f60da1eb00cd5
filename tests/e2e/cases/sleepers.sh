for i in 1 2; do
	$TAPRUN -T 0.9 "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	for j in 1 2 3 4 5 6 7 8 9 10; do grep -q hrtimer_nanosleep /sys/kernel/debug/kprobes/list && break; sleep 0.05; done
	work sleep 8 2000 &
	w=$!
	wait $t || fail "exit $?"
	kill -0 $w || fail "the workload ended before the session"
	ls -d /proc/tap-* >/dev/null 2>&1 && fail "the module waits for sleepers"
	expect /tmp/out '^[4-8] 0$'
	wait $w || fail "sleepers: exit $?"
done
