# SPDX-License-Identifier: GPL-2.0-only
# Looking: tapbuild -l and -L of patterns, and pass 2 of one probe and of very many.
# Whole runs of tapbuild, from exec to exit; nothing is kept from one to the next.
# shellcheck shell=bash

[ -n "$(find "$TAP_CACHE/kits" -name "$main"_\*.kit 2>/dev/null)" ] || . tests/bench/part_kit.sh
look_runs=${LOOK_RUNS:-5}

looks() { # -l|-L POINT
	timed "$1 '$2'" "$look_runs" 200 "${tapbuild[@]}" --disable-cache -r "$look_release" "$1" "$2"
	printf '    %s lines\n' "$("${tapbuild[@]}" -r "$look_release" "$1" "$2" 2>/dev/null | wc -l)"
}

looks_again() { # -l|-L POINT: asked before, so the answer is kept
	"${tapbuild[@]}" -r "$look_release" "$1" "$2" >/dev/null 2>&1
	timed "$1 '$2', again" "$look_runs" 200 "${tapbuild[@]}" -r "$look_release" "$1" "$2"
}

# What wildcards list is kept beside kits: those made before that was so get it here.
section "looking, from the kit alone"
look_release=$main
"${tapbuild[@]}" kit refresh "$main" >/dev/null
for p in 'begin' 'timer.profile*' 'perf.type(1).config(0).*' 'perf.hw.*' 'kernel.data("jiffies").*' 'vfs.*' 'syscall.*' \
	'kernel.trace("*:*")' 'kernel.function("vfs_*")' 'kernel.function("*")' 'kernel.function("*").return' \
	'kprobe.function("*")' 'module("xfs").function("*")' 'module("*").function("*")' '**'; do
	looks -l "$p"
done
for p in 'perf.hw.*' 'kernel.data("jiffies").*' 'vfs.*' 'syscall.*' 'kernel.trace("*:*")' 'kernel.function("vfs_*")' \
	'kernel.function("*")' 'kernel.function("*").return' 'kprobe.function("*")' 'module("xfs").function("*")' \
	'module("*").function("*_probe")' 'module("*").function("*")' 'module("*").function("*").return' '**'; do
	looks -L "$p"
done

section "looking, with an index of debug information"
look_index=$(find "$user_cache/kits" -name '*.dwi' 2>/dev/null | sort | head -1)
look_release=$(basename "${look_index%_*}")
if [ -n "$look_index" ] && look_kit=$(find "$user_cache/kits" -name "$look_release"_\*.kit | head -1) && [ -n "$look_kit" ]; then
	look_cache=$TAP_CACHE
	TAP_CACHE=$work/look
	rm -rf "$TAP_CACHE"
	mkdir -p "$TAP_CACHE/kits"
	ln -s "$look_kit" "$look_index" "$TAP_CACHE/kits/"
	timed "listing it, once" 1 60000 "${tapbuild[@]}" kit refresh "$look_release"
	figure "size of the listing" "$(stat -c %s "$TAP_CACHE"/kits/*.lst | awk '{ printf "%.1f", $1 / 1e6 }')" MB 15 \
		"beside the index, $(stat -Lc %s "$look_index" | awk '{ printf "%.1f", $1 / 1e6 }') MB"
	for p in 'kernel.function("*@fs/*.c")' 'kernel.function("*@fs/*.c").return' 'kernel.function("*").inline' \
		'kernel.statement("*@fs/open.c:*")' 'kernel.function("vfs_*").label("*")' 'kernel.function("vfs_read").callees' \
		'kernel.function("*")' 'module("*").function("*")' 'kernel.function("*").callees' 'kernel.function("*").label("*")' \
		'kernel.statement("*@*:100")' 'module("*").function("*").inline' 'module("*").function("*_probe@drivers/*")' '**'; do
		looks -l "$p"
	done
	for p in 'kernel.function("vfs_*")' 'kernel.function("*@fs/open.c")' 'kernel.statement("*@fs/open.c:*")' \
		'kernel.function("kmalloc")' 'kernel.function("*")' 'kernel.function("*").return' 'kprobe.function("*")' \
		'kernel.function("*").inline' 'kernel.function("*").callees' 'kernel.function("*").label("*")' \
		'module("xfs").statement("*@*:*")' 'module("*").function("*")' 'module("*").function("*").return' \
		'kernel.function("*@*")' 'kernel.function("*@include/*")' 'kernel.statement("*")' 'module("*").function("*_probe@drivers/*")' \
		'module("*").function("*").inline' '**'; do
		looks -L "$p"
	done
	looks_again -l 'kernel.statement("*@*:100")'
	looks_again -L '**'
	timed 'pass 2 of a $var->field probe' "$RUNS" 20 "${tapbuild[@]}" -r "$look_release" -p2 \
		-e 'probe kernel.function("vfs_read") { println($file->f_inode->i_ino) }'
	TAP_CACHE=$look_cache
else
	skip "looking with an index" "no .dwi in $user_cache/kits; run: tapbuild kit add --debuginfo PACKAGE"
fi

section "pass 2, from the kit alone"
timed 'a $var->field probe' "$RUNS" 20 "${tapbuild[@]}" -r "$main" -p2 \
	-e 'probe kernel.function("vfs_read") { println($file->f_inode->i_ino) }'
timed 'kernel.function("vfs_*")' "$RUNS" 50 "${tapbuild[@]}" -r "$main" -p2 -e 'probe kernel.function("vfs_*") { next }'

# Processor time of the smallest of three: what grows, and how fast.
look_cpu() { # SCRIPT
	local cpu
	read -r _ _ cpu _ < <("$work/measure" 3 "${tapbuild[@]}" -w -r "$main" -p2 -e "$1")
	printf '%s' "${cpu:-0}"
}
look_base=$(look_cpu 'probe begin { next }')
look_grown() { # TITLE FACTOR SMALL LARGE
	local small large
	small=$(minus "$(look_cpu "$3")" "$look_base")
	large=$(minus "$(look_cpu "$4")" "$look_base")
	figure "$1" "$(ratio "$large" "$small")" x "$(awk -v f="$2" 'BEGIN { printf "%.1f", f * 1.3 }')" \
		"$2 times the places; $small ms, $large ms, without a start of $look_base"
}
look_points() { # POINT: how many places
	"${tapbuild[@]}" -r "$main" -l "$1" 2>/dev/null | wc -l
}
look_pair() { # TITLE SMALL LARGE BODY
	look_grown "$1" "$(ratio "$(look_points "$3")" "$(look_points "$2")")" "probe $2 ? { $4 }" "probe $3 ? { $4 }"
}
section "pass 2 of wildcards: cpu time by the number of places"
look_pair 'kernel.function("*") against "a*"' 'kernel.function("a*")' 'kernel.function("*")' next
look_pair 'the same with .return' 'kernel.function("a*").return' 'kernel.function("*").return' next
look_pair 'the same with $$parms' 'kernel.function("vfs_*")' 'kernel.function("[t-z]*")' 'println($$parms)'
look_pair 'module("*").function("*") against module("i*")' 'module("i*").function("*")' 'module("*").function("*")' next
look_pair 'the same with .return' 'module("i*").function("*").return' 'module("*").function("*").return' next
look_distinct() { # how many probes, each with a handler of its own
	"${tapbuild[@]}" -r "$main" -l 'kernel.function("*")' 2>/dev/null | head -"$1" |
		awk '{ printf "probe %s { println(%d) }\n", $0, NR }'
}
look_distinct 100 >"$work/distinct.100"
look_distinct 1000 >"$work/distinct.1000"
look_grown "1,000 probes against 100" 10 "$(cat "$work/distinct.100")" "$(cat "$work/distinct.1000")"
