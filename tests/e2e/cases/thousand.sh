$TAPRUN -v -c "sh -c 'work read 300 1; grep -c . /sys/kernel/debug/tracing/enabled_functions; grep -c . /sys/kernel/debug/kprobes/list'" \
	"$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^kinds many reads 1 returns 1$'
armed=$(sed -n 's/.* \([0-9]*\) probe points armed.*/\1/p' /tmp/err)
[ "${armed:-0}" -ge 1000 ] || fail "only ${armed:-no} points"
expect /tmp/err ' 0 could not be armed'
kprobes=$(grep -E '^[0-9]+$' /tmp/out | tail -1)
[ "${kprobes:-0}" -ge 10 ] || fail "only ${kprobes:-no} kprobes"
if [ -e /sys/kernel/debug/tracing/enabled_functions ]; then
	functions=$(grep -E '^[0-9]+$' /tmp/out | head -1)
	[ "${functions:-0}" -ge 900 ] || fail "only ${functions:-no} functions hooked"
fi
disarmed || fail "functions are still hooked"
! grep -q . /sys/kernel/debug/kprobes/list || fail "kprobes stay"
