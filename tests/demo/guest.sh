# SPDX-License-Identifier: GPL-2.0-only
# The demo's workload in the guest; sourced by lib.sh.
echo "| == $(uname -r)\$ taprun -v rwlatency.tap -c WORKLOAD"
$TAPRUN -v -c "sh -c 'for i in 1 2 3 4 5 6; do cat /bin/busybox >/tmp/copy; cat /tmp/copy >/dev/null; grep -c cpu /proc/stat >/dev/null; sleep 0.4; done'" \
	"$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc -eq 0 ] || fail "exit $rc"
sed 's/^/| /' /tmp/err /tmp/out
expect /tmp/out '^--- in all$' '^vfs_read +(cat|busybox) ' '^value \|' '^vfs_write +(cat|busybox) '
