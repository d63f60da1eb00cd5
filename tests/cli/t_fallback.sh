#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --fallback: what a bundle says of what it relies on; tests/e2e/sibling.sh runs it.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0-[0-9][0-9]-amd64')
if [ -z "$k" ]; then
	skip fallback "needs a kit of a 6.1 kernel"
	exit 0
fi
info=("$builder" info --keys "$work/keys")
relies() { # BUNDLE: one a line
	"${info[@]}" --json "$1" | python3 -c 'import json, sys
for t in json.load(sys.stdin)["targets"]: print("\n".join(t["relies"]) or "bound " + str(t["bound"]))'
}
# shellcheck disable=SC2016
script='probe kernel.function("vfs_read") { println($file->f_path->dentry->d_parent, $file->f_flags) }
probe kernel.function("vfs_write").return { println($return) }
probe kernel.trace("sched_switch") { println($next->pid) }
probe syscall.openat { println(pid()) } probe timer.s(1) { exit() }'

# ---- not asked for: as ever ----------------------------------------------------------
expect 0 "a bundle that was not asked" '1 of 1 kernels' -- "$builder" -r "$k" -m plain -e "$script"
tar xOf plain.tap tap-1/manifest >plain.text
check "it has no such line" sh -c '! grep -qE "^(rely|bound):|^features:.*fallback" plain.text'
expect 0 "as JSON: nothing, in so many words" '"bound":null,"relies":\[\]' -- "${info[@]}" --json plain.tap

# ---- asked for ------------------------------------------------------------------------
expect 0 "a bundle that was" '1 of 1 kernels' -- "$builder" --fallback -r "$k" -m b -e "$script"
tar xOf b.tap tap-1/manifest >text
check "the feature" grep -qx 'features: fallback pack-zstd' text
for re in 'function vfs_read' 'function vfs_write' 'proto vfs_read 4 [0-9a-f]{16}' 'trace sched_switch [0-9]+ [0-9a-f]{16}' \
	'member struct file f_path [0-9]+ 0 16 [0-9a-f]{16}' 'member struct path dentry 64 0 8 [0-9a-f]{16}' \
	'member struct dentry d_parent [0-9]+ 0 8 [0-9a-f]{16}' 'member struct task_struct pid [0-9]+ 0 4 [0-9a-f]{16}' \
	'type struct task_struct [0-9]+ [0-9a-f]{16}' 'type struct ftrace_ops [0-9]+ [0-9a-f]{16}'; do
	check "rely: $re" grep -qxE "rely: $re" text
done
relies b.tap >json
check "as JSON: the same" sh -c 'sed -n "s/^rely: //p" text | cmp - json'
expect 0 "info says which modules may" "^$(re "$k") .* \(fallback\)$" -- "${info[@]}" b.tap
expect 0 "rebuild makes it again" 'the same bytes again' -- "$builder" rebuild --keys "$work/keys" b.tap
cp b.tap r.tap
check "resign" "$builder" resign --keys "$work/keys" --not-after 2040-01-01 r.tap
relies r.tap >json2
check "resign keeps them" cmp json json2
expect 1 "diff tells of them" '^features: ' -- "$builder" diff --keys "$work/keys" plain.tap b.tap
check "shards" "$builder" -q --fallback -r "$k" -m b --shard 1/1 -o b.part -e "$script"
check "… and their merge" "$builder" merge -o m.tap b.part
check "are the same bytes" sh -c 'tar xOf m.tap tap-1/manifest | cmp - text'

# ---- bound ----------------------------------------------------------------------------
bound() { # PATTERN OPTION...
	expect 0 "bound: $1" '1 of 1 kernels' " ok \(bound: $1\)$" -- "$builder" --fallback -r "$k" -m x "${@:2}"
	relies x.tap >json
	check "… says so" grep -qE "^bound $1" json
	check "… and nothing else" test "$(wc -l <json)" = 1
}
bound 'kernel\.data\(.*\)\.write is at an address' -e 'probe kernel.data("pid_max").write { println(1) }'
bound 'kernel\.statement\(.*\)\.absolute is at an address' -g -e 'probe kernel.statement(0xffffffff81000000).absolute { println(1) }'
bound 'module\("ext4"\)\.function\(.*\) is in a module' -e 'probe module("ext4").function("ext4_file_open") { println(1) }'
bound 'it uses the address of a kernel variable' -e 'probe begin { println(@var("runqueues")->nr_running) }'
bound "the runtime's part 'stack' is not known to be the same elsewhere" -e 'probe kernel.function("vfs_read") { print_backtrace() }'
# shellcheck disable=SC2016
bound "it casts to 'atomic_t', which is no name of a struct" -e 'probe kernel.function("vfs_read") { println(@cast($file, "atomic_t")->counter) }'
bound 'the script has C of its own' -g -e 'function f:long() %{ STAP_RETVALUE = 1; %} probe begin { println(f()) }'
bound '(it probes more than 256 functions|.* is a (copy|part) that the compiler made.*|.* has no name of its own)' -e 'probe kernel.function("tcp_*") { println(1) }'
# shellcheck disable=SC2016
check "a script without probes of functions may" "$builder" -q --fallback -r "$k" -m t -e 'probe timer.s(1) { println(execname()) }'
relies t.tap >json
check "… and relies on the runtime's structures" sh -c 'grep -q "^type struct task_struct" json && ! grep -qv "^type" json'

# ---- on this host, which is not in the bundle ---------------------------------------------
expect 40 "what does not fit is told, or that it does" '; the module of .* (cannot run here: .*|fits in all it relies on) \[NO-KERNEL\]$' -- \
	"$runner" --keys "$work/keys" --dry-run b.tap
expect 40 "bound is told" 'cannot run here: it is bound to it: ' -- \
	"$runner" --keys "$work/keys" --dry-run --fallback x.tap
expect 40 "without requirements: as ever" 'nearest [^;]* \[NO-KERNEL\]$' -- \
	"$runner" --keys "$work/keys" --dry-run --fallback plain.tap
