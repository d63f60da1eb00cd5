#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# runner/systemd: systemd understands every line, and its numbers are ours.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
unit=$top/runner/systemd/taprun@.service
broker=$top/runner/systemd/tap-serve

# every option that the unit gives is one of taprun
for o in $(sed -n 's/^ExecStart=[^ ]* //p' "$unit" "$broker@.service" | tr ' ' '\n' | grep '^--'); do
	check "taprun has $o" sh -c "'$runner' --help | grep -q -- ' $o '"
done
# a refusal is not tried again: all of bundle/limits.h but what may pass by itself
sed -n 's/^RestartPreventExitStatus=//p' "$unit" | tr ' ' '\n' | sort -n >listed
sed -n 's/^\tX([A-Z_]*, \([0-9]*\), .*/\1/p' "$top/bundle/limits.h" | grep -vx -e 68 -e 71 -e 80 -e 81 -e 90 >codes
echo 2 >>codes
sort -n codes >wanted
check "codes of refusals" diff wanted listed

# the broker's socket, root's memory and audit are in directories that stay root's: systemd
# gives those that it makes to the service's user, and all that is in them
check "no service has /run/tap, /var/lib/tap or /var/log/tap" \
	sh -c "! grep -E '^(Runtime|State|Cache|Logs)Directory=(.* )?tap( |$)' '$unit' '$broker@.service'"

if ! command -v systemd-analyze >/dev/null; then
	skip unit/verify "no systemd-analyze"
	exit 0
fi
sed -e "s,/usr/sbin/taprun,$runner," "$unit" >'taprun@demo.service'
expect 0 "systemd-analyze verify" -- systemd-analyze verify --man=no "$PWD/taprun@demo.service"
check "it has nothing to say" sh -c "! grep 'taprun@' '$work/out' '$work/err'"
sed -e "s,/usr/sbin/taprun,$runner," "$broker@.service" >'tap-serve@.service'
cp "$broker.socket" .
expect 0 "systemd-analyze verify of the broker" -- \
	systemd-analyze verify --man=no "$PWD/tap-serve.socket" "$PWD/tap-serve@demo.service"
check "it has nothing to say of it" sh -c "! grep 'tap-serve' '$work/out' '$work/err'"
# what taprun calls in any phase, and its reasons, are not taken away by the unit
allowed() { # UNIT: every call of its SystemCallFilter, groups in groups too
	local w words more
	words=$(sed -n 's/^SystemCallFilter=//p' "$1")
	while [ -n "$words" ]; do
		more=
		for w in $words; do
			case $w in
			@*) more="$more $(systemd-analyze --no-pager syscall-filter "$w" | sed -n 's/^    *\([@a-z0-9_-]*\)$/\1/p' | tr '\n' ' ')" ;;
			*) echo "$w" ;;
			esac
		done
		words=${more# }
	done
}
{
	sed -n 's/.*SYS_\([a-z0-9_][a-z0-9_]*\)\b.*/\1/p' "$top/runner/confine.c" "$top/runner/child.c" "$top/runner/sys.c"
	printf '%s\n' landlock_create_ruleset landlock_add_rule landlock_restrict_self prctl setsid
} | sort -u >wanted
for u in "$unit" "$broker@.service"; do
	allowed "$u" | sort -u >allowed
	check "calls of a run: $(basename "$u")" sh -c 'comm -23 wanted allowed | grep . && exit 1; grep -q finit_module wanted'
	check "it sees the kernel's log: $(basename "$u")" grep -qx -e 'DeviceAllow=/dev/kmsg r' "$u"
done
echo 'Typo=yes' >>'taprun@demo.service'
expect '*' "and would say it" 'taprun@demo.service:' -- systemd-analyze verify --man=no "$PWD/taprun@demo.service"
