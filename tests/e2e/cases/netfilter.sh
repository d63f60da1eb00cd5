ip link set lo up
ip addr add 127.0.0.1/8 dev lo 2>/dev/null
pings() { ping -c 1 -W 1 -s 56 127.0.0.1; }
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
pings >/dev/null && fail "an answer though every packet is dropped"
echo 2 >"$file"
pings >/dev/null || fail "no answer after a verdict that does not exist"
# it ends while packets are on their way
ping -c 50 -A 127.0.0.1 >/dev/null 2>&1 &
p=$!
kill -INT $t
wait $t || fail "exit $?"
wait $p || fail "packets were lost at the end"
expect /tmp/out '^there is no netfilter verdict 77$' '^hook 1 lo 0 len 84$' '^hook 3 "?lo"? 0 len 84$'
