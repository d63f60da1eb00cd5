$TAPRUN -c "$TAPRUN -c 'work both 300 7775' /cases/twice.tap" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^outer 600 600$' '^600 600 600 600 1200 600$'
[ -s /tmp/err ] && fail "messages: $(cat /tmp/err)"
