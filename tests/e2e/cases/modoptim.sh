# The kernel optimizes kprobes a while after they are armed, and takes that back a while
# after they are gone: by then the module's memory may be another's, or its own again.
mods=/lib/modules/$(uname -r)
optimized() { grep -q 'taptarget.*\[OPTIMIZED\]' /sys/kernel/debug/kprobes/list; }
rm -f /tmp/armed
$TAPRUN -c "sh -c 'echo >/tmp/armed; exec sleep 600'" "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
await [ -e /tmp/armed ]
for round in 1 2 3; do
	insmod "$mods/taptarget.ko" || fail "insmod"
	echo 5 >/sys/module/taptarget/parameters/poke || fail "poke"
	await sh -c "[ \$(grep -c '^return' /tmp/out) = $round ]" || break
	await optimized || break
	rmmod taptarget || fail "rmmod"
done
kill -INT $pid
wait $pid || fail "exit $?"
[ "$(uniq -c /tmp/out | sed 's/^ *//')" = '3 return 15 7 1 1' ] || fail "got: $(cat /tmp/out)"
[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
