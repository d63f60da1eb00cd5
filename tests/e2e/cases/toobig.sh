sleep 600 &
w=$!
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 69 ] || [ $rc = 71 ] || fail "exit $rc"
expect /tmp/err 'not enough memory'
[ -s /tmp/out ] && fail "output in spite of the refusal"
kill $w || fail "a bystander was killed"
wait $w 2>/dev/null
grep MemAvailable /proc/meminfo >/tmp/out
