# Within a second.  On a busy host a guest's second may hold nothing, so one of thirty
# tries must do; what takes longer by itself fails all of them.
t=0 try=0
while [ $((try += 1)) -le 30 ]; do
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q . /tmp/out || return
	m=$(ls -d /proc/tap-* 2>/dev/null | sed 's,.*/tap-,,' | head -1)
	[ -n "$m" ] || fail "it was not seen running"
	t0=$(uptime_cs)
	kill -9 $pid $(pidof taprun)
	await disarmed
	t=$(($(uptime_cs) - t0))
	await not pidof taprun
	if [ -d "/proc/tap-$m" ]; then
		await rmmod "$m"
	fi
	no_module || fail "module is still there"
	wait $pid 2>/dev/null
	[ $t -lt 100 ] && break
done
[ $t -lt 100 ] || fail "functions were still traced $t hundredths of a second after the kill" # attack 20
