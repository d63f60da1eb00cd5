# Before the session, during it, gone while its functions run, and there again.
mods=/lib/modules/$(uname -r)
poke() {
	echo "$2" >"/sys/module/$1/parameters/poke"
}
said() { # pattern count
	[ "$(grep -c "$1" /tmp/out)" = "$2" ]
}
insmod "$mods/taptwin.ko" || fail "insmod taptwin"
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
await grep -q 'probe kprobe.module("taptwin").function("tt_nowhere") registration error' /tmp/err
# handlers run once all is armed, a moment after that was said
await sh -c 'echo 1 >/sys/module/taptwin/parameters/poke
	grep -q "both kprobe.module(.taptwin.).function(.tt_both.)" /tmp/out'
for round in 1 2 3; do
	insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
	poke taptarget $round
	await said 'both kprobe.module("taptarget").function("tt_both")' $round
	# while its thread goes through the probes
	rmmod taptarget || fail "rmmod taptarget"
done
rmmod taptwin || fail "rmmod taptwin"
insmod "$mods/taptarget.ko" spin=1 || fail "insmod taptarget"
kill -INT $pid
wait $pid || fail "exit $?"
rmmod taptarget || fail "rmmod taptarget"
said '^entry kprobe.module("taptarget").function("tt_entry")$' 3 || fail "entries"
said '^args 36$' 3 || fail "returns"
said '^notrace tt_notrace$' 3 || fail "notrace"
expect /tmp/out '^ticks$'
grep -q '^no' /tmp/out && grep -v '^notrace' /tmp/out | grep '^no' && fail "what cannot be"
# the last function of a module, without an ftrace site: see modfunc_file
gone=3
grep -q 'tt_exit.*registration error.*(rc -14)$' /tmp/err && gone=0
expect /tmp/out "^gone $gone\$"
expect /tmp/err 'tt_forbidden"\) registration error .*\(rc -22\)'
