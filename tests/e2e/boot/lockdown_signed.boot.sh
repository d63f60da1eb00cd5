# shellcheck shell=sh disable=SC2086
# Locked down, but no firmware whose keys the kernel has: no signature of ours helps, and
# the refusal is lockdown's (tests/e2e/secureboot.sh makes the bundles).
mount -t securityfs sec /sys/kernel/security
if ! grep -q '\[integrity\]' /sys/kernel/security/lockdown 2>/dev/null; then
	skipped="this kernel has no lockdown"
	return
fi
for tap in db strange two; do
	$TAPRUN /cases/$tap.tap >/tmp/out 2>/tmp/err
	rc=$?
	[ $rc = 62 ] || fail "$tap: exit $rc, wanted 62"
	expect /tmp/err '^taprun: .*locked down and trusts none of the bundle.s kernel signatures .*lockdown=integrity; signers in the bundle: [0-9a-f ]* .none is in /proc/keys.*\[LOCKDOWN\]$' '^hint: .*mokutil'
	[ -s /tmp/out ] && fail "$tap: output in spite of the refusal"
done
# a signature of no key at all is another thing
$TAPRUN /cases/garbage.tap >/tmp/out 2>/tmp/err
[ $? = 64 ] || fail "garbage: $(cat /tmp/err)"
ls -d /proc/tap-* >/dev/null 2>&1 && fail "a module is loaded"
