$TAPRUN -v -c "sh -c 'work read 500 1; grep -c . /sys/kernel/debug/tracing/enabled_functions'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^kinds many$' '^reads 1$'
n=$(grep -E '^[0-9]+$' /tmp/out)
if [ -e /sys/kernel/debug/tracing/enabled_functions ]; then
	[ "${n:-0}" -gt 400 ] || fail "only $n functions were armed"
	grep -q . /sys/kernel/debug/tracing/enabled_functions && fail "functions are still traced"
fi
grep -q WARNING /tmp/err && ! grep -q 'Number of errors: 0' /tmp/err && fail "warnings"
