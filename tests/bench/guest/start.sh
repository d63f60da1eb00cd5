# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# taprun's own account of where the time to the first line goes; sourced by lib.sh.
phases() { # NAME taprun-arguments...
	name=$1
	shift
	$TAPRUN -v "$@" >/tmp/out 2>/tmp/err </dev/null || fail "$name: exit $?"
	sed -n 's/.*ms since exec: //p' /tmp/err | tr ' ' '\n' | while read -r what; do
		read -r ms
		echo "| $name.$what $ms"
	done
}
# From loaded to started: the time it takes to arm every entry of a system call.
arm() {
	$TAPRUN -v -c true /cases/bin/arm.tap >/tmp/out 2>/tmp/err || fail "arm: exit $?"
	sed -n 's/.* \([0-9]*\) probe points armed.*/| arm.points \1/p' /tmp/err
	sed -n 's/.* loaded \([0-9.]*\) started \([0-9.]*\).*/\1 \2/p' /tmp/err |
		awk '{ printf "| arm.took %.2f\n", $2 - $1 }'
}

for i in 1 2 3 4 5 6 7; do
	arm
	phases start "$TAP"
	phases demo -c true /cases/bin/demo.tap
done
for i in 1 2 3; do
	/cases/bin/measure 15 $TAPRUN --info /cases/bin/demo.tap |
		sed 's/^\([0-9.]*\) .*/| info \1/'
done
