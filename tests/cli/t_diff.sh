#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# diff: what differs between two bundles, and diff(1)'s exit codes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
keys=(--keys "$work/keys")
old=$(kit_of '5.10*')
one=$(kit_of '6.1.0*-amd64')
two=$(kit_of '6.12*')
hello='global n = 3 probe begin { println(n) exit() }'
build() { "$builder" -q -r "$one" -m good "$@"; }
differ() { "$builder" diff "${keys[@]}" "$@"; }
hex='[0-9a-f]{64}'
build -r "$two" -o a.tap -e "$hello" || { result 1 "a bundle to begin with"; exit 1; }
cp a.tap same.tap

expect 0 "the same bytes" '!.' -- differ a.tap same.tap
build -r "$two" -o again.tap -e "$hello"
expect 0 "built again" '!.' -- differ a.tap again.tap
"$builder" resign "${keys[@]}" --version 2 --not-after 2240-01-01 -o later.tap a.tap >/dev/null
expect 1 "values of the head" '^version: 0 -> 2$' '^not-after: only in later\.tap: 8520422399$' '!^kernel ' '!^pack ' '!^member ' -- differ a.tap later.tap
expect 1 "the other way round" '^version: 2 -> 0$' '^not-after: only in later\.tap: ' -- differ later.tap a.tap
expect 1 "-q says it by the exit code" '!.' -- differ -q a.tap later.tap

build -r "$old" -o kernels.tap -e "$hello"
expect 1 "kernels" "^kernel $(re "$two") x86_64 [0-9a-f]{12}: only in a\.tap$" "^kernel $(re "$old") x86_64 [0-9a-f]{12}: only in kernels\.tap$" \
	"!^kernel $(re "$one")" '^pack 0: ' '^bundle-id: ' -- differ a.tap kernels.tap
check "one line for each of them" test "$(grep -c '^kernel ' "$work/out")" = 2

build -r "$two" -o script.tap -e "${hello/println(n)/println(n + 1)}"
expect 1 "a script, and so the modules" "^script input\.stp: [0-9]+ $hex -> [0-9]+ $hex$" "^kernel $(re "$one") x86_64 [0-9a-f]{12}: module: good_[0-9a-f]{8} -> good_[0-9a-f]{8}$" \
	"^kernel $(re "$two") x86_64 [0-9a-f]{12}: ko: [0-9]+ $hex -> [0-9]+ $hex$" '!param' '!only in' -- differ a.tap script.tap
build -r "$two" -o param.tap -e "${hello/n = 3/n = 4}"
expect 1 "a parameter" '^param n: int64 3 .* -> int64 4 ' -- differ a.tap param.tap
build -r "$old" -o unsup.tap -e 'global n = 3 probe kernel.function("folio_add_lru").call { n++ } probe begin { println(n) }' 2>/dev/null
expect 1 "a kernel that is not supported any more" "^kernel $(re "$old") .*: status: ok -> unsupported E-SCRIPT " "^kernel $(re "$old") .*: ko: only in kernels\.tap: " \
	'^probe-summary ' -- differ kernels.tap unsup.tap

"$builder" keygen -o b --role build >/dev/null
"$builder" sign "${keys[@]}" --key b.key -o two.tap a.tap >/dev/null
expect 1 "a signature more" "^signature build $hex: only in two\.tap: time [0-9]+$" -- differ a.tap two.tap
check "and nothing else" test "$(wc -l <"$work/out")" = 1
cp b.pub "$work/keys/"
"$builder" resign "${keys[@]}" --key b.key -o other.tap a.tap >/dev/null
expect 1 "another signature" "^signature release $hex: only in a\.tap" "^signature build $hex: only in other\.tap" -- differ a.tap other.tap

head -c 3000 a.tap >cut.tap
expect 3 "a cut bundle is not a difference" '\[TRUNCATED\]$' -- differ a.tap cut.tap
expect 3 "nor is another file" '\[FORMAT\]$' -- differ /etc/passwd a.tap
expect 3 "nor none" "cannot open 'no\.tap'" -- differ a.tap no.tap
mkdir none
cp b.pub none/
expect 4 "what nobody trusted signed is not compared" '\[NO-SIGNATURE\]$' -- "$builder" diff --keys none a.tap same.tap
expect 2 "one operand" '^usage: tapbuild diff ' -- differ a.tap
expect 3 "standard output is full: nothing was told" '^tapbuild: cannot write' -- bash -c "'$builder' diff --keys '$work/keys' a.tap later.tap >/dev/full"
