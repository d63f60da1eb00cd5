# SPDX-License-Identifier: GPL-2.0-only
# In guests on unmodified kernels: start, memory, cost of a hit, output.
# shellcheck shell=bash
GUESTS=${GUESTS:-$main}
stage=$work/guest
hit_scripts=(
	'kprobe_empty|probe kprobe.function("__x64_sys_getppid") { next }'
	'entry_empty|probe kernel.function("__x64_sys_getppid").call { next }'
	'entry_count|global n probe kernel.function("__x64_sys_getppid").call { n++ } probe end { println(n) }'
	'entry_context|global n probe kernel.function("__x64_sys_getppid").call { n += pid() > 0 } probe end { println(n) }'
	'context_unguarded|global n probe kernel.function("__x64_sys_getppid").call { n += pid() > 0 } probe end { println(n) }'
	'return_empty|probe kernel.function("__x64_sys_getppid").return { next }'
	'aggregate_pid|global arr probe kernel.function("__x64_sys_getppid").call { arr[pid()] <<< 1 } probe end { foreach (p in arr) println(p, " ", @count(arr[p])) }'
)
output_script='probe kernel.function("__x64_sys_getppid").call {
	printf("%d %s called getppid, and this line says so in one hundred bytes or thereabouts\n", pid(), execname())
}'

build_guest() { # kernels as -r options
	local s name guard
	rm -rf "$stage"
	mkdir -p "$stage"/{keys,hit,bin}
	cp tests/bench/guest/*.sh "$stage/"
	cp "$work/bench.pub" "$stage/keys/bench.key"
	for s in "${hit_scripts[@]}"; do
		name=${s%%|*}
		# The overload check runs and is paid for, but a CPU that the host takes
		# away inside a handler must not end the measurement.
		guard=STP_OVERLOAD_THRESHOLD=1000000000000
		[ "$name" = context_unguarded ] && guard=STP_NO_OVERLOAD=1
		"${tapbuild[@]}" -w -q -D "$guard" "$@" -m "hit-${name//_/-}" \
			-o "$stage/hit/$name.tap" -e "${s#*|}" || return 1
	done
	cp "$stage/hit/kprobe_empty.tap" "$stage/hits.tap"
	"${tapbuild[@]}" -q -D STP_NO_OVERLOAD=1 "$@" -o "$stage/output.tap" -m output -e "$output_script" &&
		cp "$stage/output.tap" "$stage/resident.tap" &&
		"${tapbuild[@]}" -q "$@" -o "$stage/start.tap" -m start \
			-e 'probe begin { println("first line") exit() }' &&
		"${tapbuild[@]}" -q "$@" -o "$stage/bin/arm.tap" -m arm \
			-e 'probe kernel.function("__x64_sys_*").call { next }' &&
		"${tapbuild[@]}" -q "$@" -o "$stage/bin/syscalls.tap" -m syscalls \
			-e 'probe syscall.*, syscall.*.return { next }' &&
		"${tapbuild[@]}" -q --all -o "$stage/bin/demo.tap" tests/demo/rwlatency.stp &&
		musl-gcc -static -O2 -o "$stage/bin/calls" tests/bench/calls.c &&
		musl-gcc -static -O2 -D_GNU_SOURCE -o "$stage/bin/measure" tests/bench/measure.c
}

# The hand-written module: kbuild made it, so only for the main kernel.
hand_module() {
	. tests/bench/kbuild.sh
	kbuild_tree || return 0
	cp tests/bench/hand_kprobe.c "$work/kb/"
	echo 'obj-m := hand_kprobe.o' >"$work/kb/Kbuild"
	make -s -C "$kbuild" M="$work/kb" modules >"$work/kb/log" 2>&1 &&
		cp "$work/kb/hand_kprobe.ko" "$stage/bin/hand-$main.ko"
}

# of NAME: the figures a guest printed under this name, one a line
of() {
	sed -n "s/^| $1 \([0-9.]*\)$/\1/p" "$work/guest.$rel"
}

# What an emulated CPU makes longer is divided by how much longer it takes for the
# same command, which mostly hashes and reads; the guest's own figure stands beside.
scaled() { # TITLE NAME TARGET
	local v
	v=$(of "$2" | median_of)
	figure "$1" "$(ratio "$v" "$slower")" ms "$3" \
		"guest $v, smallest $(of "$2" | smallest_of), divided by $slower"
}

report_start() {
	local b n here there slower=1
	shown taprun -v start.tap
	shown taprun -v -c true demo.tap
	for b in start demo; do
		for n in verified picked unpacked loaded started first-output; do
			printf '    %-6s exec to %-12s median %8s ms, smallest %8s ms\n' $b $n \
				"$(of "$b.$n" | median_of)" "$(of "$b.$n" | smallest_of)"
		done
	done
	there=$(of info | smallest_of)
	here=$("$work/measure" $((RUNS * 3)) "$O/taprun" --keys "$stage/keys" --info \
		"$stage/bin/demo.tap" | cut -d' ' -f1)
	shown "$O/taprun" --keys keys --info demo.tap
	figure "  reads and verifies the bundle of all kernels" "$here" ms - \
		"smallest here; guest $there, $(ratio "$there" "$here") times as long"
	grep -q '^kvm' "$user_cache/accel-2" 2>/dev/null || slower=$(ratio "$there" "$here")
	scaled "exec to finit_module, bundle of ${#guest_releases[@]}" start.unpacked 15
	scaled "exec to finit_module, demo for all kernels" demo.unpacked 15
	scaled "exec to first line" start.first-output 100
	scaled "exec to first line, demo for all kernels" demo.first-output 100
	shown taprun -v -c true arm.tap
	scaled "arm $(of arm.points | tail -1) functions by wildcard" arm.took -
	figure "  500 of them, in the guest's own time" "$(awk -v t="$(of arm.took | median_of)" \
		-v n="$(of arm.points | tail -1)" 'BEGIN { if (n) printf "%.0f", t * 500 / n }')" ms 400
	shown taprun -v -c true syscalls.tap
	figure "  syscall.* and returns: armed, in its own time" "$(of syscalls.took | median_of)" ms 20 \
		"smallest $(of syscalls.took | smallest_of); $(of syscalls.points | tail -1) points"
	figure "  … disarmed" "$(of syscalls.down | median_of)" ms 100 "smallest $(of syscalls.down | smallest_of)"
}

# Each turn's figure is the smallest of its rounds; the middle turn is taken.
hit_row() { # NAME TITLE TARGET YARDSTICK
	local v d
	v=$(of "hit.$1" | smallest_of)
	[ -n "$v" ] || return 0
	d=$(minus "$v" "$bare")
	if [ -n "${3:-}" ] && [ -n "$4" ]; then
		verdict "$(ratio "$d" "$4")" "$3"
		printf '    %-44s %9s ns over bare, %5s of hand-written  %s\n' "$2" "$d" \
			"$(ratio "$d" "$4")" "$how"
	else
		printf '    %-44s %9s ns over bare\n' "$2" "$d"
	fi
}

# The host's own neighbours halve its speed for seconds: the smallest of the turns.
report_hits() {
	local bare hand hand_ret
	bare=$(of hit.bare | smallest_of)
	hand=$(of hit.hand | smallest_of)
	hand_ret=$(of hit.hand_return | smallest_of)
	[ -n "$hand" ] && hand=$(minus "$hand" "$bare")
	[ -n "$hand_ret" ] && hand_ret=$(minus "$hand_ret" "$bare")
	printf '    $ calls 2000 250        a bare getppid() takes %s ns\n' "$bare"
	printf '    $ taprun -v -o FILE -c "calls 2000 250" NAME.tap; insmod hand_kprobe.ko and calls 2000 250\n'
	[ -n "$hand" ] || skip "hand-written kprobe on $rel" "its kbuild tools need another libc"
	hit_row hand "hand-written kprobe that counts"
	hit_row kprobe_empty 'kprobe.function(...) { next }' 1.1 "$hand"
	hit_row entry_empty 'kernel.function(...).call { next }' 0.5 "$hand"
	hit_row entry_count 'kernel.function(...).call { n++ }' - "$hand"
	hit_row entry_context 'kernel.function(...).call { n += pid() > 0 }' - "$hand"
	hit_row context_unguarded '  the same with -D STP_NO_OVERLOAD=1' - "$hand"
	hit_row aggregate_pid 'kernel.function(...).call { arr[pid()] <<< 1 }' - "$hand"
	hit_row hand_return "hand-written kretprobe that counts"
	hit_row return_empty 'kernel.function(...).return { next }' 1.1 "$hand_ret"
}

report_output() {
	local who n mb lps lost
	for who in ours kernel; do
		n=$(of "output.$who.lines" | median_of)
		[ -n "$n" ] || continue
		mb=$(of "output.$who.mbs" | median_of)
		lps=$(of "output.$who.lps" | median_of)
		lost=$(of "output.$who.lost" | median_of)
		printf '    %-44s %9s MB/s, %s lines/s; of %s lines lost and told: %s\n' \
			"$([ $who = ours ] && echo 'taprun -o FILE output.tap' || echo 'kprobe_events, cat trace_pipe')" \
			"$mb" "$lps" "$((n + lost))" "$lost"
	done
	figure "lines lost silently" "$(of output.ours.silent | sort -g | tail -1)" "" 0
	figure "output against the kernel's own trace_pipe" \
		"$(ratio "$(of output.ours.lps | median_of)" "$(of output.kernel.lps | median_of)")" x - "lines a second"
}

report_resident() {
	shown taprun -c "calls 300000 1" resident.tap
	figure "resident while relaying" "$(of resident.rss | sort -g | tail -1)" KiB 4096 \
		"VmRSS of taprun; its highest $(of resident.hwm | sort -g | tail -1), anonymous $(of resident.anon | sort -g | tail -1), rings mapped $(of resident.shared | sort -g | tail -1)"
	figure "resident, keeper process" "$(of resident.keeper | sort -g | tail -1)" KiB -
}

guest_options=()
guest_releases=()
for rel in $GUESTS; do
	if compgen -G "$TAP_CACHE/kits/${rel}_*.kit" >/dev/null; then
		guest_options+=(-r "$rel")
		guest_releases+=("$rel")
	else
		skip "guest $rel" "no kit; run: make bench PARTS='kit guest' KITS=$rel"
	fi
done
if [ ${#guest_releases[@]} -gt 0 ] && build_guest "${guest_options[@]}" && hand_module; then
	for rel in "${guest_releases[@]}"; do
		section "guest $rel (QEMU $(cat "$user_cache/accel-2" 2>/dev/null))"
		E2E_LIMIT_S=${E2E_LIMIT_S:-900} TAP_CACHE=$user_cache O=$O tests/e2e/run.sh \
			--dir "$stage" "$rel" >"$work/guest.$rel"
		grep -E '^(not ok|#)' "$work/guest.$rel"
		missed=$((missed + $(grep -c '^not ok' "$work/guest.$rel")))
		report_start
		report_resident
		report_hits
		report_output
	done
else
	skip "guests" "their bundles did not build"
fi
