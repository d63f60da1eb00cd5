# calls are made until the report is there; two names, of which one is known by number
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
tap=$!
await grep -q '^counting system calls (10000 ms)$' /tmp/out
sysc until /tmp/done &
pid=$!
while kill -0 $tap 2>/dev/null; do
	work read 20 1
	usleep 100000
done
wait $tap || fail "exit $?"
: >/tmp/done
wait $pid
rm -f /tmp/done
expect /tmp/out "^sysc\\[$pid\\] = [0-9]+$" '^work\[[0-9]+\] = [0-9]+$'
# every line but the first is of that shape, and the most calls come first
sed 1d /tmp/out | grep -Ev '^[^[]+\[[0-9]+\] = [1-9][0-9]*$' | grep -q . && fail "another shape"
sed '1d; s/.* //' /tmp/out >/tmp/counts
sort -nr /tmp/counts | cmp -s - /tmp/counts || fail "not sorted by counts"
true
