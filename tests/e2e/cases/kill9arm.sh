# Within two seconds, in one of five tries (see kill9.sh).
t=0
for try in 1 2 3 4 5; do
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q arming /tmp/out || return
	m=$(ls -d /proc/tap-* 2>/dev/null | sed 's,.*/tap-,,' | head -1)
	[ -n "$m" ] || fail "it was not seen running"
	t0=$(uptime_cs)
	kill -9 $pid $(pidof taprun)
	await rmmod "$m"
	t=$(($(uptime_cs) - t0))
	wait $pid 2>/dev/null
	await not pidof taprun
	[ $t -lt 200 ] && break
done
[ $t -lt 200 ] || fail "removable $t hundredths of a second after the kill"
