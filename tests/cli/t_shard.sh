#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# plan, --shard and merge: the bundle of the parts is that of the whole build, and
# parts that do not fit together, or are not whole, are refused.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
keys=(--keys "$work/keys")
kernels=()
for p in '5.10*' '6.1.0*' '6.12*' '7.*'; do
	k=$(kit_of "$p")
	[ -n "$k" ] && kernels+=(-r "$k")
done
units=$((${#kernels[@]} / 2))
if [ $units -lt 4 ]; then
	skip shard "kits of four kernels are wanted"
	exit 0
fi
old=${kernels[1]}
export SOURCE_DATE_EPOCH=1700000000
# 5.10 has no folios: one kernel is unsupported, and it is the first of the plan.
cat >s.stp <<'X'
global n = 3, who = "x"
probe kernel.function("folio_add_lru").call { n++ }
probe begin { printf("%d %s\n", n, who) }
X
build() { "$builder" -q "${kernels[@]}" "$@" 2>/dev/null; }
part() { build --shard "$1" -o "$2" "${@:3}"; }
merge() { "$builder" merge "$@"; }
build -o whole.tap s.stp || { result 1 "a bundle to begin with"; exit 1; }

# ---- plan -------------------------------------------------------------------------------
expect 0 "plan" "^0 $(re "$old") [0-9a-f]{64} [0-9a-f]{64}$" "^$((units - 1)) " -- "$builder" plan "${kernels[@]}" s.stp
cp "$work/out" plan.txt
check "a line for each kernel" test "$(wc -l <plan.txt)" = $units
check "the kits are those of kit list" sh -c "'$builder' kit list | awk '{ print \$1, \$3 }' >kits.txt; awk '{ print \$2, substr(\$3, 1, 12) }' plan.txt | grep -vxFf kits.txt | cmp - /dev/null"
mkdir elsewhere
cp s.stp elsewhere/
expect 0 "the same from another directory, with other ways to work" -- sh -c "cd elsewhere && '$builder' plan ${kernels[*]} -j1 -v --disable-cache -o x.tap --sign-key=no.key s.stp"
check "the same lines" cmp "$work/out" plan.txt
expect 0 "kernels in another order" -- "$builder" plan "${kernels[@]:2}" -r "$old" s.stp
check "the same lines" cmp "$work/out" plan.txt
expect 0 "fewer kernels" -- "$builder" plan "${kernels[@]:0:2}" s.stp
check "a unit stays the same" grep -qxFf "$work/out" plan.txt
other_ids() { # TEXT ARG...
	local text=$1
	shift
	"$builder" plan "${kernels[@]}" "$@" | awk '{ print $4 }' >ids.txt
	check "$text: other units" sh -c "test -s ids.txt && ! grep -qFf ids.txt plan.txt"
}
sed 's/n = 3/n = 4/' s.stp >elsewhere/s.stp
other_ids "another script" elsewhere/s.stp
other_ids "another option" -DMAXACTION=5000 s.stp
other_ids "another argument" s.stp arg
other_ids "another end" --not-after 2240-01-01 s.stp
other_ids "another version" --bundle-version 2 s.stp
mkdir lib
echo 'function one() { return 1 }' >lib/one.stp
other_ids "another tapset" -I lib s.stp
SOURCE_DATE_EPOCH=1700000001 other_ids "another time" s.stp
expect 2 "plan of no script" 'A script must be specified' -- "$builder" plan "${kernels[@]}"

# ---- shards -------------------------------------------------------------------------------
rm "$HOME/.config/tap/build.key"
for i in 1 2 3; do
	expect 0 "shard $i of 3 needs no key" -- part $i/3 p$i.part s.stp
done
cp "$work/key.key" "$HOME/.config/tap/build.key"
check "tar lists a part" sh -c 'tar tf p2.part | head -2 | tr "\n" " " | grep -qx "tap-part-1/part tap-1/manifest "'
check "its signatures are empty" sh -c 'test -z "$(tar xOf p2.part tap-1/signatures)"'
tar xOf p1.part tap-part-1/part >p1.txt
check "it says what was attempted" sh -c 'grep -qx "unit: 0 unsupported" p1.txt && grep -qx "unit: 3 ok" p1.txt && ! grep -q "^unit: 1 ok" p1.txt'
check "and of which plan" sh -c "sed '1,/^\$/d' p1.txt | sha256sum | cut -d' ' -f1 >sum; grep -qx \"plan: \$(cat sum)\" p1.txt"
part 1/3 again.part s.stp
check "a shard again: the same bytes" cmp p1.part again.part
expect 0 "merge" "^m\.tap: [0-9]+ bytes, $((units - 1)) of $units kernels, from 3 parts$" -- merge -o m.tap p1.part p2.part p3.part
check "the bytes of the whole build" cmp m.tap whole.tap # attack 27
expect 0 "verify" 'good: ' -- "$builder" verify "${keys[@]}" m.tap
expect 0 "in any order, quietly" '!.' -- merge -q -o m.tap p3.part p1.part p2.part
check "the same bytes" cmp m.tap whole.tap
expect 0 "what is there twice is taken once" -- merge -o m.tap p1.part p2.part again.part p3.part p2.part
check "the same bytes" cmp m.tap whole.tap
for i in 1 2 3 4 5 6 7; do part $i/7 q$i.part s.stp; done
expect 0 "more shards than kernels" -- merge -o m.tap q?.part
check "the same bytes" cmp m.tap whole.tap
expect 0 "parts of two ways to share" -- merge -o m.tap p1.part q?.part
check "the same bytes" cmp m.tap whole.tap
part 1/1 one.part s.stp
expect 0 "one shard" -- merge -o m.tap one.part
check "the same bytes" cmp m.tap whole.tap
build --shard 2/3 s.stp
check "the default name" cmp s-2of3.part p2.part
expect 0 "another key" -- sh -c "'$builder' keygen -o other && '$builder' merge --key other.key -o m.tap p1.part p2.part p3.part"
check "the same manifest but for the signature in the provenance" sh -c 'for f in m whole; do tar xOf $f.tap tap-1/manifest | grep -v "^member: tap-1/provenance" >$f.1; done; cmp m.1 whole.1'
expect 2 "no keys of modules on a shard" 'does not go with --shard' 'tapbuild sign --module-key' -- "$builder" "${kernels[@]}" --shard 1/3 --module-key k s.stp
for s in 0/3 4/3 3 a/b 1/0 01/3 1/3/5 -1/3 1/99999; do
	expect 2 "--shard $s" '^tapbuild: --shard wants' -- "$builder" "${kernels[@]}" --shard="$s" s.stp
done
expect 2 "--shard with -p3" '^tapbuild: --shard is for making a bundle' -- "$builder" "${kernels[@]}" --shard 1/3 -p3 s.stp
expect 1 "--strict" 'nothing was written' -- "$builder" "${kernels[@]}" --strict --shard 1/3 -o strict.part s.stp
check "wrote nothing" test ! -e strict.part

# ---- nothing but merge takes parts -----------------------------------------------------------
for c in verify info extract diff sign resign; do
	args=("${keys[@]}" p2.part)
	[ $c = diff ] && args+=(p2.part)
	expect '[13]' "$c of a part" 'a part of a bundle, which nobody signed \[FORMAT\]$' '^hint: .*tapbuild merge' -- "$builder" $c "${args[@]}"
done
expect 21 "taprun of a part" 'a part of a bundle, which nobody signed \[FORMAT\]$' '^hint: .*tapbuild merge' -- "$runner" "${keys[@]}" --dry-run p2.part
size=$(tar xOf p2.part tap-part-1/part | wc -c)
tail -c +$((512 + (size + 511) / 512 * 512 + 1)) p2.part >inside.tap
expect 30 "taprun of what is inside" '\[NO-SIGNATURE\]$' -- "$runner" "${keys[@]}" --dry-run inside.tap
expect 4 "sign does not sign it either" '\[NO-SIGNATURE\]$' -- "$builder" sign "${keys[@]}" inside.tap

# ---- what does not fit together ----------------------------------------------------------------
refused() { # TEXT PATTERN PART...
	local text=$1 wanted=$2
	shift 2
	expect "[14]" "$text" "$wanted" -- merge -o no.tap "$@"
}
refused "a part is missing" "^tapbuild: 1 of $units units missing: 1 \\(" p1.part p3.part
refused "two are" "^tapbuild: 2 of $units units missing: 1 \\(.*, 2 \\(" p1.part
sed 's/n = 3/n = 4/' s.stp >elsewhere/s.stp
part 2/3 script.part elsewhere/s.stp
refused "another script" "script\.part .* are of different plans: 'script' differs$" p1.part script.part p3.part
part 2/3 option.part -DMAXACTION=5000 s.stp
refused "another option" "'options' differs$" p1.part option.part p3.part
part 2/3 lib.part -I lib s.stp
refused "another tapset" "'tapset' differs$" p1.part lib.part p3.part
SOURCE_DATE_EPOCH=1 part 2/3 time.part s.stp
refused "another time" "'created' differs$" p1.part time.part p3.part
"$builder" -q "${kernels[@]:0:6}" --shard 2/3 -o kit.part s.stp 2>/dev/null
refused "other kernels" "'unit' differs$" p1.part kit.part p3.part
refused "a bundle" 'whole\.tap: a bundle, not a part of one \[FORMAT\]$' whole.tap p2.part p3.part
refused "another file" 'not a part of a bundle' p1.part s.stp
: >empty
refused "an empty file" 'not a part of a bundle' empty
expect 3 "no file" "cannot open 'none\.part'" -- merge -o no.tap none.part
expect 2 "no -o" '^usage: tapbuild merge ' -- merge p1.part
expect 3 "no key" "no signing key 'no\.key'" -- merge --key no.key -o no.tap p1.part
echo 'probe kernel.function("nosuch_function").call { }' >bad.stp
for i in 1 2; do expect 0 "no kernel takes the script: shard $i says so" 'unsupported' -- "$builder" "${kernels[@]}" --shard $i/2 -o bad$i.part bad.stp; done
refused "and merge refuses" "^tapbuild: no kernel of the plan takes the script: $(re "$old"): no match for function 'nosuch_function'" bad1.part bad2.part

# ---- changed and made-up parts -------------------------------------------------------------------
for cut in 100 511 512 600 2000 10000 $(($(stat -c %s p2.part) - 1)) $(($(stat -c %s p2.part) - 512)); do
	head -c $cut p2.part >cut.part
	refused "cut to $cut bytes" '^tapbuild: cut\.part: ' p1.part cut.part p3.part
done
{ cat p2.part; head -c 512 /dev/zero; } >long.part
refused "a block more" '^tapbuild: long\.part: ' p1.part long.part p3.part
cat >forge.py <<'X'
# Rewrites of a part whose own digests are right again: what only merge can see.
import hashlib, re, sys
src, dst, what = sys.argv[1:4]
d = open(src, "rb").read()
def member(off):
    size = int(d[off + 124:off + 135], 8)
    return d[off + 512:off + 512 + size], off + 512 + (size + 511) // 512 * 512
def header(name, n, mtime):
    h = bytearray(512)
    h[0:len(name)] = name
    h[100:108] = b"0000644\0"; h[108:116] = b"0000000\0"; h[116:124] = b"0000000\0"
    h[124:136] = b"%011o\0" % n; h[136:148] = mtime
    h[148:156] = b" " * 8; h[156:157] = b"0"; h[257:265] = b"ustar\00000"
    h[329:337] = b"0000000\0"; h[337:345] = b"0000000\0"
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)
def whole(name, data):
    return header(name, len(data), d[136:148]) + data + b"\0" * (-len(data) % 512)
text, off = member(0)
inner = d[off:]
man, rest = member(off)
def put(man=man, sigs=b"", tail=None):
    global inner
    t = d[member(rest)[1]:] if tail is None else tail
    inner = whole(b"tap-1/manifest", man) + whole(b"tap-1/signatures", sigs) + t
def line(key, value):
    global text
    text = re.sub(rb"(?m)^" + key + rb": .*$", key + b": " + value, text, count=1)
if what == "distro": put(man.replace(b"distro: debian", b"distro: evilos"))
elif what == "module": put(re.sub(rb"(?m)^module: .*$", b"module: evil_00000000", man, count=1))
elif what == "signed": put(sigs=b"ed25519 release 0 " + b"0" * 64 + b" " + b"0" * 128 + b"\n")
elif what == "name": put(man.replace(b"\nname: s\n", b"\nname: evil\n"))
elif what == "release": put(re.sub(rb"(?m)^release: .*$", b"release: 9.9.9", man))
elif what == "guru": put(man.replace(b"guru: no", b"guru: yes"))
elif what == "status": text = text.replace(b" ok\n", b" unsupported\n", 1)
elif what == "shard": line(b"shard", b"1 3")
elif what == "unit": text = re.sub(rb"(?m)^unit: 1 ok\n", b"", text, count=1)
elif what == "plan":
    head, plan = text.split(b"\n\n", 1)
    plan = re.sub(rb"unit: 0 [0-9a-f]{64}", b"unit: 0 " + b"0" * 64, plan)
    text = head + b"\n\n" + plan
    line(b"plan", hashlib.sha256(plan).hexdigest().encode())
elif what == "nul": text += b"\0"
elif what == "none": pass
line(b"bundle", hashlib.sha256(inner).hexdigest().encode())
open(dst, "wb").write(whole(b"tap-part-1/part", text) + inner)
X
forged() { # WHAT PATTERN [PART...]
	local what=$1 wanted=$2
	shift 2
	python3 forge.py p2.part forged.part "$what" || result 1 "forge $what"
	expect '[14]' "forged: $what" "$wanted" -- merge -o no.tap "${@:-p1.part}" forged.part p3.part
}
python3 forge.py p2.part forged.part none
check "the forger can write what tapbuild writes" cmp p2.part forged.part
forged name 'their name differ'
forged guru 'differ$'
forged release 'does not hold what its units say'
forged module '\[KO-IDENTITY\]$|\[CONTAINER\]$'
forged signed '\[CONTAINER\]$'
forged status 'does not hold what its units say'
forged shard 'its units are not those of its shard'
forged unit 'its units are not those of its shard|not that of a part'
forged plan "are of different plans: 'unit' differs"
forged nul 'zero byte'
python3 forge.py p2.part forged.part distro
expect 1 "a unit that another part has otherwise" "unit 1 \\(.*\\) conflicts: its description in (p2|forged)\.part is not that in (p2|forged)\.part$" -- \
	merge -o no.tap p1.part p2.part forged.part p3.part

# Every flipped bit of the texts, and some of the rest.
cat >flip.sh <<'X'
for at in "$@"; do
	cp p2.part flip.part
	byte=$(od -An -tu1 -j"$at" -N1 p2.part)
	printf "\\x$(printf %x $((byte ^ (1 << (at % 8)))))" | dd of=flip.part bs=1 seek="$at" conv=notrunc status=none
	"$TAPBUILD" merge -q -o no.tap p1.part flip.part p3.part 2>err && { echo "byte $at: taken"; exit 1; }
	[ -s err ] || { echo "byte $at: no word"; exit 1; }
done
X
end=$(stat -c %s p2.part)
# shellcheck disable=SC2046
check "no flipped bit is taken" env TAPBUILD="$builder" bash flip.sh $(seq 0 37 700) $(seq 700 211 6000) $(seq 6000 $((end / 60)) $((end - 1)))
check "whatever failed wrote nothing" test ! -e no.tap
: >keep.tap
merge -o keep.tap p1.part 2>/dev/null
check "nor over an old file" test ! -s keep.tap
check "no scratch is left" no_scratch
