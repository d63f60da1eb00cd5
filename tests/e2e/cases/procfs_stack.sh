$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^ticks$' /tmp/out
file=$(echo /proc/systemtap/*)/command
got=$(cat "$file" 2>&1) && fail "read: '$got' though no handler ran"
echo "$got" | grep -q 'temporarily unavailable' || fail "read: $got"
(echo 1 >"$file") 2>/dev/null && fail "written though no handler ran"
kill -INT $t
wait $t || fail "exit $?"
grep -q '^written$' /tmp/out && fail "the stack is long enough"
expect /tmp/err '^WARNING: .*skipped probes: [1-9]'
