: >/tmp/out
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^armed$' /tmp/out
dir=$(echo /proc/systemtap/*)
await cat "$dir/__prometheus"
cat "$dir/__prometheus" "$dir/data.json" "$dir/metadata.json" >/tmp/got || fail "cat: exit $?"
expect /tmp/got '^hits\{name="a",n="1"\} 5$' '^hits\{name="b",n="2"\} 7$' '^"total": 12$' \
	'^"prefix": "my",$' '"name": "total", "pointer": "/total", "type": "integer", "description": "all of them", "units": "count"'
kill -INT $t
wait $t || fail "exit $?"
[ -z "$failed" ] || cat /tmp/got >/tmp/out
