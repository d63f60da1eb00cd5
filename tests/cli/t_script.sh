#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Scripts with mistakes: where, what, which tag; several at a time; nothing written.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')

# shellcheck disable=SC2016
{
	printf 'global a\nprobe begin {\n\tprintln("h\303\251llo" + 1)\n\tprintln("x" . 2)\n}\n' >types.stp
	printf 'probe begin { exit( }\nprobe end { foreach }\n' >syntax.stp
	printf 'probe begin {\n\ta = nofunction(1)\n\tb = alsono(2)\n}\n' >names.stp
	printf 'probe nosuch.point { exit() }\nprobe kernel.function("vfs_red") { exit() }\nprobe begin { println($x) }\n' >points.stp
	printf 'probe begin { println("open\n' >open.stp
	printf 'probe begin { println(%%( 1 ) }\n' >cond.stp
}

expect 1 "types: both are told, with place, line, caret, tag" \
	'^types\.stp:[34]:[0-9]+: error: .* \[[A-Z_]+\]$' '^  ' '^ *.*\^~*$' -- \
	"$builder" -r "$k" types.stp
caret=$(grep -n '\^' "$work/err" | head -1 | cut -d: -f1)
check "the caret stands under the source line" test "${caret:-0}" -gt 2
check "no error twice" test "$(grep -c ': error:' "$work/err")" = "$(grep ': error:' "$work/err" | sort -u | wc -l)"
expect 1 "syntax: place and tag" '^syntax\.stp:1:[0-9]+: error: .*\[[A-Z_]+\]$' -- "$builder" -r "$k" syntax.stp
check "syntax: more than one is told" test "$(grep -c ': error:' "$work/err")" -ge 2
expect 1 "unknown functions: both are told" '^names\.stp:2:6: error: .*nofunction' '^names\.stp:3:6: error: .*alsono' -- \
	"$builder" -r "$k" names.stp
expect 1 "unknown probe points, functions, variables in one run, with what is similar" \
	'^points\.stp:1:7: error: .*nosuch' '^points\.stp:2:14: error: .*vfs_red.*vfs_read' '^points\.stp:3:23: error: .*\$x' -- \
	"$builder" -r "$k" points.stp
expect 1 "a string without end" '^open\.stp:1:[0-9]+: error:' -- "$builder" -r "$k" open.stp
expect 1 "a condition without end" '^cond\.stp:[0-9]+:[0-9]+: error: .*\[BAD_COND\]' -- "$builder" -r "$k" cond.stp
expect 1 "an empty script" 'no probes' -- "$builder" -r "$k" -e ''
tr -d '\000' <"$builder" | head -c 200000 >rubbish.stp # with NULs it is no script, which is one line
expect 1 "binary rubbish is a mistake, not a crash" '^rubbish\.stp:[0-9]+:[0-9]+: error: ' -- "$builder" -r "$k" rubbish.stp
for i in $(seq 1 30); do echo "probe begin { x$i = nofunction$i() }"; done >many.stp
expect 1 "after twenty the rest is counted" 'more errors' -- "$builder" -r "$k" many.stp
check "at most twenty are shown" test "$(grep -c ': error:' "$work/err")" -le 20
check "nothing was written" test -z "$(ls -- *.tap 2>/dev/null)"
check "no scratch is left" no_scratch

expect 0 "a good one" '\.tap: [0-9]+ bytes, 1 of 1' -- "$builder" -r "$k" -o good.tap -e 'probe begin { println("hi") exit() }'
sum=$(sha256sum good.tap)
expect 1 "a bad one with the same output" 'error:' -- "$builder" -r "$k" -o good.tap names.stp
check "the old bundle is as it was" test "$sum" = "$(sha256sum good.tap)"
expect 1 "the same on every kernel is told once" '!names.stp.*names.stp' 'nofunction' -- "$builder" --all names.stp
check "once, not once per kernel" test "$(grep -c 'nofunction' "$work/err")" -le 3
expect 0 "a warning" 'warning: ' -- "$builder" -r "$k" -p2 -e 'global never probe begin { println(1) exit() }'
expect 0 "-w: no warning" '!warning' -- "$builder" -w -r "$k" -p2 -e 'global never probe begin { println(1) exit() }'
expect 1 "-W: a warning is an error" 'error: ' -- "$builder" -W -r "$k" -p2 -e 'global never probe begin { println(1) exit() }'
