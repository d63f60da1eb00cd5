functions=/sys/kernel/debug/tracing/enabled_functions
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^armed$' /tmp/out
dir=$(echo /proc/systemtap/*)
await cat "$dir/changes"
last() { grep -q '^vm_mmap_pgoff ' $functions; }
ticking() { [ "$(cat "$dir/ticks")" -gt "$from" ]; }
sets_are() { # one by one, or all at once: "N 0" or "0 N"
	now=$(cat "$dir/changes")
	[ "$now" = "$1" ] || [ "$now" = "$2" ] || fail "$3: the filter was set so many times: $now"
}
points=$(wc -l <$functions)
[ "$points" -gt 150 ] || fail "only $points functions"
for to in 1 0 1; do
	echo $to >"$dir/on"
	if [ $to = 1 ]; then await last; else await not last; fi
	sets_are "2 0" "0 1" "two functions"
done
# nothing of it for a timer
from=$(cat "$dir/ticks")
echo 1 >"$dir/tick"
await ticking
sets_are "0 0" "0 0" "a timer"
kill -INT $t
wait $t || fail "exit $?"
[ -s /tmp/err ] && fail "said: $(cat /tmp/err)"
expect /tmp/out '^1 1$'
