$TAPRUN -c "sh -c 'work read 10 7774; work write 50 7774; sleep 1'" "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 0 ] || fail "exit $rc: $(cat /tmp/err)"
expect /tmp/out '^----- probe hit report: $' \
	'^begin, \(alibi\.stp:4:7\), hits: 1, from: begin, index: 0$' \
	'^kernel\.function\("vfs_write.*"\), \(alibi\.stp:5:7\), hits: [1-9][0-9]+, from: kernel\.function\("vfs_write"\), index: 1$' \
	'^kernel\.function\("vfs_write.*"\), \(alibi\.stp:6:7\), hits: [1-9][0-9]+, from: kernel\.function\("vfs_write"\), index: 2$' \
	'^kernel\.function\("vfs_read.*"\)\.return, \(alibi\.stp:7:7\), hits: [1-9][0-9]+, from: ' \
	'^syscall\.write\.return|hits: [1-9][0-9]+, from: .*syscall\.write\.return' \
	'^timer\.ms\(10\), .* hits: [1-9][0-9]*, ' \
	'^end, \(alibi\.stp:11:7\), hits: 1, from: end, index: '
grep -Eq 'ran|cycles|init report' /tmp/out /tmp/err && fail "a handler ran, or more than hits is said: $(cat /tmp/out /tmp/err)"
