#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Medians and ratios, each with its command, its target and whether it is met.
#
#   make bench                          all parts
#   make bench PARTS="build guest"      some of: kit build look stap size start guest lang siblings bundle
#   RUNS=15 KITS="6.1.0-56-amd64" GUESTS="6.1.0-56-amd64 7.3.4+deb13-amd64"
#   SIBLINGS=1                          also fetch 18 kernels of one line (long)
#   STAP="chroot /srv/trixie stap" STAP_RELEASE=6.12.117+deb13-amd64
#                                       a stap elsewhere, and a kernel it has headers of
#                                       (part lang boots it); with options, if any:
#                                       5.1 needs -DSTAPCONF_UPROBE_UNREGISTER_EXPORTED=1
#                                       to load into 6.12, where that has another name
#
# Needs the packages that `make demo` downloads.  All files are under out/bench.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
PARTS=${PARTS:-kit build look stap size start guest lang siblings bundle}
RUNS=${RUNS:-7}
user_cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
packages=$user_cache/packages
work=$O/bench
export TAP_CACHE=$work/cache
# The newest 6.1 is the kernel of single figures.
releases=$(for d in "$packages"/*/made; do [ -f "$d" ] && basename "$(dirname "$d")"; done | sort -V)
main=${MAIN:-$(grep -E '^6\.1\.0-[0-9]+-amd64$' <<<"$releases" | tail -1)}
if [ -z "$main" ]; then
	echo "bench: no packages of a 6.1 kernel in $packages; run: make demo" >&2
	exit 3
fi
KITS=${KITS:-$releases}
tests/tools/deps.sh demo || exit 3
mkdir -p "$work" "$TAP_CACHE"
. tests/bench/lib.sh

if ! gcc -std=gnu11 -O2 -Wall -Wextra -D_GNU_SOURCE -o "$work/measure" tests/bench/measure.c; then
	exit 3
fi
[ -f "$work/bench.key" ] || "$O/tapbuild" keygen -o "$work/bench" >/dev/null || exit 3
tapbuild=("$O/tapbuild" --sign-key "$work/bench.key")
read -r -a stap <<<"${STAP:-stap}"

run_parts() {
	local load part
	load=$(cut -d' ' -f1 /proc/loadavg)
	printf 'tap bench: %s, %s CPUs, load %s, %s\n' \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" \
		"$(nproc)" "$load" "$(gcc -dumpfullversion | sed 's/^/gcc /')"
	awk -v l="$load" 'BEGIN { exit l <= 0.7 }' &&
		echo "This machine is busy: times are inflated, the smallest of the runs least."
	for part in $PARTS; do
		if [ ! -f "tests/bench/part_$part.sh" ]; then
			echo "bench: no part '$part'" >&2
			exit 2
		fi
		. "tests/bench/part_$part.sh"
	done
	printf '\n%d targets met, %d missed, %d skipped\n' "$met" "$missed" "$open"
}
run_parts > >(tee "$work/results.txt")
