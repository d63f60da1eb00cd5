dd if=/dev/zero of=/tmp/tap-e2e-file bs=4096 count=16 2>/dev/null
$TAPRUN -c "dd if=/tmp/tap-e2e-file of=/dev/null bs=4096" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^entries many$' '^latency positive$' '^sizes large$' '^hostname [1-9]' '^returned many$'
