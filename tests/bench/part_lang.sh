# SPDX-License-Identifier: GPL-2.0-only
# The language at run time: what an operation takes, and adding on 1 to 4 CPUs.
#
#   LANG_CPUS="1 2 3 4"
# shellcheck shell=bash
LANG_CPUS=${LANG_CPUS:-1 2 3 4}
lang_stage=$work/lang
# An end probe shows how many hits each array holds.
lang_load=(
	'feed|arr[pid()] <<< 1|println(@count(arr[p]))'
	'count|arr[pid()]++|println(arr[p])'
	'locked|arr[pid()] = arr[pid()] + 1|println(arr[p])'
)

build_lang() {
	local s name body show
	rm -rf "$lang_stage"
	mkdir -p "$lang_stage"/{ops,load}/{keys,bin} "$lang_stage/load/load"
	for s in ops load; do
		cp "$work/bench.pub" "$lang_stage/$s/keys/bench.key"
	done
	cp tests/bench/guest/lang.sh "$lang_stage/ops/"
	cp tests/bench/guest/load.sh "$lang_stage/load/"
	for s in "${lang_load[@]}"; do
		IFS='|' read -r name body show <<<"$s"
		"${tapbuild[@]}" -w -q -DSTP_NO_OVERLOAD=1 -DMAXSKIPPED=100000000 -r "$main" \
			-m "load-$name" -o "$lang_stage/load/load/$name.tap" -e "global arr
			probe kernel.function(\"__x64_sys_getppid\").call { $body }
			probe end { foreach (p in arr) $show }" || return 1
	done
	cp "$lang_stage/load/load/feed.tap" "$lang_stage/load/load.tap"
	"${tapbuild[@]}" -w -q "${lang_limits[@]}" -r "$main" -m lang \
		-o "$lang_stage/ops/lang.tap" tests/bench/lang_ops.stp &&
		musl-gcc -static -O2 -o "$lang_stage/load/bin/calls" tests/bench/calls.c
}
lang_limits=(-DMAXACTION=100000000 -DSTP_NO_OVERLOAD)

# in_guest DIR CPUS: a boot's figures are added to guest.lang
in_guest() {
	E2E_CPUS=$2 E2E_LIMIT_S=${E2E_LIMIT_S:-600} TAP_CACHE=$user_cache O=$O tests/e2e/run.sh \
		--dir "$lang_stage/$1" "$main" >"$work/guest.now"
	grep -E '^(not ok|#)' "$work/guest.now"
	missed=$((missed + $(grep -c '^not ok' "$work/guest.now")))
	cat "$work/guest.now" >>"$work/guest.lang"
}

lang_of() { # NAME [FILE]: its figures
	sed -n "s/^|* *$1 \([0-9.]*\)$/\1/p" "${2:-$work/guest.lang}"
}

# The same script by stap, on this machine, where both can run it.
lang_peer() {
	local turn
	: >"$work/lang.stap"
	: >"$work/lang.here"
	command -v stap >/dev/null || { skip "operations beside stap" "stap is not installed"; return; }
	"${tapbuild[@]}" -w -q "${lang_limits[@]}" -r "$(uname -r)" -m lang -o "$work/lang.tap" \
		tests/bench/lang_ops.stp >"$work/lang.log" 2>&1 ||
		{ skip "operations beside stap" "no kit for $(uname -r)"; return; }
	for turn in 1 2 3 4 5; do
		"$O/taprun" --keys "$lang_stage/ops/keys" "$work/lang.tap" >>"$work/lang.here" &&
			stap -w "${lang_limits[@]}" tests/bench/lang_ops.stp >>"$work/lang.stap" ||
			{ skip "operations beside stap" "this machine does not run them"; return; }
	done
}

report_ops() {
	local name title ns here peer loop_ps
	loop_ps=$(lang_of op.loop | median_of)
	shown taprun lang.tap "# tests/bench/lang_ops.stp, median of 5, less the loop's $(ratio "$loop_ps" 1000) ns"
	while read -r name title; do
		ns=$(ratio "$(minus "$(lang_of "op.$name" | median_of)" "$loop_ps")" 1000)
		here=$(lang_of "op.$name" "$work/lang.here" | median_of)
		peer=$(lang_of "op.$name" "$work/lang.stap" | median_of)
		printf '    %-44s %9s ns' "$title" "$ns"
		if [ -n "$peer" ]; then
			verdict "$(ratio "$here" "$peer")" 0.5
			printf '   %s of stap  %s' "$(ratio "$here" "$peer")" "$how"
		fi
		printf '\n'
	done <<-EOF
		insert array[long] = long, new key
		lookup array[long]
		update array[long] += long
		walk foreach, an element
		sort foreach sorted by value, of 10,000, an element
		sort10 the same with limit 10, an element
		feed statistic <<< long
		feed_array array[long] <<< long
		merge_sort foreach by @sum, an element
		insert_string array[string, long] = string, new key
		lookup_string array[string, long]
		concat string . string . string
		compare string == string
		sprintf sprintf of three
		printf printf of three, a line
	EOF
}

# An emulator runs its CPUs in turns; the smallest round of a CPU fits in one.
report_load() {
	local s name body show cpus bare v first
	for s in "${lang_load[@]}"; do
		IFS='|' read -r name body show <<<"$s"
		printf '    %-34s' "$body"
		first=
		for cpus in $LANG_CPUS; do
			bare=$(lang_of "load.bare.$cpus" | smallest_of)
			v=$(minus "$(lang_of "load.$name.$cpus" | smallest_of)" "$bare")
			first=${first:-$v}
			printf ' %10s' "$v"
		done
		printf '   %s times with %s\n' "$(ratio "$v" "$first")" "$cpus"
	done
}

section "language, guest $main (QEMU $(cat "$user_cache"/accel* 2>/dev/null | tail -1))"
if build_lang; then
	: >"$work/guest.lang"
	in_guest ops 1
	lang_peer
	report_ops
	for cpus in $LANG_CPUS; do in_guest load "$cpus"; done
	shown calls 1000 50 CPUS "# under taprun, in turns with and without"
	printf '    %-34s' 'ns a hit over a bare call, CPUs:'
	# shellcheck disable=SC2086
	printf ' %10s' $LANG_CPUS
	printf '\n'
	report_load
else
	skip "language" "its bundles did not build"
fi
