$TAPRUN -v -c "work sleep 4 400" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^1 4$'
expect /tmp/err '^WARNING: Number of errors: 0, skipped probes: 3$' \
	"^WARNING: Skipped due to missed kretprobe/1 on 'kernel.function\(.hrtimer_nanosleep.*\).return.*': 3$"
