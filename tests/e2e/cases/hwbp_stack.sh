timeout 60 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^hits 0$'
expect /tmp/err '^WARNING: .*skipped probes: [1-9]'
