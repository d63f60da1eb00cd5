# each of five pings goes out and comes back on the loopback device: ten packets; 14
# bytes of Ethernet header going out, 20 of IP, 8 of ICMP, 100 of data.  On a busy
# machine ksoftirqd takes some of them: the sums are what they are.
$TAPRUN -c "ping -c 5 -A -s 100 127.0.0.1" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^DEV +PID PROCESS +RECV +BYTES +XMIT +BYTES$' \
	'^lo +[0-9]+ (ping|busybox) +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+$' \
	'^sent lo (ping|busybox) min 142 avg 142 max 142$'
packets=0
while read -r dev _ _ recv bytes _; do
	[ "$dev" = lo ] || continue
	packets=$((packets + recv))
	[ "$bytes" = $((recv * 128)) ] || fail "$recv packets have $bytes bytes"
done </tmp/out
[ "$packets" = 10 ] || fail "$packets packets came"
