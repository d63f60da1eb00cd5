sh -c 'i=0; while :; do i=$((i + 1)); cat /proc/self/maps >/dev/null; done' &
busy=$!
timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
kill $busy
wait $busy 2>/dev/null
expect /tmp/out '^11$'
