#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tapbuild check: scripts by kernels, as text, TSV and JSON; nothing is compiled.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
old=$(kit_of '5.10*')
new=$(kit_of '7.*')
if [ -z "$old" ] || [ -z "$new" ]; then
	skip check "needs kits of a 5.10 and a 7.x kernel"
	exit 0
fi
o=$(re "$old") w=$(re "$new")
both=(-r "$old" -r "$new")
echo 'probe vfs.read { println(devname) }' >good.stp
# Linux 6.11 has it (commit bb26cfd9e77e)
echo 'probe kernel.function("sk_skb_reason_drop") { println(1) }' >newer.stp
printf 'probe begin {\n\tx = }\n' >wrong.stp
echo 'probe begin { println($1) exit() }' >arg.stp

expect 0 "a good one" "^script +$o +$w" '^good\.stp +ok +ok' '^2 of 2 ok: 1 scripts, 2 kernels' -- \
	"$builder" check "${both[@]}" good.stp
expect 1 "each refused cell has its tag, each reason is told once" '^good\.stp +ok +ok' '^newer\.stp +NO_MATCH +ok' \
	'^wrong\.stp +SYNTAX +SYNTAX' "^newer\.stp:1:14: error: no match for function 'sk_skb_reason_drop' \[NO_MATCH\]$" \
	"^  $o$" '^wrong\.stp:2:6: error: .* \[SYNTAX\]$' "^  $o $w$" '^3 of 6 ok: 3 scripts, 2 kernels' -- \
	"$builder" check good.stp newer.stp wrong.stp "${both[@]}"
expect 3 "a file that is not there does not stop it" '^none\.stp +NO_FILE' '^good\.stp +ok' 'none\.stp: error: cannot open' -- \
	"$builder" check none.stp good.stp "${both[@]}"
expect 1 "an argument that is missing" '^arg\.stp +ARG_RANGE' -- "$builder" check arg.stp good.stp "${both[@]}"
expect 0 "arguments come after --" '^arg\.stp +ok' -- "$builder" check arg.stp good.stp "${both[@]}" -- 5
expect 0 "-e" '^<input> +ok +ok' -- "$builder" check "${both[@]}" -e 'probe begin { exit() }'
expect 1 "-v: the whole error" "^$o:" 'did you mean|\^' -- "$builder" check -v "${both[@]}" newer.stp

t=$'\t'
expect 1 "TSV alone" "^script${t}kernel${t}status${t}tag${t}place${t}reason$" "^good\.stp${t}$o${t}ok$t$t$t$" \
	"^newer\.stp${t}$o${t}refused${t}NO_MATCH${t}newer\.stp:1:14${t}no match for" "^newer\.stp${t}$w${t}ok" '!^script ' -- \
	"$builder" check "${both[@]}" --tsv - good.stp newer.stp
expect 1 "both into files, and no table" -- \
	"$builder" check -q "${both[@]}" --tsv=t.tsv --json=t.json good.stp newer.stp
check "nothing was printed" test ! -s "$work/out"
check "TSV: a line a cell" test "$(wc -l <t.tsv)" = 5
check "JSON: a cell a line" grep -qxF " {\"script\":\"good.stp\",\"kernel\":\"$old\",\"status\":\"ok\"}," t.json
check "JSON: a refusal" grep -qE "^ \{\"script\":\"newer.stp\",\"kernel\":\"$o\",\"status\":\"refused\",\"tag\":\"NO_MATCH\",\"place\":\"newer.stp:1:14\",\"reason\":\"no match .*\"\},$" t.json
check "JSON: an array" sh -c 'head -1 t.json | grep -qx "\[" && tail -1 t.json | grep -qx "\]"'
check "nothing was built" sh -c '! ls ./*.tap'

expect 2 "no script" 'script must be specified' -- "$builder" check "${both[@]}"
expect 2 "not with -p" "does not go with" -- "$builder" check -p2 "${both[@]}" good.stp
expect 2 "not with -e and files" "not both" -- "$builder" check -e 'probe begin {}' good.stp
expect 2 "--tsv is no option of a build" "is for tapbuild check" -- "$builder" --tsv - "${both[@]}" good.stp
expect 3 "no such kernel" "no kit matches 'nosuch'" -- "$builder" check -r nosuch good.stp
expect 3 "no kernel" "no kit matches|name the kernels" -- "$builder" check good.stp
