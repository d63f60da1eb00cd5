# shellcheck shell=sh disable=SC2086
# Secure Boot on, the kernel locked down, only signed modules (tests/e2e/secureboot.sh makes
# the bundles): what has no signature of a key of the firmware's db is refused with its
# reason, what has one runs.
echo # the firmware leaves an unfinished line on the port
mount -t securityfs sec /sys/kernel/security
grep -qi 'secure boot enabled' /tmp/boot.log || fail "Secure Boot is off: $(grep -i secure /tmp/boot.log)"
grep -q "\[${want_lockdown:-integrity}\]" /sys/kernel/security/lockdown ||
	fail "lockdown: $(cat /sys/kernel/security/lockdown)"
[ "$(cat /sys/module/module/parameters/sig_enforce)" = Y ] || fail "signatures are not enforced"

denied() { # CODE BUNDLE PATTERN...
	tap=$2
	refused "$1" "$tap" "$3" $TAPRUN "/cases/$tap.tap"
	shift 2
	expect /tmp/err "$@"
	no_module || fail "$tap: a module is loaded"
}
runs() { # BUNDLE
	timeout 600 $TAPRUN -c "head -n 1 /proc/version" "/cases/$1.tap" >/tmp/out 2>/tmp/err || fail "$1: exit $?: $(cat /tmp/err)"
	expect /tmp/out '^open /proc/version$' '^reads [1-9]' '^end$'
}
db=$(cat /cases/db.skid) strange=$(cat /cases/strange.skid)
denied 63 unsigned '^taprun: .*loads signed modules only and the bundle has no kernel signature .*\[KEY-REJECTED\]$' '^hint: ' # attack 16
denied 63 strange "^taprun: .*signers in the bundle: $strange .none is in /proc/keys.*\[KEY-REJECTED\]$" '^hint: ' # attack 16
denied 63 "flipped-$(uname -r)" "^taprun: .*has a signer's key and does not accept the module's kernel signature.*signers in the bundle: $db.*\[KEY-REJECTED\]$" # attack 16
denied 64 garbage '^taprun: .*cannot read the module.s kernel signature.*\[BAD-KSIG\]$' # attack 16
runs db # attack 17
[ $(($(cat /proc/sys/kernel/tainted) & 8192)) = 0 ] || fail "the kernel calls a signed module unsigned"
# the key that is trusted is found among others, wherever it stands
runs two # attack 17
mount --bind /dev/null /proc/keys
runs two # attack 17
umount /proc/keys
check_kernel
