#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds every case for every kernel of the manifest, then boots each kernel for the cases
# and some again for what needs a boot of its own.
#
#   all.sh [RELEASE...]      (default: the kernels of manifests/debian.manifest)
#   E2E_DIR=DIR              where they are built (out/e2e)
#   E2E_BUILD=1              only the cases, and no boot
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
dir=${E2E_DIR:-$O/e2e}
rm -rf "$dir"
mkdir -p "$dir/keys"
"$O/tapbuild" keygen -o "$dir/keys/test" >/dev/null || { echo "not ok e2e/keygen"; exit 1; }
mv "$dir"/keys/test.pub "$dir/keys/test-pub.key" 2>/dev/null
secret=$dir/secret.key
mv "$dir/keys/test.key" "$secret" 2>/dev/null

if [ $# -gt 0 ]; then
	which=()
	for r; do which+=(-r "$r"); done
else
	which=(--manifest manifests/debian.manifest)
fi
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
kits=$cache/kits
# CASE.debug: built with debug information of our own modules, kept apart.
rels=("$@")
[ $# -gt 0 ] || mapfile -t rels <"$cache/manifests/debian.manifest.releases"
debug=$(tests/e2e/debug.sh "$O/e2e-debug" "${rels[@]}" 2>"$dir/debug.log") ||
	sed 's/^/# /' "$dir/debug.log"
tests/e2e/mods.sh "$@" || exit 1
# The overload guard counts cycles, a lock is waited for so long, and the host may take a
# guest's CPU away in the middle of a handler: only the cases that are about it run so.
build() { # SCRIPT.stp BUNDLE.tap [NAME]
	local from=${1%.stp} name guard=-DSTP_NO_OVERLOAD with=$cache
	name=${3:-${from##*/}}
	case $name in overload*) guard=-w ;; esac
	[ -f "$from.debug" ] && with=$debug
	# shellcheck disable=SC2046
	TAP_CACHE=$with "$O/tapbuild" "${which[@]}" --sign-key "$secret" -m "${name//_/-}" -o "$2" \
		"$guard" -DMAXTRYLOCK=100000 $(cat "$from.build" 2>/dev/null) "$1" $(cat "$from.argv" 2>/dev/null)
}
for stp in tests/e2e/cases/*.stp; do
	case=$(basename "$stp" .stp)
	if build "$stp" "$dir/$case.tap" >"$dir/$case.table" 2>&1; then
		echo "ok e2e/build/$case # $(tail -1 "$dir/$case.table")"
	elif grep -q '\[NO_DEBUGINFO\]$' "$dir/$case.table" && ! ls "$kits"/*.dwi >/dev/null 2>&1; then
		echo "skip e2e/build/$case # no kit has debug information (kit add --debuginfo)"
		continue
	else
		sed 's/^/# /' "$dir/$case.table"
		echo "not ok e2e/build/$case"
		rm -f "$dir/$case.tap"
		continue
	fi
	awk '$5 == "unsupported:" { r = $1; sub(/^.*unsupported: /, ""); print r, $0 }' "$dir/$case.table" >"$dir/$case.unsupported"
	for f in tests/e2e/cases/"$case".*; do
		case $f in *.stp | *.build | *.argv | *.debug) ;; *) cp "$f" "$dir/" ;; esac
	done
done
[ -z "${E2E_BUILD:-}" ] || exit 0
bad=0
tests/e2e/lang.sh "$dir" "$secret" "${which[@]}" || bad=1
mapfile -t rel < <(awk '$5 ~ /^(ok|unsupported)/ { print $1 }' "$dir"/*.table | sort -uV)
[ ${#rel[@]} -gt 0 ] || { echo "not ok e2e/kernels # no kernel was built for"; exit 1; }
# A short boot each for what a running guest cannot be: on one kernel, or on each
# where NAME.cpus says how many CPUs it wants.  NAME.stp is its own script, NAME.copies
# how many bundles of it, NAME-1 to -N.
cp tests/e2e/boot/*.boot.sh tests/e2e/boot/*.mods "$dir/"
mkdir "$dir/boot"
for stp in tests/e2e/boot/*.stp; do
	name=$(basename "$stp" .stp)
	copies=$(cat "${stp%.stp}.copies" 2>/dev/null)
	for i in $(seq ${copies:+-f "-%g"} "${copies:-1}"); do
		[ -n "$copies" ] || i=
		build "$stp" "$dir/boot/$name$i.tap" "$name$i" >"$dir/boot/$name.table" 2>&1 && continue
		sed 's/^/# /' "$dir/boot/$name.table"
		echo "not ok e2e/build/boot/$name$i"
		bad=1
	done
done
tests/e2e/examples.sh "$dir/boot" -r "${rel[1]-${rel[0]}}" --sign-key "$secret" -DSTP_NO_OVERLOAD -DMAXTRYLOCK=100000 || bad=1
guests=("${rel[@]}")
for f in tests/e2e/boot/*.boot.sh; do
	name=$(basename "$f" .boot.sh)
	[ ! -e "tests/e2e/boot/$name.by" ] || continue # another script's
	if [ -e "tests/e2e/boot/$name.cpus" ]; then guests+=("${rel[@]/%//$name}"); else guests+=("${rel[1]-${rel[0]}}/$name"); fi
done
tests/e2e/run.sh --dir "$dir" "${guests[@]}" || bad=1
[ $# -gt 0 ] || tests/e2e/sibling.sh || bad=1
[ $# -gt 0 ] || tests/e2e/systemd.sh "${rel[1]-${rel[0]}}" || bad=1
mapfile -t secure < <(printf '%s\n' "${rel[@]}" | grep -v -e -rt- -e -cloud-)
tests/e2e/secureboot.sh "${secure[@]}" || bad=1
exit $bad
