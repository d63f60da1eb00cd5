#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every command says how it is called to who asks with --help or -h: on stdout, exit 0.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

commands=$("$builder" help | sed -n '/^commands:$/,/^$/s/^  \([a-z]*\)  *.*/\1/p')
subs=$("$builder" kit 2>&1 | sed -n 's/^  \([a-z]*\)  *.*/\1/p' | sort -u)
check "help lists commands" test "$(wc -w <<<"$commands")" -ge 8
check "kit lists sub-commands" test "$(wc -w <<<"$subs")" -ge 9
for c in $commands $(sed 's/^/kit:/' <<<"$subs"); do
	words=$(tr : ' ' <<<"$c")
	for o in --help -h; do
		# shellcheck disable=SC2086
		expect 0 "$words $o" "^usage: tapbuild" '!^tapbuild: ' '!unrecognized' -- "$builder" $words $o
		check "$words $o: on stdout, nothing else" test -s "$work/out" -a ! -s "$work/err"
	done
done
expect 0 "-h" '^usage: tapbuild \[options\] SCRIPT\.stp' -- "$builder" -h
expect 0 "taprun -h" '^usage: taprun ' -- "$runner" -h
expect 0 "taprun --help" '^usage: taprun ' -- "$runner" --help
expect 0 "kit add names all its options" '^usage: tapbuild kit add \[--debuginfo\] \[-v\] .*FILE\.\.\.$' '!COMMAND' -- \
	"$builder" kit add --help
expect 0 "anywhere before the operands end" '^usage: tapbuild verify ' -- "$builder" verify -q x.tap --help
expect 2 "without it the usage is a complaint" '^usage: tapbuild kit add ' -- "$builder" kit add
check "on stderr" test ! -s "$work/out" -a -s "$work/err"
expect 2 "an option that is none" '^usage: tapbuild info ' -- "$builder" info --nosuch x.tap
