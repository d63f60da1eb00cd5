# SPDX-License-Identifier: GPL-2.0-only
# The main kernel's own build tree, unpacked from its packages, for yardsticks.
# shellcheck shell=bash disable=SC2034

kbuild=$work/headers/usr/src/linux-headers-$main
kbuild_why=

kbuild_tree() {
	local deb
	mkdir -p "$work/kb"
	[ -f "$work/headers/ready-$main" ] && return 0
	for deb in "$packages/$main"/linux-{headers,kbuild}-*.deb; do
		[ -f "$deb" ] || { kbuild_why="no header packages of $main"; return 1; }
		dpkg-deb -x "$deb" "$work/headers" || return 1
	done
	# Debian's tree includes its common part by absolute name.
	sed -i "s,/usr/src/,$work/headers/usr/src/,g" "$kbuild/Makefile"
	find "$work/headers/usr/src" -name .kernelvariables -exec \
		sed -i "s,/usr/src/,$work/headers/usr/src/,g" {} +
	touch "$work/headers/ready-$main"
}
