# each of five pings goes out and comes back on the loopback device: ten packets; 14
# bytes of Ethernet header going out, 20 of IP, 8 of ICMP, 100 of data.  On a busy
# machine ksoftirqd takes some of them: the sums are what they are.
$TAPRUN -c "ping -c 5 -A -i 600 -s 100 127.0.0.1" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^DEV +PID PROCESS +RECV +BYTES +XMIT +BYTES$' \
	'^lo +[0-9]+ (ping|busybox) +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+$' \
	'^sent lo (ping|busybox) [0-9]+ min 142 avg 142 max 142$'
came=0 went=0
while read -r a b c d e f g _; do
	case $a in
	lo)
		came=$((came + d))
		[ "$e" = $((d * 128)) ] || fail "$d packets have $e bytes"
		[ "$g" = $((f * 142)) ] || fail "$f packets sent have $g bytes"
		;;
	sent)
		[ "$b" = lo ] || continue
		went=$((went + d))
		[ "$e $f $g" = "min 142 avg" ] || fail "sent: $c $e $f $g"
		;;
	esac
done </tmp/out
[ "$came $went" = "10 10" ] || fail "$came packets came, $went went"
