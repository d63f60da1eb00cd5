c1=/sys/devices/system/cpu/cpu1/online
now() { tail -1 /tmp/out; }
more() { [ "$(now)" -gt "$from" ]; }
goes_on() {
	await grep -q . /tmp/out
	from=$(now)
	await more
}
if [ ! -w $c1 ]; then
	fail "no CPU to take away"
else
	work watch 1 4 >/tmp/watch 2>&1 &
	w=$!
	await grep -q . /tmp/watch
	expect /tmp/watch '^watching$'
	cpu1_goes || fail "cannot go"
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	goes_on
	cpu1_comes || fail "cannot come"
	await grep -q '^WARNING: probe kernel.data("jiffies_seq").rw registration error \[man warning::pass5\] (rc -28)$' /tmp/err
	kill $w
	wait $w 2>/dev/null
	cpu1_goes || fail "cannot go"
	cpu1_comes || fail "cannot come"
	goes_on
	kill -INT $t
	wait $t || fail "exit $?"
	[ "$(grep -c WARNING /tmp/err)" = 1 ] || fail "warnings: $(cat /tmp/err)"
	dmesg -c | grep -Ev 'CPU ?1|smpboot|SMP alternatives|kvm-clock|NOHZ|microcode|masked ExtINT|Rebuilding|TSC|APIC' >/tmp/hp
	grep -Eiq 'warning|bug:|oops|call trace|rcu:|lockup|hung' /tmp/hp && fail "kernel log: $(head -20 /tmp/hp)"
fi
