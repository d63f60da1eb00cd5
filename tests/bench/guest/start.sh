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
# From loaded to started, from asked to stop to stopped: all that a script has put in
# place and taken away.
arm() { # NAME
	$TAPRUN -v -c true "/cases/bin/$1.tap" >/tmp/out 2>/tmp/err || fail "$1: exit $?"
	sed -n "s/.* \([0-9]*\) probe points armed.*/| $1.points \1/p" /tmp/err
	sed -n 's/.*ms since exec: //p' /tmp/err | awk -v name="$1" '{
		for (i = 1; i < NF; i += 2)
			at[$i] = $(i + 1)
		printf "| %s.took %.2f\n", name, at["started"] - at["loaded"]
		printf "| %s.down %.2f\n", name, at["stopped"] - at["stopping"]
	}'
}

for i in 1 2 3 4 5 6 7; do
	arm arm
	arm syscalls
	phases start "$TAP"
	phases demo -c true /cases/bin/demo.tap
done
for i in 1 2 3; do
	/cases/bin/measure 15 $TAPRUN --info /cases/bin/demo.tap |
		sed 's/^\([0-9.]*\) .*/| info \1/'
done
