# SPDX-License-Identifier: GPL-2.0-only
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
for i in 1 2 3 4 5 6 7; do
	phases start "$TAP"
	phases demo -c true /cases/bin/demo.tap
done
for i in 1 2 3; do
	/cases/bin/measure 15 $TAPRUN --info /cases/bin/demo.tap |
		sed 's/^\([0-9.]*\) .*/| info \1/'
done
