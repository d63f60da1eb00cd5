# SPDX-License-Identifier: GPL-2.0-only
# Builds: a script nobody built before, the same again, one more kernel, all kernels.
# shellcheck shell=bash

# Scripts of equal size that no cache has seen: the nonce reaches the C text.
new_scripts() { # NAME
	local i
	rm -rf "${work:?}/$1" && mkdir -p "$work/$1"
	for i in $(seq 0 $((RUNS - 1))); do
		sed "s/--- in all/--- in all $(date +%s%N)/" tests/demo/rwlatency.stp \
			>"$work/$1/$i.stp"
	done
}

# The median of each pass over RUNS scripts, as tapbuild -v says it.
passes() { # NAME options...
	local name=$1 i
	shift
	new_scripts "$name"
	for i in $(seq 0 $((RUNS - 1))); do
		"${tapbuild[@]}" -q -v "$@" -o "$work/$name.tap" "$work/$name/$i.stp" 2>&1 |
			grep 'front end'
	done >"$work/$name.passes"
	for i in 'front end' compile link pack all; do
		sed -n "s/.*$i \([0-9.]*\) ms.*/\1/p" "$work/$name.passes" | median_of
	done | tr '\n' ' '
}

[ -n "$(find "$TAP_CACHE/kits" -name "$main"_\*.kit 2>/dev/null)" ] || . tests/bench/part_kit.sh
section "builds of tests/demo/rwlatency.stp, kits present"
new_scripts warm
timed "1 kernel, never seen script" "$RUNS" 120 "${tapbuild[@]}" -q -r "$main" \
	-o "$work/one.tap" "$work/warm/@@.stp" && warm=$median
timed "1 kernel, object in the cache" "$RUNS" - "${tapbuild[@]}" -q -r "$main" \
	-o "$work/one.tap" "$work/warm/0.stp" && warm_cached=$median cached_cpu=$cpu

three=()
for flavour in amd64 cloud-amd64 rt-amd64; do
	rel=${main%-amd64}-$flavour
	compgen -G "$TAP_CACHE/kits/${rel}_*.kit" >/dev/null && three+=(-r "$rel")
done
if [ ${#three[@]} = 6 ]; then
	timed "3 kernels, same C, object in the cache" "$RUNS" - "${tapbuild[@]}" -q \
		"${three[@]}" -o "$work/three.tap" "$work/warm/0.stp" &&
		figure "each further kernel of the same C" \
			"$(awk -v a="$median" -v b="$warm_cached" 'BEGIN { printf "%.2f", (a - b) / 2 }')" \
			ms 20 "(3 kernels - 1 kernel) / 2; cpu $(awk -v a="$cpu" -v b="$cached_cpu" 'BEGIN { printf "%.2f", (a - b) / 2 }')"
else
	skip "each further kernel of the same C" "no kits of cloud and rt; run: make demo"
fi
new_scripts all
timed "all kernels, never seen script" "$RUNS" 800 "${tapbuild[@]}" -q --all \
	-o "$work/all.tap" "$work/all/@@.stp"
timed "all kernels, objects in the cache" "$RUNS" - "${tapbuild[@]}" -q --all \
	-o "$work/all.tap" "$work/all/0.stp"

section "places found in the kit, whole runs of tapbuild -p2"
timed 'kernel.function("vfs_*")' "$RUNS" 50 "${tapbuild[@]}" -r "$main" -p2 \
	-e 'probe kernel.function("vfs_*") { next }'
timed 'kernel.function("vfs_read") with $file->f_inode->i_ino' "$RUNS" 20 "${tapbuild[@]}" \
	-r "$main" -p2 -e 'probe kernel.function("vfs_read") { println($file->f_inode->i_ino) }'
timed 'module("xfs").function("xfs_*")' "$RUNS" 50 "${tapbuild[@]}" -r "$main" -p2 \
	-e 'probe module("xfs").function("xfs_*") { next }'
timed 'module("xfs") with $file->f_inode->i_ino' "$RUNS" 20 "${tapbuild[@]}" -r "$main" -p2 \
	-e 'probe module("xfs").function("xfs_file_open") { println($file->f_inode->i_ino) }'
timed 'module("*").function("*_probe")' "$RUNS" - "${tapbuild[@]}" -r "$main" -p2 \
	-e 'probe module("*").function("*_probe") { next }'

section "passes, medians of $RUNS never seen scripts"
printf '    $ tapbuild -v -r %s rwlatency.stp\n' "$main"
read -r front cc link pack all < <(passes one-passes -r "$main")
figure "front end, 1 kernel" "$front" ms 20 \
	"$(find tapset -name '*.stp' | wc -l) tapset files"
printf '    compile %s, link %s, pack %s, all %s ms\n' "$cc" "$link" "$pack" "$all"
printf '    $ tapbuild -v --all rwlatency.stp\n'
read -r front cc link pack all < <(passes all-passes --all)
printf 'all kernels: front end %s, compile %s, link %s, pack %s, all %s ms\n' \
	"$front" "$cc" "$link" "$pack" "$all"
sed -n '1s/.*compile [0-9.]* ms \(([^)]*)\).*/    \1/p' "$work/all-passes.passes"

section "how builds grow with the script: 10,000 lines against 1,000, user time"
# User time: on a busy machine the wall says little.
user_ms() { # TIMES SCRIPT options...: of one run, the smallest of three averages
	local times=$1 script=$2
	shift 2
	for _ in 1 2 3; do
		( TIMEFORMAT=%U
			time for ((k = 0; k < times; k++)); do
				"${tapbuild[@]}" -w -r "$main" "$@" "$script" >/dev/null 2>&1
			done ) 2>&1
	done | awk -v n="$times" '{ v = $1 * 1000 / n; if (NR == 1 || v < min) min = v }
		END { printf "%.1f", min }'
}
grown() { # TITLE KIND LIMIT options...
	local title=$1 kind=$2 limit=$3 small large
	shift 3
	tests/bench/gen_script.sh "$kind" 1000 >"$work/$kind.1k.stp"
	tests/bench/gen_script.sh "$kind" 10000 >"$work/$kind.10k.stp"
	small=$(user_ms 10 "$work/$kind.1k.stp" "$@")
	large=$(user_ms 1 "$work/$kind.10k.stp" "$@")
	figure "$title: $kind" "$(ratio "$large" "$small")" x "$limit" "$small ms, $large ms"
	shown "${tapbuild[@]}" -w -r "$main" "$@" "$work/$kind.10k.stp"
}
for kind in probes functions body globals elseif arrays strings mixed reverse unset own; do
	grown "front end" $kind 12 -p3
done
for kind in probes functions body globals arrays strings mixed; do
	grown "whole build" $kind 12 -q --disable-cache -o "$work/grown.tap"
done

section "pass 1 over the whole tapset and a script"
timed "pass 1 of the demo script" "$RUNS" 15 "${tapbuild[@]}" -q -p1 -r "$main" tests/demo/rwlatency.stp

section "the same kernel's own build system"
. tests/bench/kbuild.sh
if kbuild_tree; then
	cp tests/bench/hand_kprobe.c "$work/kb/"
	echo 'obj-m := hand_kprobe.o' >"$work/kb/Kbuild"
	timed "kbuild of a 40-line module" 3 - sh -c \
		"touch $work/kb/hand_kprobe.c; make -s -C $kbuild M=$work/kb modules" &&
		figure "kbuild against our warm build" "$(ratio "$median" "${warm:-0}")" x - \
			"a module of one kprobe against the demo script"
else
	skip "kbuild of a 40-line module" "$kbuild_why"
fi
