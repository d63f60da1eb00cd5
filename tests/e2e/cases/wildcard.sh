$TAPRUN -c "sh -c 'cat /bin/busybox >/dev/null; ls / >/dev/null'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^kinds 1$' '^vfs_'
[ ! -s /tmp/err ] || fail "said: $(cat /tmp/err)"
