mods=/lib/modules/$(uname -r)
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^ready$'
insmod "$mods/taptwin.ko" || fail "insmod taptwin"
insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
echo 5 >/sys/module/taptwin/parameters/poke
echo 42 >/sys/module/taptarget/parameters/poke
[ "$(cat /sys/module/taptarget/parameters/poke)" = "target text 1073" ] ||
	fail "$(cat /sys/module/taptarget/parameters/poke)"
if [ -f /sys/kernel/debug/tracing/available_filter_functions ]; then
	expect /sys/kernel/debug/tracing/available_filter_functions \
		'^tt_entry \[taptarget\]' '^tt_both \[taptwin\]'
	grep -q '^tt_notrace' /sys/kernel/debug/tracing/available_filter_functions &&
		fail "tt_notrace can be traced"
fi
rmmod taptarget || fail "rmmod taptarget"
rmmod taptwin || fail "rmmod taptwin"
