$TAPRUN -c "echo hello" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^inline file_start_write kernel.function\("file_start_write@include/linux/fs.h:[0-9]+"\).inline 1$' \
	'^file vfs_write 1$' '^callee rw_verify_area 1$' '^return rw_verify_area 1$' '^plain rw_verify_area [1-9]' '^label 0$'
not grep -q 'of read' /tmp/out || fail "a call of another function counted"
cmp -s /tmp/err /dev/null || fail "said: $(cat /tmp/err)"
