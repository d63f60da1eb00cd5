ko=/lib/modules/$(uname -r)/taptarget.ko
poke=/sys/module/taptarget/parameters/poke
if [ ! -f "$ko" ]; then
	fail "no module taptarget for this kernel"
else
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q '^ready$' /tmp/out
	for round in 1 2; do
		insmod "$ko" || fail "insmod"
		echo 5 >$poke
		await sh -c "[ \$(grep -c '^return 5 15$' /tmp/out) = $round ]"
		rmmod taptarget || fail "rmmod"
	done
	kill -INT $pid
	wait $pid || fail "exit $?"
	grep -v '^ready$' /tmp/out >/tmp/got
	{
		for round in 1 2; do
			printf '%s\n' 'args 1 6 8' 'inlined 1000 5' 'inlined 1005 31' 'entry 5' \
				'inlined 0 1' 'inlined 1 2' 'inlined 3 3' 'inlined 6 4' 'inlined 10 5' \
				'out 10 of 5' 'line tt_both 5' 'return 5 15'
		done
		echo 1
	} >/tmp/want
	cmp -s /tmp/got /tmp/want || fail "got: $(cat /tmp/got)"
	[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
fi
