#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Ends and beginnings of bundles, and resign: other signatures and limits, same packs.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
keys=(--keys "$work/keys")
hello='probe begin { println(3) exit() }'
build() { "$builder" -q -r "$k" -m good -e "$hello" "$@"; }
run() { "$runner" "${keys[@]}" --dry-run "$1"; }
build -o good.tap || { result 1 "a bundle to begin with"; exit 1; }
manifest() { tar xOf "$1" tap-1/manifest; }
same_packs() { # A B: all but manifest and signatures
	local m
	[ "$(tar tf "$1")" = "$(tar tf "$2")" ] || return 1
	for m in $(tar tf "$1" | sed 1,2d); do
		tar xOf "$1" "$m" >m1
		tar xOf "$2" "$m" | cmp - m1 || return 1
	done
}
ids() { tar xOf "$1" tap-1/signatures | cut -d' ' -f4; }
key_id() { sed -n 's/^.*key id *//p' <("$builder" keygen -o "$@"); }

# ---- build with limits ----------------------------------------------------------------
expect 0 "an end in the past is built" -- build --not-after 2001-09-09T01:46:40Z -o past.tap
check "and in the manifest" grep -qx 'not-after: 1000000000' <(manifest past.tap)
expect 34 "taprun: expired" '^taprun: past\.tap: expired 2001-09-09 .*\[EXPIRED\]$' '^hint: .*tapbuild resign --not-after' -- run past.tap
expect 1 "verify says so too" '\[EXPIRED\]$' -- "$builder" verify "${keys[@]}" past.tap
expect 0 "a beginning in the future" -- build --not-before=2240-01-01 -o later.tap
check "a day begins with its first second" grep -qx 'not-before: 8520336000' <(manifest later.tap)
expect 35 "taprun: not yet" 'valid from 2240-01-01 .*\[NOT-YET\]$' -- run later.tap
expect 0 "a day ends with its last" -- build --not-before 2020-02-29 --not-after 2240-12-31 -o now.tap
check "in the manifest" grep -qx 'not-after: 8551958399' <(manifest now.tap)
expect 40 "taprun takes it as far as kernels" -- run now.tap
for t in 2023-02-29 2023-13-01 2023-1-01 '2023-01-01 ' tomorrow 1e9 -5 2023-01-01T25:00:00Z 2023-01-01T00:00:00 0 1969-12-31 99999999999999999999; do
	expect 2 "no time: '$t'" '^tapbuild: --not-after' -- build -o no.tap --not-after="$t"
done
expect 2 "an end before the beginning" '^tapbuild: --not-before is after --not-after$' -- build -o no.tap --not-before 2024-01-01 --not-after 2023-12-31
check "nothing was written" test ! -e no.tap

# ---- the manifest changes ---------------------------------------------------------------
sum=$(sha256sum past.tap)
expect 0 "resign of an expired bundle" "^alive\.tap: signed as 'release'$" -- "$builder" resign "${keys[@]}" --not-after 2240-12-31 -o alive.tap past.tap
check "the old one stays" test "$sum" = "$(sha256sum past.tap)"
check "packs are the same bytes" same_packs past.tap alive.tap
expect 0 "verify" 'good: ' -- "$builder" verify "${keys[@]}" alive.tap
expect 40 "taprun takes it" -- run alive.tap
check "only that line differs" sh -c "tar xOf past.tap tap-1/manifest | sed 's/^not-after:.*/not-after: 8551958399/' >m1; tar xOf alive.tap tap-1/manifest | cmp - m1"
expect 0 "as built so" -- env SOURCE_DATE_EPOCH=0 "$builder" resign "${keys[@]}" --not-after 1000000000 -o again.tap alive.tap
check "back again: the first bytes" cmp again.tap past.tap
expect 0 "all limits at once" -- "$builder" resign "${keys[@]}" --not-before 2020-01-01 --not-after 2240-12-31 --version 7 --audience 'lab-1 web' -o all.tap good.tap
build --not-before 2020-01-01 --not-after 2240-12-31 --audience 'lab-1 web' -o all2.tap
limits() { tar xOf "$1" tap-1/manifest | sed '/^$/q' | grep -E '^(version|not-before|not-after|audience): '; }
check "the manifest's lines are those of a build with them" test "$(limits all2.tap | sed 's/^version: 0$/version: 7/')" = "$(limits all.tap)"
check "all four of them" test "$(limits all.tap | wc -l)" = 4
expect 37 "taprun: for other fleets" '\[AUDIENCE\]$' -- run all.tap
expect 0 "none takes limits away" -- "$builder" resign "${keys[@]}" --not-before none --not-after none --audience none -o back.tap all.tap
check "as without" sh -c "tar xOf good.tap tap-1/manifest | sed 's/^version: 0\$/version: 7/' >m1; tar xOf back.tap tap-1/manifest | cmp - m1"
expect 2 "the version does not go down" 'version 7 is not lowered to 6$' -- "$builder" resign "${keys[@]}" --version 6 all.tap
expect 2 "a version that is none" "--version wants a number, not '01'" -- "$builder" resign "${keys[@]}" --version 01 all.tap
expect 2 "fleets out of order" '^tapbuild: the bundle cannot hold this: .*sorted' -- "$builder" resign "${keys[@]}" --audience 'web lab-1' -o no.tap all.tap
expect 2 "a fleet with a line break" '^tapbuild: the bundle cannot hold this' -- "$builder" resign "${keys[@]}" --audience $'a\nguru: yes' -o no.tap all.tap
expect 2 "an end before its beginning" 'not-before is after not-after' -- "$builder" resign "${keys[@]}" --not-after 2019-01-01 -o no.tap all.tap
expect 2 "no time" "^tapbuild: --not-after wants .*, not 'soon'$" -- "$builder" resign "${keys[@]}" --not-after soon all.tap

# ---- signatures ---------------------------------------------------------------------------
first=$(ids good.tap)
b=$(key_id b --role build)
c=$(key_id c)
cp b.pub c.pub "$work/keys/"
expect 0 "all are replaced" "^new\.tap: signed as 'build', 'release'$" -- "$builder" resign "${keys[@]}" --key b.key --key c.key -o new.tap good.tap
check "by these two" test "$(ids new.tap)" = "$b"$'\n'"$c"
check "the manifest is the same" cmp <(manifest good.tap) <(manifest new.tap)
check "the packs too" same_packs good.tap new.tap
expect 0 "both hold" -- "$builder" verify -q "${keys[@]}" --need-build 1 --need-release 1 new.tap
expect 0 "one is dropped" '^one\.tap: signatures dropped$' -- "$builder" resign "${keys[@]}" --drop "${b:0:8}" -o one.tap new.tap
check "the other stays" test "$(ids one.tap)" = "$c"
expect 0 "one for another" -- "$builder" resign "${keys[@]}" --drop "$c" --key "$work/key.key" -o swap.tap new.tap
check "these are there" test "$(ids swap.tap)" = "$b"$'\n'"$first"
cp new.tap in.tap
expect 0 "in place, with the default key" "^in\.tap: signed as 'release'$" -- "$builder" resign "${keys[@]}" in.tap
check "one signature" test "$(ids in.tap)" = "$first"
sum=$(sha256sum new.tap)
expect 3 "a key that did not sign" 'no signature by key 00000000$' -- "$builder" resign "${keys[@]}" --drop 00000000 new.tap
expect 2 "a short key id" '^tapbuild: --drop wants 8 or more' -- "$builder" resign "${keys[@]}" --drop abc new.tap
expect 2 "the last one is not dropped" 'no signature would be left' '^hint: ' -- "$builder" resign "${keys[@]}" --drop "$c" one.tap
expect 2 "--drop and a changed manifest" '^tapbuild: --drop keeps signatures' -- "$builder" resign "${keys[@]}" --drop "$c" --not-after none new.tap
expect 3 "the same key twice" 'has signed this bundle' -- "$builder" resign "${keys[@]}" --key b.key --key b.key new.tap
expect 3 "no such key" "no signing key 'no\.key'" -- "$builder" resign "${keys[@]}" --key no.key new.tap
mkdir none
cp b.pub none/
expect 4 "what nobody trusted signed" '\[NO-SIGNATURE\]$' -- "$builder" resign --keys none --key b.key good.tap
check "whatever failed wrote nothing" test "$sum" = "$(sha256sum new.tap)" -a ! -e no.tap
expect 3 "a directory where nobody may write" '^tapbuild: ' -- "$builder" resign "${keys[@]}" -o /proc/no/x.tap new.tap
check "no scratch is left" no_scratch
