$TAPRUN -v -c "work calls" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^user bytes null$' '^n 1 x 1$'
expect /tmp/err '^WARNING: Number of errors: 0, skipped probes: [1-9]'
