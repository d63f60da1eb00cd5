c1=/sys/devices/system/cpu/cpu1/online
if [ ! -w $c1 ]; then
	fail "no CPU to take away"
else
	cat >/tmp/hotplug.sh <<'F'
. /guest/lib.sh
for n in 1 2 3; do
	work read 100 1
	cpu1_goes || echo "cannot go"
	work read 100 1
	cpu1_comes || echo "cannot come"
done
echo moved
F
	$TAPRUN -c "sh /tmp/hotplug.sh" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
	expect /tmp/out '^moved$' '^counted 1 ticked 1$' '^calls 600 sizes 600 exits 6 sampled 1$' '^r[0-9]+$'
	grep -q cannot /tmp/out && fail "the CPU did not move"
	cpu1_comes
	# what a CPU that goes and comes says, in any session
	dmesg -c | grep -Ev 'CPU ?1|smpboot|SMP alternatives|kvm-clock|NOHZ|microcode|masked ExtINT|Rebuilding|TSC|APIC' >/tmp/hp
	grep -Eiq 'warning|bug:|oops|call trace|rcu:|lockup|hung' /tmp/hp && fail "kernel log: $(head -20 /tmp/hp)"
fi
