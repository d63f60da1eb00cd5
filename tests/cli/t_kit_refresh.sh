#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kit refresh: another runtime, without packages; and back, to the same bytes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
shopt -s nullglob
kits=("$cache"/kits/6.1.*-cloud-amd64_*.kit)
if [ ${#kits[@]} -eq 0 ]; then
	skip kit_refresh "no kit of a 6.1 cloud kernel in $cache/kits: tapbuild kit fetch manifests/debian.manifest"
	exit 0
fi
mkdir "$TAP_CACHE/kits" "$work/other"
cp "${kits[0]}" "$TAP_CACHE/kits/"
cp -r "$top/runtime" "$top/tapset" "$work/other/"
name() { basename "$TAP_CACHE"/kits/*.kit; }
was=$(name)
refresh=("$builder" kit refresh)

expect 0 "the same runtime" -- "${refresh[@]}"
check "nothing is to be done then" test ! -s "$work/out" -a "$(name)" = "$was"
check "but to list a kernel that was not" test -f "$TAP_CACHE"/kits/*.lst
cp "$TAP_CACHE"/kits/*.lst listed
echo '/* another runtime */' >>"$work/other/runtime/core/time.c"
expect 0 "another runtime" '/6\.1\..*-cloud-amd64_[0-9a-f]*\.kit$' -- env TAP_HOME="$work/other" "${refresh[@]}" '*cloud*'
new=$(name)
check "another kit in its place" test "$new" != "$was"
check "what was listed is of that one now" sh -c '! cmp -s "$0" listed' "$TAP_CACHE"/kits/*.lst
"$builder" -r '*cloud*' -L 'kernel.function("*")' >got 2>/dev/null
mv "$TAP_CACHE"/kits/*.lst listed.new
"$builder" -r '*cloud*' -L 'kernel.function("*")' >want 2>/dev/null
mv listed.new "$TAP_CACHE/kits/$(basename "${kits[0]%_*}")_$("$builder" kit show '*cloud*' | sed -n 's/^build-id *\(.\{12\}\).*/\1/p').lst"
check "and says the same" cmp want got
expect 0 "it is whole" -- "$builder" kit check
expect 0 "it is older for this tapbuild" 'older runtime' -- "$builder" kit list
check "a key" "$builder" keygen
echo 'probe begin { println("refreshed") exit() }' >a.stp
expect 0 "it builds" ' ok$' -- env TAP_HOME="$work/other" "$builder" -r '*cloud*' -o a.tap a.stp
sed -i '/^PART(errno,/d' "$work/other/runtime/parts.def"
expect 0 "a runtime without a part" -- env TAP_HOME="$work/other" "${refresh[@]}" '*cloud*'
echo 'probe begin { println(errno_str(2)) exit() }' >b.stp
expect 3 "a script that needs it is told what helps" 'has an older runtime, without taprt_[a-z_]*; try: tapbuild kit refresh$' -- "$builder" -r '*cloud*' -o b.tap b.stp
new=$(name)
echo '#error broken' >>"$work/other/runtime/core/time.c"
expect '[13]' "a runtime that does not compile" 'compiling the runtime failed: .*time\.c:.*broken' -- env TAP_HOME="$work/other" "${refresh[@]}"
check "leaves the kit alone" test "$(name)" = "$new"
expect 0 "and back" -- "${refresh[@]}"
check "to the bytes that came from packages" cmp "$TAP_CACHE/kits/$was" "${kits[0]}"
check "and to what was listed of them" cmp "$TAP_CACHE"/kits/*.lst listed
expect 3 "no such kit" "^tapbuild: no kit matches 'nosuch'" -- "${refresh[@]}" nosuch

# ---- kits that do not fit -------------------------------------------------------------------
cp -r "$top/runtime" "$work/abi-runtime"
mkdir "$work/abi"
mv "$work/abi-runtime" "$work/abi/runtime"
cp -r "$top/tapset" "$work/abi/"
sed -i 's/taprt_abi_[0-9]*$/taprt_abi_9999/' "$work/abi/runtime/gen.h"
expect 3 "a runtime of another version than the kit's" 'has an older runtime, without taprt_abi_9999; try: tapbuild kit refresh$' -- \
	env TAP_HOME="$work/abi" "$builder" -r '*cloud*' -o abi.tap a.stp
check "no bundle of it" test ! -e abi.tap
release=$(basename "${kits[0]}" | cut -d_ -f1)
mv "$TAP_CACHE/kits/$was" "$TAP_CACHE/kits/7.9.9-amd64_000000000000.kit"
expect 4 "a kit by another kernel's name" "is the kit of $(re "$release") \([0-9a-f]{12}\) by a wrong name" -- "$builder" kit check
expect 4 "builds nothing" "is the kit of $(re "$release")" -- "$builder" -r 7.9.9-amd64 -o abi.tap a.stp
rm -rf "$TAP_CACHE/kits" "$TAP_CACHE/tools"
mkdir "$TAP_CACHE/kits"
cp "${kits[0]}" "$TAP_CACHE/kits/"
chmod 644 "$TAP_CACHE/kits/$was"
flip "$TAP_CACHE/kits/$was" $(($(stat -c %s "${kits[0]}") / 2))
expect 3 "a damaged kit that came from elsewhere" "the kit of $(re "$release"): kit is damaged.*; try: tapbuild kit rm $(re "$release")" -- "$builder" -r '*cloud*' -o abi.tap a.stp
check "no bundle of that either" test ! -e abi.tap
exit 0
