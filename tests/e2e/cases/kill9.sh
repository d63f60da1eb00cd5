$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
sleep 2
kill -9 $pid $(pidof taprun)
sleep 1
m=$(ls -d /proc/tap-* 2>/dev/null | sed 's,.*/tap-,,' | head -1)
if [ -n "$m" ]; then
	grep -q . /sys/kernel/debug/tracing/enabled_functions 2>/dev/null && fail "functions are still traced"
	rmmod "$m" || fail "cannot remove $m"
fi
[ -d /proc/tap-"$m" ] && fail "module is still there"
[ -s /tmp/out ] || fail "no output before the kill"
