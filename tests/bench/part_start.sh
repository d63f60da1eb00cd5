# SPDX-License-Identifier: GPL-2.0-only
# From exec of taprun to its finit_module(), natively: the demo module of a real
# kernel, renamed so that this machine takes it for its own, in a mount namespace
# with that kernel's build-id.  The load itself is refused, after the clock stopped.
# shellcheck shell=bash
section "start of taprun on this machine, up to finit_module()"
start_dir=$work/start
start_id=0123456789abcdef0123456789abcdef01234567
start_runs=15

# The kernel's own name, or the shorter one that personality(2) can give it.
start_as=(env)
start_release=$(uname -r)
if [ ${#start_release} -gt ${#main} ]; then
	start_as=(setarch --uname-2.6)
	start_release=$(setarch --uname-2.6 uname -r 2>/dev/null)
fi

start_bundle() {
	local at vermagic name
	rm -rf "$start_dir"
	mkdir -p "$start_dir/keys" "$start_dir/p/self" "$start_dir/p/sys/kernel"
	cp "$work/bench.pub" "$start_dir/keys/bench.key"
	"${tapbuild[@]}" -q -r "$main" -o "$start_dir/real.tap" tests/demo/rwlatency.stp >/dev/null || return 1
	tar xOf "$start_dir/real.tap" tap-1/pack-0000 | zstd -dcq >"$start_dir/pack.tar" || return 1
	name=$(tar tf "$start_dir/pack.tar" | head -1)
	tar xOf "$start_dir/pack.tar" "$name" >"$start_dir/m.ko"
	at=$(grep -abo "vermagic=$main " "$start_dir/m.ko" | head -1 | cut -d: -f1)
	vermagic=$(tail -c "+$((at + 10))" "$start_dir/m.ko" | head -c 200 | tr '\0' '\n' | head -1)
	vermagic=${vermagic/#$main/$start_release}
	printf 'vermagic=%s\0\0\0\0\0\0\0\0' "$vermagic" | head -c $((9 + ${#vermagic} + ${#main} - ${#start_release} + 1)) |
		dd of="$start_dir/m.ko" bs=1 seek="$at" conv=notrunc 2>/dev/null
	"$O/cli/mktap" make "$work/bench.key" "$start_dir/x.tap" "$start_dir/m.ko" "machine=$(uname -m)" \
		"release=$start_release" "build-id=$start_id" "module=$(basename "$name" .ko)" "vermagic=$vermagic"
}

# A kernel with that build-id and with modules, for what runs in its namespace.
start_host() {
	{ printf '\004\0\0\0\024\0\0\0\003\0\0\0GNU\0'; printf "$(printf %s "$start_id" | sed 's/../\\x&/g')"; } >"$start_dir/notes"
	cp /proc/self/status /proc/self/uid_map "$start_dir/p/self/"
	: >"$start_dir/p/modules"
	: >"$start_dir/p/cmdline"
	echo 0 >"$start_dir/p/sys/kernel/modules_disabled"
	mount --make-rprivate / && mount --bind "$start_dir/notes" /sys/kernel/notes &&
		mount --bind "$start_dir/p" /proc && mount -t tmpfs none /var/lib
}

# Milliseconds of each run; the filter stops nothing but the two calls.
start_measure() {
	local i
	start_host || return 1
	for ((i = 0; i < start_runs; i++)); do
		"${start_as[@]}" strace -f --seccomp-bpf -ttt -e trace=execve,finit_module \
			"$O/taprun" --keys "$start_dir/keys" "$start_dir/x.tap" 2>&1 | awk '
			{ sub(/^\[pid +[0-9]+\] */, "") }
			/^[0-9.]+ execve\(.*taprun/ { t = $1 }
			/^[0-9.]+ finit_module\(/ && t { printf "%.2f\n", ($1 - t) * 1000; exit }'
	done
}

if [ "$(id -u)" != 0 ] || ! command -v strace >/dev/null || ! unshare -m true 2>/dev/null; then
	skip "exec to finit_module, one kernel" "root, strace and mount namespaces are needed"
elif [ ${#start_release} -gt ${#main} ]; then
	skip "exec to finit_module, one kernel" "the name of this kernel is too long: $start_release"
elif ! make --no-print-directory -s O="${O#"$PWD"/}" cli-bins >/dev/null 2>&1 || ! start_bundle; then
	skip "exec to finit_module, one kernel" "its bundle could not be made"
else
	shown strace -f --seccomp-bpf -ttt -e trace=execve,finit_module taprun --keys keys x.tap
	export start_dir start_id start_runs O
	start_times=$(unshare -m bash -c "$(declare -p start_as); $(declare -f start_host start_measure); start_measure" | sort -n)
	if [ "$(wc -l <<<"$start_times")" -lt "$start_runs" ]; then
		skip "exec to finit_module, one kernel" "taprun did not come as far as that"
	else
		figure "exec to finit_module, one kernel" "$(sed -n $(((start_runs + 1) / 2))p <<<"$start_times")" ms 15 \
			"median of $start_runs, $(sed -n 1p <<<"$start_times") to $(sed -n '$p' <<<"$start_times")"
	fi
fi
