# SPDX-License-Identifier: GPL-2.0-only
# The demo's workload in the guest; sourced by lib.sh.  dd, because busybox's cat
# uses sendfile(2), which is neither vfs_read nor vfs_write.
echo "| == $(uname -r)\$ taprun -v rwlatency.tap -c WORKLOAD"
$TAPRUN -v -c "sh -c 'for i in 1 2 3 4 5 6; do dd if=/bin/busybox of=/tmp/copy bs=64k; dd if=/tmp/copy of=/dev/null bs=64k; grep -c cpu /proc/stat >/dev/null; sleep 0.4; done 2>/dev/null'" \
	"$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc -eq 0 ] || fail "exit $rc"
grep -v records /tmp/err | sed 's/^/| /'
sed 's/^/| /' /tmp/out
expect /tmp/out '^--- in all$' '^vfs_read +(dd|busybox) ' '^ *value \|' '^vfs_write +(dd|busybox) '
