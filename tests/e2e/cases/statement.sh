$TAPRUN -c "echo hello" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^hello$' '^line kernel.statement\("vfs_write@fs/read_write.c:[0-9]+"\) 1$' \
	'^entry vfs_write 1$' '^near vfs_write 1$' '^nearest vfs_write 1$' '^end$'
lines=$(grep -c '^line ' /tmp/out)
[ "$lines" -ge 4 ] || fail "only $lines statements of vfs_write ran"
cmp -s /tmp/err /dev/null || fail "said: $(cat /tmp/err)"
