# The session ends, and the traced module goes, while probes fire on every CPU.
mods=/lib/modules/$(uname -r)
ticks() { tail -2 /tmp/out | head -1 | sed 's/.*ticks //'; } # of a whole line
more() { [ "$(ticks)" -gt "$1" ]; }
insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
spins=
for cpu in 1 2 3; do
	work spin 600 >/dev/null &
	spins="$spins $!"
done
for how in 9 TERM; do
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	await sh -c '[ "$(grep -c "ticks [1-9]" /tmp/out)" -gt 2 ]'
	if [ $how = TERM ]; then
		# the module goes amid its return probes, and comes again
		rmmod taptarget || fail "rmmod taptarget"
		insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
		await more "$(ticks)"
	fi
	kill -$how $t
	wait $t
	rc=$?
	[ $how = 9 ] || [ $rc = 0 ] || fail "exit $rc after $how"
	[ $how = 9 ] || expect /tmp/out '^end 0$'
	await no_module
	await disarmed
	! grep -q . /sys/kernel/debug/kprobes/list || fail "kprobes stay after $how"
done
kill $spins
wait $spins 2>/dev/null
rmmod taptarget || fail "rmmod taptarget"
