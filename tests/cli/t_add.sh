#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tapbuild add: one more kernel for a finished bundle; what it has stays.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
k2=$(kit_of '5.10*')
k3=$(kit_of '6.12*')
add=("$builder" add --keys "$work/keys")
manifest() { tar xOf "$1" tap-1/manifest; }
kos() { manifest "$1" | grep -B8 '^ko: ' | sed -n 's/^release: //p; s/^module: //p; s/^ko: .* //p' | paste - - - | sort; }

mkdir inc
echo 'function mine() { return 4 }' >inc/mine.stp
"$builder" -q -r "$k" -I inc -D MAXACTION=77 -G v=3 -m one --bundle-version 4 --audience lab-1 -o one.tap \
	-e 'global v probe kernel.function("vfs_read") { println(mine() + v, @1) }' '"x y"' || result 1 "a bundle to begin with"
"$builder" resign --keys "$work/keys" --version 6 --not-after 2240-12-31 one.tap >/dev/null
rm -r inc
expect 0 "a kernel more, without the script or its directories" "^two\.tap: 2 kernels, version 7, signed as 'release'; as they were: 1$" \
	"^  $(re "$k2") x86_64: one_[0-9a-f]{8}$" -- "${add[@]}" -r "$k2" -o two.tap one.tap
check "the bundle is good" "$builder" verify --keys "$work/keys" two.tap
check "audience and end are those of the old one" test \
	"$(manifest one.tap | grep -E '^(audience|not-)')" = "$(manifest two.tap | grep -E '^(audience|not-)')"
check "the old module's name and digest" test -z "$(kos one.tap | comm -23 - <(kos two.tap))" -a -n "$(kos one.tap)"
check "two kernels have one" test "$(kos two.tap | wc -l)" = 2
expect 0 "rebuild: the same bytes" 'the same bytes again: 2 kernels' -- "$builder" rebuild --keys "$work/keys" two.tap
cp two.tap three.tap
expect 0 "in place, another version, by a glob" '^three\.tap: .* version 20, .*as they were: 2$' -- "${add[@]}" --version 20 -r "${k3%%.*}.12.*" three.tap
check "the two modules' digests" test -z "$(kos two.tap | comm -23 - <(kos three.tap))"
"$builder" -q -r "$k" -r "$k2" -r "$k3" -D MAXACTION=77 -o s.tap -e 'probe begin { exit() }'
"$builder" -q -r "$k" -D MAXACTION=77 -o s1.tap -e 'probe begin { exit() }'
"${add[@]}" -r "$k3" -r "$k2" -o s3.tap s1.tap >/dev/null
tar xOf s.tap tap-1/pack-0000 >s.pack
tar xOf s3.tap tap-1/pack-0000 >s3.pack
check "the pack is that of one build of all" cmp s.pack s3.pack
check "version 0 stays" sh -c 'tar xOf s3.tap tap-1/manifest | grep -qx "version: 0"'
"$builder" -q -r "$k" -o u1.tap -e 'probe kernel.function("folio_add_lru") { exit() }'
expect 0 "a kernel that cannot have it says why" "^  $(re "$k2") x86_64: .*folio_add_lru" -- "${add[@]}" -r "$k2" -o u2.tap u1.tap

# Nothing is written where there is nothing to add, or what there is would change.
cp two.tap same.tap
expect 3 "nothing to add" 'has all kernels that -r names' '^hint: .*kit add' -- "${add[@]}" -r "$k" -r "$k2" same.tap
expect 3 "no such kit" "no kit matches '9.9.9'" '^hint: .*kit fetch' -- "${add[@]}" -r 9.9.9 same.tap
expect 2 "a version that is not higher" 'version 7 is not lowered or kept as 7' -- "${add[@]}" --version 7 -r "$k3" same.tap
expect 2 "a version that is none" "wants a number, not 'x'" -- "${add[@]}" --version x -r "$k3" same.tap
"$builder" extract --keys "$work/keys" -C ex s1.tap >/dev/null
sed 's/^\(ko: .* \)[0-9a-f]\{8\}/\100000000/' ex/manifest >m2
"$mktap" resign "$work/key.key" s1.tap m2 odd.tap
expect "[134]" "a module that is not what its script gives" '!as they were' -- "${add[@]}" -r "$k2" odd.tap
sed 's/^module: .*/module: one_00000000/' ex/manifest >m2
"$mktap" resign "$work/key.key" s1.tap m2 odd.tap
expect "[134]" "a module of another name" '!as they were' -- "${add[@]}" -r "$k2" odd.tap
echo x >ko
"$mktap" make "$work/key.key" none.tap ko version=1
expect 3 "a bundle without a recipe" 'does not say how it was made' -- "${add[@]}" -r "$k" none.tap
expect "[34]" "without a key" 'build.key' -- env HOME="$work/nobody" "${add[@]}" -r "$k3" same.tap
expect 2 "no -r" '^usage: tapbuild add' -- "${add[@]}" same.tap
check "nothing was written" cmp two.tap same.tap
check "nothing is left behind" no_scratch
