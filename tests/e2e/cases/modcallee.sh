ko=/lib/modules/$(uname -r)/taptarget.ko
if [ ! -f "$ko" ]; then
	fail "no module taptarget for this kernel"
else
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q '^ready$' /tmp/out
	for round in 1 2; do
		insmod "$ko" || fail "insmod"
		echo 5 >/sys/module/taptarget/parameters/pair || fail "pair"
		await sh -c "[ \$(grep -c '^right 12$' /tmp/out) = $round ]"
		rmmod taptarget || fail "rmmod"
	done
	kill -INT $pid
	wait $pid || fail "exit $?"
	grep -v '^ready$' /tmp/out >/tmp/got
	printf '%s\n' 'tt_left 5' 'left 5' 'tt_right 5' 'right 12' \
		'tt_left 5' 'left 5' 'tt_right 5' 'right 12' 2 2 4 >/tmp/want
	cmp -s /tmp/got /tmp/want || fail "got: $(cat /tmp/got)"
	[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
fi
