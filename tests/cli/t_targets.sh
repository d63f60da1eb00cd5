#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Scripts that not every kernel takes: the others are built, the reason is signed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
old=$(kit_of '5.10*')
new=$(kit_of '7.*')
if [ -z "$old" ] || [ -z "$new" ]; then
	skip targets "needs kits of a 5.10 and a 7.x kernel"
	exit 0
fi
o=$(re "$old") w=$(re "$new")
both=(-r "$old" -r "$new")
# Parameters of vfs_getxattr: Linux 6.3 (commit 39f60c1ccee7) added $idmap.
# shellcheck disable=SC2016
script='probe kernel.function("vfs_getxattr") { println($idmap) }'

expect 0 "a variable of one kernel only" "^$o +- +0 .* unsupported: .*\\\$idmap" "^$w +s_[0-9a-f]+ .* ok$" \
	'^s\.tap: .* 1 of 2 kernels' -- "$builder" "${both[@]}" -m s -e "$script"
expect 0 "info: the reason is in the manifest" "^$o .*unsupported: E-[A-Z]+ .*\\\$idmap" "^$w .*s_[0-9a-f]{8}$" -- \
	"$builder" info --keys "$work/keys" s.tap
expect 0 "taprun --list tells it too" "$o .*unsupported .*\\\$idmap" -- "$runner" --keys "$work/keys" --list s.tap
expect 0 "the bundle verifies" 'good: s version 0, 1 of 2 kernels' -- "$builder" verify --keys "$work/keys" s.tap
expect 1 "--strict" 'nothing was written' '\$idmap' -- "$builder" --strict "${both[@]}" -m strict -e "$script"
check "--strict wrote nothing" test ! -e strict.tap
expect 1 "a variable of none" '<input>:1:[0-9]+: error: .*\$nosuch' '!\.tap: ' -- "$builder" "${both[@]}" -m none \
	-e 'probe kernel.function("vfs_read") { println($nosuch) }'
check "nothing is written when no kernel takes it" test ! -e none.tap

# Fields and functions, too.  struct file: f_ref replaced f_count (6.13, commit 90ee6ed776c0).
# shellcheck disable=SC2016
expect 0 "a field of one kernel only" "^$o .* unsupported: .*f_ref" "^$w .* ok$" -- \
	"$builder" "${both[@]}" -m f -e 'probe kernel.function("vfs_read") { println($file->f_ref->refcnt->counter) }'
expect 0 "a function of one kernel only" "^$o .* unsupported: .*sk_skb_reason_drop" "^$w .* ok$" -- \
	"$builder" "${both[@]}" -m fn -e 'probe kernel.function("sk_skb_reason_drop") { println(1) }'
expect 0 "a condition takes care of both" '2 of 2 kernels' -- "$builder" --strict "${both[@]}" -m c \
	-e 'probe begin { %( kernel_v >= "6.3" %? println("new") %: println("old") %) exit() }'
# shellcheck disable=SC2016
expect 0 "so does @defined" '2 of 2 kernels' -- "$builder" --strict "${both[@]}" -m d \
	-e 'probe kernel.function("vfs_getxattr") { println(@defined($idmap)) }'
expect 0 "so does '?'" '2 of 2 kernels' -- "$builder" --strict "${both[@]}" -m q \
	-e 'probe kernel.function("sk_skb_reason_drop") ? { println(1) } probe begin { println(2) }'
expect 0 "patterns and ids name kits, each once" '1 of 1 kernels' -- "$builder" -r "$old" -r "${old%.*}*" -r "$(
	"$builder" kit list "$old" | awk '{ print $3 }')" -m once -e 'probe begin { println(1) }'
