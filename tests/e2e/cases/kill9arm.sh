# Arming does not go on, and what is armed is taken back, in one of thirty tries (see
# kill9.sh) within five seconds; a whole session of this script takes an emulator fifty,
# one that is killed one or two.
limit=500
t=0 try=0
while [ $((try += 1)) -le 30 ]; do
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
	[ $t -lt $limit ] && break
done
[ $t -lt $limit ] || fail "removable $t hundredths of a second after the kill"
echo "# removable $t hundredths of a second after the kill, in try $try"
