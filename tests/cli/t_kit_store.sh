#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The store: list, show, check, export, import, rm; damaged and foreign files.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
k=$(kit_of '5.10*')
[ -n "$k" ] || k=$(kit_of '*')
rm "$TAP_CACHE/kits"
mkdir "$TAP_CACHE/kits"
kit=("$builder" kit)
cp "$cache/kits/$k"_*.kit "$TAP_CACHE/kits/"
file=$(echo "$TAP_CACHE"/kits/*.kit)
name=${file##*/}
id=${name##*_}
id=${id%.kit}

expect 2 "no sub-command" '^usage: tapbuild kit COMMAND' '^  import ' -- "${kit[@]}"
expect 2 "unknown sub-command" '^usage: tapbuild kit COMMAND' -- "${kit[@]}" bogus
expect 0 "list" "^$(re "$k") +x86_64 +$id " -- "${kit[@]}" list
expect 0 "list of a pattern" '!.' -- "${kit[@]}" list 'no*'
expect 0 "show" "^release +$(re "$k")$" '^build-id +[0-9a-f]{40}$' "^vermagic +'$(re "$k") " '^functions +[1-9]' '^types +[1-9]' '^tracepoints +[1-9]' '^modules +[1-9]' '^flags +.*-mcmodel=kernel' -- \
	"${kit[@]}" show "$k"
expect 0 "show by id" "^release +$(re "$k")$" -- "${kit[@]}" show "$id"
expect 3 "show of none" "^tapbuild: no kit matches 'nosuch'$" '^hint: ' -- "${kit[@]}" show nosuch
expect 0 "check" "^$(re "$name"): ok$" -- "${kit[@]}" check
expect 3 "check of none" "^tapbuild: no kit matches" -- "${kit[@]}" check nosuch
expect 2 "export of what?" '^usage: ' -- "${kit[@]}" export
expect 2 "import of what?" '^usage: ' -- "${kit[@]}" import
expect 2 "rm of what?" '^usage: ' -- "${kit[@]}" rm
for c in list show check export import refresh rm; do
	expect 2 "$c: an option that there is not" "^tapbuild: kit $c has no option '--bogus'$" "^usage: tapbuild kit $c " -- "${kit[@]}" $c --bogus
done
for c in add fetch; do
	expect 2 "$c: an option that there is not" "^tapbuild: kit $c: unrecognized option '--bogus'$" "^usage: tapbuild kit $c " -- "${kit[@]}" $c --bogus
	for j in x '' -1 3x 99999999999; do
		expect 2 "$c: -j '$j'" "^tapbuild: -j wants a number, not '$j'$" "^usage: tapbuild kit $c " -- "${kit[@]}" $c -j "$j" "$k"
	done
done
for c in list show check refresh; do
	expect 2 "$c: a word too many" "^usage: tapbuild kit $c " -- "${kit[@]}" $c "$k" "$k"
done
expect 2 "export: a word too many" '^usage: tapbuild kit export ' -- "${kit[@]}" export "$k" a b
expect 3 "rm: of two, one is not there" "^tapbuild: no kit matches 'nosuch'$" -- "${kit[@]}" rm nosuch nosuch2
check "rm: each is told" test "$(grep -c 'no kit matches' "$work/err")" = 2
check "the kit is as it was" test -f "$file"

# ---- out and in ---------------------------------------------------------------------
expect 0 "export" '^k\.zst$' -- "${kit[@]}" export "$k" k.zst
check "export is smaller" test "$(stat -c %s k.zst)" -lt "$(($(stat -c %s "$file") * 2 / 3))"
check "export is one zstd frame of the same bytes" sh -c "zstd -dcq k.zst | cmp - '$file'"
cp "$file" "$work/before.kit"
expect 3 "rm: the second is not there, the first goes" "^tapbuild: no kit matches 'nosuch'$" -- "${kit[@]}" rm "$k" nosuch
check "rm removed it" test -z "$(ls -A "$TAP_CACHE/kits")"
expect 0 "list of none" '^no kits in ' '^hint: tapbuild kit fetch' -- "${kit[@]}" list
check "nothing on stdout" test ! -s "$work/out"
expect 0 "import" "/kits/$(re "$name")$" -- "${kit[@]}" import k.zst
check "import gives the same bytes" cmp "$file" "$work/before.kit"
expect 0 "import again" -- "${kit[@]}" import k.zst
expect 0 "import of the uncompressed file" -- "${kit[@]}" import "$work/before.kit"
expect 3 "export to a place that is not there" "^tapbuild: cannot create 'nodir/k\.zst'" -- "${kit[@]}" export "$k" nodir/k.zst

# ---- damage ---------------------------------------------------------------------------
"${kit[@]}" rm "$k"
size=$(stat -c %s k.zst)
alter() { # FROM TO OFFSET
	cp "$1" "$2"
	chmod u+w "$2"
	flip "$2" "$3" 16
}
expect 3 "import of nothing" "^tapbuild: cannot open 'no\.zst'" -- "${kit[@]}" import no.zst
for cut in 1 1000 $((size / 2)) $((size - 100)); do
	head -c $((size - cut)) k.zst >cut.zst
	expect 4 "import, truncated by $cut" "^tapbuild: 'cut\.zst' is damaged or truncated" -- "${kit[@]}" import cut.zst
done
head -c 5 k.zst >five.zst
expect 1 "import of five bytes" "^tapbuild: 'five\.zst' is not a kit$" -- "${kit[@]}" import five.zst
: >empty.zst
expect 3 "import of an empty file" "^tapbuild: 'empty\.zst' is empty" -- "${kit[@]}" import empty.zst
head -c 1000 "$builder" >prog.zst
expect 1 "import of a program" "^tapbuild: 'prog\.zst' is not a kit$" -- "${kit[@]}" import prog.zst
for at in 100 $((size / 3)) $((size - 1)); do
	alter k.zst alt.zst "$at"
	expect 4 "import, altered at $at" "^tapbuild: 'alt\.zst'" -- "${kit[@]}" import alt.zst
done
raw=$(stat -c %s "$work/before.kit")
for at in 9 40 200 5000 $((raw / 2)) $((raw - 1)); do
	alter "$work/before.kit" alt.kit "$at"
	"${kit[@]}" import alt.kit >"$work/out" 2>"$work/err"
	case $? in 1 | 4) rc=0 ;; *) rc=1; sed 's/^/# /' "$work/err" ;; esac
	result $rc "import of an uncompressed kit, altered at $at"
done
head -c 100000 "$work/before.kit" >cut.kit
"${kit[@]}" import cut.kit >"$work/out" 2>"$work/err"
case $? in 1 | 3 | 4) rc=0 ;; *) rc=1 ;; esac
result $rc "import of an uncompressed kit, truncated"
head -c 300000 /dev/zero | zstd -q >zero.zst
expect 1 "import of a frame of zeros" "^tapbuild: 'zero\.zst'" -- "${kit[@]}" import zero.zst
check "nothing was stored" test -z "$(ls -A "$TAP_CACHE/kits")"
"${kit[@]}" import k.zst >/dev/null
alter "$work/before.kit" alt.kit $((raw / 2))
cp -f alt.kit "$file"
expect 4 "check finds a damaged kit" "^tapbuild: '$(re "$file")'" -- "${kit[@]}" check
use_key
expect 0 "rm removes it all the same" -- "${kit[@]}" rm "$id"
cp "$work/before.kit" "$file"
truncate -s 4000 "$file"
expect 3 "check finds a truncated kit" "^tapbuild: '$(re "$file")': kit has 4000 bytes, its header says $raw$" -- "${kit[@]}" check
"$builder" --all -o x.tap -e 'probe begin { println(1) }' >"$work/out" 2>"$work/err"
case $? in 1 | 3 | 4) rc=0 ;; *) rc=1 ;; esac
result $rc "a build refuses a truncated kit"
check "by its name" grep -q "$name" "$work/err"
: >"$TAP_CACHE/kits/README"
: >"$TAP_CACHE/kits/x.kit"
rm -f "$file"
expect 0 "files that are no kits are not listed" '^no kits in ' -- "${kit[@]}" list
check "nothing of them on stdout" test ! -s "$work/out"
check "no scratch is left" no_scratch
