# shellcheck shell=sh disable=SC2086
# A kernel locked down at boot: an unsigned module is refused, and why is said.
mount -t securityfs sec /sys/kernel/security
if ! grep -q '\[integrity\]' /sys/kernel/security/lockdown 2>/dev/null; then
	skipped="this kernel has no lockdown"
	return
fi
$TAPRUN /cases/hello.tap >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 62 ] || fail "exit $rc, wanted 62" # attack 16
expect /tmp/err '^taprun: .*locked down.*\[LOCKDOWN\]$' '^hint: '
[ -s /tmp/out ] && fail "output in spite of the refusal"
# the reason must be found without securityfs too
umount /sys/kernel/security
$TAPRUN /cases/hello.tap >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 62 ] || fail "without securityfs: exit $rc" # attack 16
ls -d /proc/tap-* >/dev/null 2>&1 && fail "a module is loaded"
