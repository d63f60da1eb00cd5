# newer kernels do not let it be switched off at all
f=/proc/sys/kernel/ftrace_enabled
if echo 0 2>/dev/null >$f; then
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err
	expect /tmp/err 'registration error .*rc -16'
	grep -q hit /tmp/out && fail "a probe ran without ftrace"
	echo 1 >$f
fi
$TAPRUN -c "sh -c 'work read 3 1; echo 0 >$f'" "$TAP" >/tmp/out 2>/tmp/err
expect /tmp/out '^hit$'
[ "$(cat $f)" = 1 ] || fail "ftrace was switched off under us"
