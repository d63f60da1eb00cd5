$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^threshold 5 label none$'
$TAPRUN "$TAP" threshold=42 label=prod >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^threshold 42 label prod$'
$TAPRUN "$TAP" treshold=42 >/tmp/out 2>/tmp/err
[ $? = 70 ] || fail "unknown parameter accepted"
expect /tmp/err 'threshold'
