$TAPRUN -c "sh -c 'cat /bin/busybox >/dev/null; ls / >/dev/null'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^kinds 1$' '^vfs_'
# the kernel misses and counts a hit in an interrupt amid another kprobe's
grep -v '^WARNING: Number of errors: 0, skipped probes: [0-9]*$' /tmp/err >/tmp/said && fail "said: $(cat /tmp/said)"
