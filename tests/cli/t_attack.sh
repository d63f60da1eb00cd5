#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The attacks of tests/attack on the library and on the programs, and their number.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
attack=$O/attack
mkdir a
host=
if is_root && unshare -m true 2>/dev/null; then
	# A kernel with a build-id, with modules, and with none of them loaded.
	host=host
	{ printf '\004\0\0\0\024\0\0\0\003\0\0\0GNU\0'; printf '\001\043\105\147\211\253\315\357\001\043\105\147\211\253\315\357\001\043\105\147'; } >a/notes
	mkdir -p a/proc/self a/proc/sys/kernel
	cat /proc/self/status >a/proc/self/status
	cat /proc/self/uid_map >a/proc/self/uid_map
	: >a/proc/modules
	: >a/proc/cmdline
	echo 0 >a/proc/sys/kernel/modules_disabled
else
	skip attack/host "not root: /sys/kernel/notes cannot be replaced"
fi
"$attack" "$runner" "$builder" "$PWD/a" $host >"$work/out" 2>&1
rc=$?
cat "$work/out"
n=$(grep -cE '^(not )?ok ' "$work/out")
[ $rc -eq 0 ] || echo "# attack: exit $rc"
result $rc "attack: all as they must be"
# The table is what is told of this; without root some cases cannot be made.
if [ -n "$host" ]; then
	sed -n 's/^# class \([0-9]*\): \([0-9]*\) cases$/\1 \2/p' "$work/out" >have
	awk -F'|' '$4 ~ /tests\/cli\/t_attack\.sh/ { print $2 + 0, $5 + 0 }' "$top/tests/attack/README.md" >told
	check "attack: tests/attack/README.md has these numbers" diff told have
fi
