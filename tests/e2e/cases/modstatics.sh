insmod /lib/modules/$(uname -r)/taptarget.ko || fail "insmod"
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
await grep -q '^ready$' /tmp/out
echo 5 >/sys/module/taptarget/parameters/twins
echo 5 >/sys/module/taptarget/parameters/twins
wait $pid || fail "exit $?"
rmmod taptarget || fail "rmmod"
many="several variables of the module have this name"
printf '%s\n' ready 'tt_twin_one 31' "$many" 'tt_twin_two 62' "$many" \
	'tt_twin_one 36' "$many" 'tt_twin_two 67' "$many" >/tmp/want
cmp -s /tmp/out /tmp/want || fail "got: $(cat /tmp/out)"
