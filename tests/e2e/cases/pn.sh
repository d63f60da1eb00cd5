$TAPRUN -c "echo hello-from-user" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^mine\.write is kernel\.function\("vfs_write"\)\.call$' \
	'^kernel\.function\("vfs_write"\)\.call is kernel\.function\("vfs_write"\)\.call$' \
	'^kernel\.function\("vfs_write"\)\.return is kernel\.function\("vfs_write"\)\.return$'
[ "$(grep -c ' is ' /tmp/out)" = 3 ] || fail "not three points"
