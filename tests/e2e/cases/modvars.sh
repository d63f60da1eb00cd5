ko=/lib/modules/$(uname -r)/taptarget.ko
insmod "$ko" || fail "insmod"
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
echo 5 >/sys/module/taptarget/parameters/poke
until grep -q '^shown$' /tmp/out || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
rmmod taptarget || fail "rmmod"
wait $pid || fail "exit $?"
expect /tmp/out '^last 1036$' '^global 6787 6787$' '^text target text$' \
	'^link {.a=31, .low=5, .mid=77, .neg=-3, .name="link"}$' \
	'^fields 5 77 -3$' '^percpu 1$' '^none 0$' \
	'^gone: variable of a module that is not loaded'
