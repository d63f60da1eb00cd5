#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the modules of tests/e2e/mod that cases trace, for kernels that have a kit,
# with debug information: out/mod/RELEASE/NAME.ko, wherever O is, because scripts
# name them by path.  And out/mod/kaddr.stpm, macros with addresses in these kernels.
#
#   mods.sh [RELEASE...]     (default: all that have a kit)
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
if [ $# -eq 0 ]; then
	mapfile -t rels < <(cd "$cache/kits" && printf '%s\n' *.kit | sed 's/_[0-9a-f]*\.kit$//')
	set -- "${rels[@]}"
fi
rc=0
make -s --no-print-directory O="$O" mod-bins >/dev/null || exit 1
for rel; do
	kit=$(compgen -G "$cache/kits/${rel}_*.kit" | tail -1)
	mkdir -p "out/mod/$rel"
	for c in tests/e2e/mod/tap*.c; do
		name=$(basename "$c" .c)
		ko=out/mod/$rel/$name.ko
		[ "$ko" -nt "$c" ] && [ "$ko" -nt "$O/mod/mkmod" ] && [ "$ko" -nt "$kit" ] && continue
		"$O/mod/mkmod" "$rel" "$c" "$ko.tmp.$$" -g && mv "$ko.tmp.$$" "$ko" && continue
		echo "not ok $rel/mod/$name"
		rc=1
	done
done
"$O/mod/kaddr" do_sys_openat2 __put_user_4 -- "$@" >out/mod/kaddr.stpm || rc=1
exit $rc
