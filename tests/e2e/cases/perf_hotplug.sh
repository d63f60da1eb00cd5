c1=/sys/devices/system/cpu/cpu1/online
if [ ! -w $c1 ]; then
	fail "no CPU to take away"
else
	cat >/tmp/hotplug.sh <<'F'
. /guest/lib.sh
now() { tail -1 /tmp/out | cut -d" " -f$1; }
# it counts on, until some minutes are over
more() {
	from=$(now $1); tries=0
	until [ "$(now $1)" -gt "$from" ]; do
		tries=$((tries + 1))
		[ $tries -lt 6000 ] || { echo "column $1 stands still $2" >>/tmp/hp.fail; return; }
		usleep 50000
	done
}
until grep -q ' ' /tmp/out; do usleep 50000; done
more 1 before; more 2 before
for n in 1 2 3; do
	cpu1_goes || echo "cannot go" >>/tmp/hp.fail
	more 2 "with one CPU"
	cpu1_comes || echo "cannot come" >>/tmp/hp.fail
	more 1 "after CPU 1 came"; more 2 "after CPU 1 came"
done
F
	rm -f /tmp/hp.fail
	timeout 600 $TAPRUN -c "sh /tmp/hotplug.sh" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
	[ ! -e /tmp/hp.fail ] || fail "$(cat /tmp/hp.fail)"
	# session and module gone while the CPU is away
	cpu1_goes || fail "cannot go"
	$TAPRUN -c true "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
	cpu1_comes || fail "cannot come"
	dmesg -c | grep -Ev 'CPU ?1|smpboot|SMP alternatives|kvm-clock|NOHZ|microcode|masked ExtINT|Rebuilding|TSC|APIC' >/tmp/hp
	grep -Eiq 'warning|bug:|oops|call trace|rcu:|lockup|hung' /tmp/hp && fail "kernel log: $(head -20 /tmp/hp)"
fi
