timeout 600 $TAPRUN -c 'work sleep 9 20' "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^hits 0 counted 1$'
expect /tmp/err '^WARNING: .*skipped probes: [1-9]'
