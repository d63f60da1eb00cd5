functions=/sys/kernel/debug/tracing/enabled_functions
kprobes=/sys/kernel/debug/kprobes/list

start() {
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	await grep -q '^armed$' /tmp/out
	file=$(echo /proc/systemtap/*)/command
	await cat "$file"
}
hooked() { grep -q '^vfs_read ' $functions; }
returning() { grep 'vfs_read' $kprobes | grep -qv 'DISABLED'; }
counts() { set -- $(cat "$file"); entries=$1 returns=$2 ticks=$3 twice=$4; }
grown() { counts; [ "$entries" -gt "$1" ] && [ "$returns" -gt "$2" ] && [ "$ticks" -gt "$3" ]; }
both() { counts; [ "$twice" -gt 0 ]; }
still() {
	counts
	before="$entries $returns $ticks"
	cat /proc/uptime /proc/uptime >/dev/null
	counts
	[ "$entries $returns $ticks" = "$before" ]
}
toggle() { # from to
	k=0
	while [ $k -lt 60 ] && [ -e "$file" ]; do
		echo $((k % 2)) >"$file"
		cat /proc/uptime >/dev/null
		k=$((k + 1))
	done 2>/dev/null
}

start
# not armed at the start: no condition holds
hooked && fail "a function is hooked though its condition is false"
returning && fail "a return is probed though its condition is false"
grep -q 'vfs_read' $kprobes || fail "no return probe is registered at all"
counts
[ "$entries$returns$ticks" = 000 ] || fail "counted: $entries $returns $ticks"
# what is saved at a function's entry may be what a condition asks for
mkdir /tmp/conditions
await grep -q '^made$' /tmp/out
rmdir /tmp/conditions

for i in 1 2; do
	echo 1 >"$file"
	await hooked
	await returning
	counts
	await grown $entries $returns $ticks
	[ "$twice" = 0 ] || fail "the other probe at the same place ran"
	echo 0 >"$file"
	await not hooked
	await not returning
	await still # the timers come after the functions
	still || fail "counted while off: $before, then $entries $returns $ticks"
done
# one of two probes at a place
echo 2 >"$file"
await hooked
await both

# switched from both CPUs while they fire, and the session ends amid that
for how in INT 9; do
	toggle &
	a=$!
	toggle &
	b=$!
	toggle
	toggle &
	c=$!
	kill -$how $t
	wait $t 2>/dev/null
	wait $a $b $c
	await no_module
	await disarmed
	[ $how = INT ] || break
	expect /tmp/out '^end 0$'
	grep -q never /tmp/out && fail "a condition that is false"
	start
done
