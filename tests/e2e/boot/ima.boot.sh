# shellcheck shell=sh disable=SC2086
# IMA appraises modules: one in memory has no signature of a file (security.ima), and one in
# a file that taprun wrote has none either.
mount -t securityfs sec /sys/kernel/security
if [ ! -d /sys/kernel/security/ima ]; then
	skipped="this kernel has no IMA"
	return
fi
refused() { # TEXT PATTERN...
	text=$1
	shift
	$TAPRUN /cases/hello.tap >/tmp/out 2>/tmp/err
	rc=$?
	[ $rc = 65 ] || fail "$text: exit $rc, wanted 65: $(cat /tmp/err)"
	expect /tmp/err "$@"
	[ -s /tmp/out ] && fail "$text: output in spite of the refusal"
	ls -d /proc/tap-* >/dev/null 2>&1 && fail "$text: a module is loaded"
}
refused "in memory" '^taprun: .*IMA policy does not accept a module from memory.*\[IMA\]$' '^hint: .*/sys/kernel/security/ima/policy' # attack 16
mkdir -p /etc/tap && chmod 755 /etc /etc/tap
mkdir -m 700 /tmp/load
printf 'keys: /keys\nload-mode: file /tmp/load\n' >/etc/tap/policy
refused "in a file" '^taprun: .*IMA policy does not accept the file, which has no security.ima .*\[IMA\]$' '^hint: .*/sys/kernel/security/ima/policy' # attack 16
[ -z "$(ls -A /tmp/load)" ] || fail "left in load-mode's directory: $(ls -A /tmp/load)"
rm /etc/tap/policy
umount /sys/kernel/security
refused "without securityfs" '\[IMA\]$' # attack 16
check_kernel
