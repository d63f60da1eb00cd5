# Entries by an ftrace_ops of the module: there, gone while its functions run, there.
mods=/lib/modules/$(uname -r)
filter=/sys/kernel/debug/tracing/enabled_functions
said() { # pattern count
	[ "$(grep -c "$1" /tmp/out)" = "$2" ]
}
insmod "$mods/taptwin.ko" || fail "insmod taptwin"
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
await sh -c 'echo 1 >/sys/module/taptwin/parameters/poke
	grep -q "both module(.taptwin.).function(.tt_both.)" /tmp/out'
for round in 1 2 3; do
	insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
	[ ! -f $filter ] || expect $filter '^tt_entry ' '^tt_tick '
	echo $round >/sys/module/taptarget/parameters/poke
	await said '^struct 10' $round
	await said 'both module("taptarget").function("tt_both")' $round
	rmmod taptarget || fail "rmmod taptarget"
	[ ! -f $filter ] || ! grep -q '^tt_entry' $filter || fail "hooks stay"
done
insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
kill -INT $pid
wait $pid || fail "exit $?"
rmmod taptarget || fail "rmmod taptarget"
rmmod taptwin || fail "rmmod taptwin"
said '^tt_entry module("taptarget").function("tt_entry").call$' 3 || fail "entries"
said '^tt_notrace module("taptarget").function("tt_notrace").call$' 3 || fail "notrace"
# the last function of a module, without an ftrace site: hit at each of the three unloads,
# or refused where a kprobe would oops, which is said of both points
refused='tt_exit.*registration error.*(rc -14)$'
gone=3
[ "$(grep -c "$refused" /tmp/err)" = 2 ] && gone=0
expect /tmp/out '^struct 1032$' '^struct 1034$' "^$gone ticks\$"
if [ $gone = 3 ] && [ -s /tmp/err ] || grep -qv "$refused" /tmp/err; then
	fail "said: $(head -3 /tmp/err)"
fi
