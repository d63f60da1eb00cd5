#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The guest of the tests with a shell, and the bundles of all cases: shell.sh RELEASE
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
case $O in /*) ;; *) O=$PWD/$O ;; esac
export O
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
dir=$O/e2e-shell
if [ -z "$(tests/e2e/run.sh --image "$1")" ]; then
	echo "e2e-shell: no kernel image of '$1' in $cache/packages, which has:" >&2
	for d in "$cache"/packages/*/made; do
		[ -f "$d" ] && echo "    $(basename "$(dirname "$d")")" >&2
	done
	echo "hint: $O/tapbuild kit fetch manifests/debian.manifest" >&2
	exit 3
fi
if ! grep -qsxF "$1" "$dir/kernel" || [ "$O/tapbuild" -nt "$dir/kernel" ]; then
	echo "e2e-shell: building the bundles of tests/e2e/cases for $1, a minute" >&2
	E2E_DIR=$dir E2E_BUILD=1 tests/e2e/all.sh "$1" >"$O/e2e-shell.log" 2>&1
	grep -q '^not ok' "$O/e2e-shell.log" &&
		echo "e2e-shell: not all of them could be built, see $O/e2e-shell.log" >&2
	echo "$1" >"$dir/kernel"
fi
exec tests/e2e/run.sh --shell --dir "$dir" "$1"
