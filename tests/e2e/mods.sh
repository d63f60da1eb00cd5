#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the modules of tests/e2e/mod that cases trace, for kernels that have a kit,
# with debug information: $O/mod/RELEASE/NAME.ko
#
#   mods.sh RELEASE...
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
rc=0
make -s --no-print-directory O="$O" mod-bins >/dev/null || exit 1
for rel; do
	kit=$(compgen -G "$cache/kits/${rel}_*.kit" | tail -1)
	mkdir -p "$O/mod/$rel"
	for c in tests/e2e/mod/tap*.c; do
		name=$(basename "$c" .c)
		ko=$O/mod/$rel/$name.ko
		[ "$ko" -nt "$c" ] && [ "$ko" -nt "$O/mod/mkmod" ] && [ "$ko" -nt "$kit" ] && continue
		"$O/mod/mkmod" "$rel" "$c" "$ko.tmp.$$" -g && mv "$ko.tmp.$$" "$ko" && continue
		echo "not ok $rel/mod/$name"
		rc=1
	done
done
exit $rc
