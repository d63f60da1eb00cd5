ip link set lo up
ip addr add 127.0.0.1/8 dev lo 2>/dev/null
pings() { ping -c 1 -W ${1:-30} -s 56 127.0.0.1; }
await pings
: >/tmp/out
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^armed$' /tmp/out
file=$(echo /proc/systemtap/*)/command
await cat "$file"
pings >/dev/null || fail "no answer"
[ "$(cat "$file")" = abc ] || fail "in the order '$(cat "$file")'"
echo 1 >"$file"
pings 2 >/dev/null && fail "an answer though every packet is dropped"
# 2, 4 and 5 are the kernel's own: it forgets the packet
for verdict in 77 2 4 5; do
	echo $verdict >"$file"
	pings >/dev/null || fail "no answer after verdict $verdict"
done
# it ends while packets are on their way
ping -c 50 -A 127.0.0.1 >/dev/null 2>&1 &
p=$!
kill -INT $t
wait $t || fail "exit $?"
wait $p || fail "packets were lost at the end"
expect /tmp/out '^there is no netfilter verdict 77$' '^a hook may not return the netfilter verdict [245]$' '^hook 1 lo 0 len 84$' '^hook 3 "?lo"? 0 len 84$'
