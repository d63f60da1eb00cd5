#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is hostile to the builder: names, keys, its cache, an end in the middle of a
# build.  Class 26 of tests/attack/README.md.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
hello='probe begin { println("hello") exit() }'
b=("$builder" -q -r "$k" -m atk)
"${b[@]}" -o good.tap -e "$hello" || { result 1 "a bundle to begin with"; exit 1; }

# ---- names ----------------------------------------------------------------------------
# shellcheck disable=SC2016
expect '[123]' "a26: a release with a command in it" '^tapbuild: ' -- "$builder" -q -r '$(touch pwned)' -o x.tap -e "$hello"
expect '[123]' "a26: a release with a semicolon" '^tapbuild: ' -- "$builder" -q -r '6.1; touch pwned' -o x.tap -e "$hello"
expect '[123]' "a26: a release that is a path" '^tapbuild: ' -- "$builder" -q -r '../../etc' -o x.tap -e "$hello"
expect '[12]' "a26: a module name that is a path" '^(tapbuild|stap): ' -- "$builder" -q -r "$k" -m '../evil' -o x.tap -e "$hello"
expect '[12]' "a26: a module name with a command" '^(tapbuild|stap): ' -- "$builder" -q -r "$k" -m 'a`touch pwned`' -o x.tap -e "$hello"
printf '%s\n' "$hello" >'$(touch pwned);x.stp'
expect 0 "a26: a script whose name is a command" -- "${b[@]}" -o y.tap '$(touch pwned);x.stp'
check "a26: the name in the bundle is harmless" sh -c "'$builder' info --keys '$work/keys' y.tap | grep -E '^script +[A-Za-z0-9._+-]+ '"
check "a26: nothing of this was run" sh -c '! find . "$TMPDIR" -name pwned | grep -q .'
check "a26: and no bundle is there" test ! -e x.tap

# ---- keys -----------------------------------------------------------------------------
cp "$work/key.key" k.key
chmod 644 k.key
expect 3 "a26: a secret key that all may read" 'k\.key' '^hint: .*chmod' -- "${b[@]}" --sign-key k.key -o x.tap -e "$hello"
chmod 600 k.key
ln -s k.key l.key
expect 3 "a26: a secret key that is a link" 'l\.key' -- "${b[@]}" --sign-key l.key -o x.tap -e "$hello"
expect 3 "a26: a public key as secret" '\.pub' -- "${b[@]}" --sign-key "$work/key.pub" -o x.tap -e "$hello"
: >empty.key
chmod 600 empty.key
expect 3 "a26: an empty secret key" 'empty\.key' -- "${b[@]}" --sign-key empty.key -o x.tap -e "$hello"
check "a26: no bundle without a signature" test ! -e x.tap

# ---- output ---------------------------------------------------------------------------
mkdir dir
expect '[123]' "a26: the output is a directory" '^tapbuild: ' -- "${b[@]}" -o dir -e "$hello"
expect '[123]' "a26: nobody may write there" '^tapbuild: ' -- "${b[@]}" -o /proc/x.tap -e "$hello"
cp good.tap keep.tap
expect '[123]' "a26: a build that fails" 'error: ' -- "${b[@]}" -o keep.tap -e 'probe begin { nosuch() }'
check "a26: leaves the older bundle as it was" cmp keep.tap good.tap
expect '[123]' "a26: no space for a file of this size" -- bash -c 'ulimit -f 4; trap "" XFSZ; exec "$@"' sh "${b[@]}" -o keep.tap -e 'probe begin { println("other") exit() }'
check "a26: leaves it too" cmp keep.tap good.tap

# ---- killed in the middle; an altered cache ---------------------------------------------
rm -rf "$TAP_CACHE/obj"
for t in 0.2 0.6 1.2; do
	setsid timeout -s KILL $t "${b[@]}" -o half.tap -e "probe begin { println(\"$t\") exit() }" >/dev/null 2>&1
	check "a26: killed after $t s: a whole bundle or none" sh -c "test ! -e half.tap || '$builder' verify --keys '$work/keys' half.tap"
	rm -f half.tap
done
sleep 1
rm -rf "$TAP_CACHE/obj"
"${b[@]}" -o one.tap -e "$hello"
find "$TAP_CACHE/obj" -type f -size +0 | while read -r f; do
	chmod u+w "$f"
	dd if=/dev/urandom of="$f" bs=1 seek=$(($(stat -c %s "$f") / 2)) count=8 conv=notrunc status=none
done
check "a26: there are objects to be altered" sh -c 'find "$TAP_CACHE/obj" -type f | grep -q .'
"${b[@]}" -o two.tap -e "$hello" >log 2>&1
rc=$?
if [ $rc = 0 ]; then
	check "a26: objects altered in the cache are not used" cmp one.tap two.tap
else
	check "a26: objects altered in the cache are refused, with the reason" grep -q '^tapbuild: ' log
fi
