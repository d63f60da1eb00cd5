# seen TEXT: waits until the output has that line, however slow the machine
seen() {
	j=0
	while ! grep -q "^$1\$" /tmp/out 2>/dev/null; do
		kill -0 $t 2>/dev/null || break # it ended: the caller shows why
		[ $j -lt 6000 ] || break
		sleep 0.05 # itself a call of the probed function
		j=$((j + 1))
	done
	grep -q "^$1\$" /tmp/out || fail "'$1' was never relayed"
}

for i in 1 2; do
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	seen armed
	work sleep 8 600000 &
	w=$!
	seen asleep
	kill -INT $t
	wait $t || fail "exit $?"
	kill -0 $w || fail "the workload ended before the session"
	ls -d /proc/tap-* >/dev/null 2>&1 && fail "the module waits for sleepers"
	expect /tmp/out '^8 0$'
	kill $w # they return into functions that are no longer probed
	wait $w
	await not pidof work
done
