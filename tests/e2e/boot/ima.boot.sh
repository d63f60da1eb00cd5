# shellcheck shell=sh disable=SC2086
# IMA appraises modules: one in memory has no signature of a file (security.ima), and one in
# a file that taprun wrote has none either.
mount -t securityfs sec /sys/kernel/security
if [ ! -d /sys/kernel/security/ima ]; then
	skipped="this kernel has no IMA"
	return
fi
denied() { # TEXT PATTERN...
	what=$1
	shift
	refused 65 "$what" "$1" $TAPRUN /cases/hello.tap
	expect /tmp/err "$@"
	no_module || fail "$what: a module is loaded"
}
denied "in memory" '^taprun: .*IMA policy does not accept a module from memory.*\[IMA\]$' '^hint: .*/sys/kernel/security/ima/policy' # attack 16
mkdir -p /etc/tap && chmod 755 /etc /etc/tap
mkdir -m 700 /tmp/load
printf 'keys: /keys\nload-mode: file /tmp/load\n' >/etc/tap/policy
denied "in a file" '^taprun: .*IMA policy does not accept the file, which has no security.ima .*\[IMA\]$' '^hint: .*/sys/kernel/security/ima/policy' # attack 16
[ -z "$(ls -A /tmp/load)" ] || fail "left in load-mode's directory: $(ls -A /tmp/load)"
rm /etc/tap/policy
umount /sys/kernel/security
denied "without securityfs" '\[IMA\]$' # attack 16
check_kernel
