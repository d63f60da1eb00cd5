$TAPRUN -c "echo hello-from-user" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^(busybox|echo) 1 0 0 vfs_write kernel.function\("vfs_write"\)\.call parent$' '^hello-from-user' '^file=0x[0-9a-f]+ buf=0x[0-9a-f]+ count=0x'
