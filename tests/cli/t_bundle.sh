#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# keygen, sign, verify, info, extract; kit fetch's manifests; builds side by side.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
keys=(--keys "$work/keys")
"$builder" -q -r "$k" -o good.tap -m good -e 'probe begin { println(3) exit() }' || { result 1 "a bundle to begin with"; exit 1; }
sum=$(sha256sum good.tap)

# ---- keygen ---------------------------------------------------------------------------
expect 0 "keygen" '^secret key +a/b\.key' '^role +build$' '^key id +[0-9a-f]{64}$' -- "$builder" keygen -o a/b --role build
check "the secret is private" test "$(stat -c %a a/b.key)" = 600
check "the public key is not" test "$(stat -c %a a/b.pub)" = 644
one=$(sha256sum a/b.key)
expect 3 "keygen again" "^tapbuild: key 'a/b\.key' exists; it is not overwritten$" '^hint: ' -- "$builder" keygen -o a/b
check "the key is as it was" test "$one" = "$(sha256sum a/b.key)"
rm a/b.key
expect 3 "keygen over a public key" "^tapbuild: key 'a/b\.pub' exists" -- "$builder" keygen -o a/b
check "no half pair" test ! -e a/b.key
expect 2 "a role that does not exist" '^usage: ' -- "$builder" keygen -o c --role bogus
expect 3 "keygen where nobody may write" "^tapbuild: cannot create" -- "$builder" keygen -o /proc/x

# ---- sign -----------------------------------------------------------------------------
"$builder" keygen -o b --role build >/dev/null
expect 0 "a second signature" "^two\.tap: signed as 'build'$" -- "$builder" sign "${keys[@]}" --key b.key -o two.tap good.tap
check "sign -o leaves the first alone" test "$sum" = "$(sha256sum good.tap)"
check "packs and manifest are the same bytes" sh -c 'for m in manifest pack-0000 source; do tar xOf good.tap tap-1/$m >m1; tar xOf two.tap tap-1/$m | cmp - m1 || exit 1; done'
expect 3 "the same key twice" 'has signed this bundle' -- "$builder" sign "${keys[@]}" --key b.key two.tap
expect 4 "a threshold that is not reached" 'build signatures: 0 of 1 needed \(unknown key .*\[THRESHOLD\]$' -- \
	"$builder" verify "${keys[@]}" --need-build 1 two.tap
cp b.pub "$work/keys/"
expect 0 "a threshold that is" 'good: ' -- "$builder" verify "${keys[@]}" --need-build 1 --need-release 1 two.tap
expect 4 "two of a role that one signed" 'release signatures: 1 of 2' -- "$builder" verify "${keys[@]}" --need-release 2 two.tap
expect 3 "sign without a key" "^tapbuild: .*none\.key" -- "$builder" sign "${keys[@]}" --key none.key good.tap
mkdir "$work/nokeys"
expect 3 "verify without any key" 'no public key' '^hint: ' -- "$builder" verify --keys "$work/nokeys" good.tap
"$builder" keygen -o stranger >/dev/null
cp stranger.pub "$work/nokeys/"
expect 4 "what nobody trusted signed is not signed again" 'NO-SIGNATURE' -- "$builder" sign --keys "$work/nokeys" --key b.key good.tap
check "and stays as it was" test "$sum" = "$(sha256sum good.tap)"

# ---- verify, info, extract ------------------------------------------------------------
expect 0 "verify" "^good\.tap: good: good version 0, 1 of 1 kernels, [0-9]+ bytes$" -- "$builder" verify "${keys[@]}" good.tap
expect 0 "verify -q" '!.' -- "$builder" verify -q "${keys[@]}" good.tap two.tap
expect 1 "verify of another file" 'not a version-1 bundle .*\[FORMAT\]$' -- "$builder" verify "${keys[@]}" /etc/passwd
expect 3 "verify of no file" "no\.tap" -- "$builder" verify "${keys[@]}" no.tap
expect 4 "verify: who signed is not trusted" '\[NO-SIGNATURE\]$' '^hint: ' -- "$builder" verify --keys "$work/nokeys" good.tap
size=$(stat -c %s good.tap)
cp good.tap alt.tap
at=$((size - 3000))
flip alt.tap $at 4
for c in verify info extract; do
	expect 4 "$c of an altered bundle" '\[PACK-HASH\]$' -- "$builder" $c "${keys[@]}" alt.tap
done
check "extract wrote nothing of it" test ! -e good
head -c $((size - 700)) good.tap >cut.tap
expect '[134]' "verify of a truncated bundle" '\[TRUNCATED\]$' -- "$builder" verify "${keys[@]}" cut.tap
expect 0 "info" '^name +good$' "^$(re "$k") +x86_64 +[0-9a-f]{12} +[0-9]+ +good_[0-9a-f]{8}$" -- "$builder" info "${keys[@]}" good.tap
expect 0 "info --json" '"name"' -- "$builder" info --json "${keys[@]}" good.tap
check "info --json is JSON" python3 -m json.tool "$work/out"
writes() { # WHAT TEXT: what the script changes, as policies judge it
	expect 0 "writes $1: $2" '1 of 1 kernels' -- "$builder" -g -r "$k" -m w -o w.tap -e "$2"
	expect 0 "writes $1: $2: info" "^privilege .* writes $1$" -- "$builder" info "${keys[@]}" w.tap
}
writes none 'probe kernel.function("vfs_read") { println($count) }'
writes memory 'probe begin { set_kernel_long(0, 1) }'
writes memory 'probe kernel.function("vfs_read") { $file->f_pos = 1 }'
writes return 'probe kernel.function("vfs_read") { $count = 1 }'
writes return 'probe kernel.function("vfs_read").return { $return = 1 }'
writes return 'function f() %{ /* anything */ %} probe begin { f() }'
expect 0 "extract" -- "$builder" extract "${keys[@]}" -C x good.tap
check "extract: module, source, manifest" sh -c 'test -s x/*/good_*.ko && test -s x/manifest && grep -q println x/source/input.stp'
check "extract agrees with tar" sh -c 'tar xOf good.tap tap-1/pack-0000 | zstd -dcq | tar xOf - | cmp - x/*/*.ko'
for c in verify info; do
	expect 3 "$c: standard output is full" '^tapbuild: cannot write the standard output$' -- \
		bash -c "'$builder' $c --keys '$work/keys' good.tap >/dev/full"
done
expect 3 "taprun --info: standard output is full" 'No space left' -- bash -c "'$runner' --keys '$work/keys' --info good.tap >/dev/full"

# ---- manifests --------------------------------------------------------------------------
expect 3 "kit fetch of no manifest" "^tapbuild: cannot open 'no\.manifest'" -- "$builder" kit fetch no.manifest
fetch() { # TEXT PATTERN CONTENT
	printf '%b' "$3" >bad.manifest
	expect 1 "$1" "^tapbuild: bad\.manifest.*$2" -- timeout 60 "$builder" kit fetch bad.manifest
}
fetch "an empty manifest" 'no kernel' ''
fetch "a manifest that asks for nothing" 'no kernel' 'tap-manifest: 1\n'
fetch "a manifest with an unknown key" ':2: ' 'tap-manifest: 1\nbogus: x\n'
fetch "a manifest of another version" ':1: ' 'tap-manifest: 2\napt: x\n'
fetch "a manifest with a bad pattern" ':4: ' 'tap-manifest: 1\napt: x\nsource: debian sid main\nkernel: 6.1.(\n'

# ---- side by side -------------------------------------------------------------------------
# Eight builds that all begin with an empty cache want the same tools and objects.
rm -rf "$TAP_CACHE/obj" "$TAP_CACHE/tools"
pids=()
for i in 1 2 3 4 5 6 7 8; do
	"$builder" -q -r "$k" -o "par$i.tap" -m par -e 'probe begin { println("par") exit() }' &
	pids+=($!)
done
rc=0
for p in "${pids[@]}"; do wait "$p" || rc=1; done
result $rc "eight builds at the same time"
check "all the same bytes" sh -c 'for i in 2 3 4 5 6 7 8; do cmp par1.tap par$i.tap || exit 1; done'
check "no half tools" test -z "$(find "$TAP_CACHE/tools" -maxdepth 1 -name '.new*')"
expect 0 "cold and warm give the same bytes" -- "$builder" -q -r "$k" -o warm.tap -m par -e 'probe begin { println("par") exit() }'
check "warm is cold" cmp warm.tap par1.tap
check "no scratch is left" no_scratch
