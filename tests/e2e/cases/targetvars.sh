dd if=/dev/zero of=/tmp/tap-e2e-vars bs=4096 count=4 2>/dev/null
$TAPRUN -c "dd if=/tmp/tap-e2e-vars of=/dev/null bs=4096" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^reads all$' '^size 4096$' '^dev 1$' '^parms ok$' '^cast ok$' '^autocast ok$' '^char ok$' '^pretty ok$' '^return ok$' '^texts ok$' '^tasks seen$'
