ip link set lo up
ip addr add 127.0.0.1/8 dev lo 2>/dev/null
ip addr add ::1/128 dev lo 2>/dev/null
answers() { ping -c 1 -W 1 -s 56 "$1"; }
await answers 127.0.0.1
: >/tmp/out
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^armed$' /tmp/out
# armed is said before the state is RUNNING
until_said() {
	answers 127.0.0.1
	nc -w 1 127.0.0.1 9 </dev/null
	grep -q 'local_in .* port 10 .* rst 1' /tmp/out &&
		grep -q 'local_in .* port 01 ' /tmp/out &&
		grep -q 'local_in .* proto 1 ' /tmp/out &&
		grep -q 'local_out .* proto 1 ' /tmp/out
}
await until_said
six=
answers ::1 >/dev/null 2>&1 && six=1
kill -INT $t
wait $t || fail "exit $?"
expect /tmp/out \
	'^netfilter.ip.local_in NFPROTO_IPV4 2 127.0.0.1 -> 127.0.0.1 proto 1 lo> length 84 mac 6<00:00:00:00:00:00> hex 45' \
	'^netfilter.ipv4.local_out NFPROTO_IPV4 2 127.0.0.1 -> 127.0.0.1 proto 1 >lo length 84 mac 0<> hex 45' \
	'^netfilter.ip.local_in .* proto 6 lo> port 01 syn 1 ack 0 rst 0 psh 0 fin 0 urg 0$' \
	'^netfilter.ip.local_in .* proto 6 lo> port 10 syn 0 ack 1 rst 1 psh 0 fin 0 urg 0$'
[ -z "$six" ] || expect /tmp/out '^netfilter.ip.local_in NFPROTO_IPV6 10 ::1 -> ::1 proto 58 lo> length 104'
grep -q wrong /tmp/out && fail "$(grep wrong /tmp/out)"
