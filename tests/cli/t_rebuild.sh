#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a bundle says of how it was made: recipe, log, provenance; rebuild and compare.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
k2=$(kit_of '5.10*')
b() { "$builder" -q -r "$k" "$@"; }

# Everything that a recipe has to hold, with names and texts that are awkward.
mkdir -p inc/x86_64 other
printf 'function mine:long(a:long) { return a + @TWO }\n' >inc/mine.stp
printf '@define TWO %%( 2 %%)\n' >inc/x86_64/m.stpm
printf 'function unused_one() { }\n' >inc/unused.stp
printf 'function two() { return 2 }\n' >other/two.stp
cat >'y z.stp' <<'E2'
global z = 3, never
probe begin { printf("%d %s %d\n", mine(z), @1, two()) foo() exit() }
probe kernel.function("vfs_read") { z++ }
E2
expect 0 "a build with all that can be told" -- "$builder" -q -r "$k" -r "$k2" -I inc -I other \
	-E 'function foo() { println("\"é%\n") }' -D MAXACTION=100 -G 'z=5' -m awk --audience 'lab-1 prod' \
	--description 'a description' -o y.tap 'y z.stp' "it's 5% o"
expect 0 "extract" -- "$builder" extract --keys "$work/keys" -C ex y.tap
check "recipe: begins with its version" test "$(head -1 ex/source/tap.recipe)" = "tap-recipe: 1"
for line in 'script: file y_z.stp =y%20z.stp' 'option: =-mawk' 'option: =-DMAXACTION=100' 'option: =-Gz=5' \
	'extra: tap.extra-1.stp' 'include: 2' "argument: =it's%205%25%20o"; do
	check "recipe: $line" grep -qxF "$line" ex/source/tap.recipe
done
for f in 1/mine.stp 1/x86_64/m.stpm 1/unused.stp 2/two.stp; do
	check "the files of -I: $f" sh -c "tar xOf ex/source/tap.include.tar '$f' | cmp - $([ "${f%%/*}" = 1 ] && echo inc || echo other)/${f#*/}"
done
check "recipe: kits by id" test "$(grep -Ec "^kit: ($(re "$k")|$(re "$k2")) [0-9a-f]{64}$" ex/source/tap.recipe)" = 2
check "recipe: no key, no place of this machine" sh -c "! grep -e '$work' -e build.key ex/source/tap.*"
check "log: each kernel" grep -q "^$(re "$k"): ok, module awk_[0-9a-f]*, [0-9]* bytes$" ex/source/tap.log
check "log: warnings by the script's name alone" grep -q "^  y z.stp:1:15: warning: .*never" ex/source/tap.log
expect 0 "rebuild: the same bytes" '^y.tap: the same bytes again: 2 kernels, 5 files$' -- \
	"$builder" rebuild --keys "$work/keys" y.tap
check "rebuild: works from elsewhere, without the inputs, with other defaults" sh -c "
	mkdir -p '$work/elsewhere' '$work/cfg/tap' && cp y.tap '$work/elsewhere' && mv inc inc.gone &&
	echo '-D MAXACTION=5' >'$work/cfg/tap/rc' && cd '$work/elsewhere' &&
	XDG_CONFIG_HOME='$work/cfg' LC_ALL=C TZ=Asia/Tokyo '$builder' rebuild --keys '$work/keys' y.tap"
mv inc.gone inc
SOURCE_DATE_EPOCH=1700000000 b -o e.tap -e 'probe begin { error("no") }'
expect 0 "rebuild: a text, and a time that was set" 'the same bytes' -- "$builder" rebuild --keys "$work/keys" e.tap
echo 'probe begin { error("no") }' | b -o s.tap -
expect 0 "rebuild: a script from standard input" 'the same bytes' -- "$builder" rebuild --keys "$work/keys" s.tap
b -o g.tap -g -e '%{ #include <linux/sched.h> %} function f:long() %{ STAP_RETURN(current->pid); %} probe begin { println(f()) }'
expect 0 "rebuild: embedded C" 'the same bytes' -- "$builder" rebuild --keys "$work/keys" g.tap
"$builder" -q -r "$k" -r "$k2" -o u.tap -e 'probe kernel.function("folio_add_lru") { exit() }' 2>/dev/null
expect 0 "rebuild: a kernel that is not supported is not supported again" 'the same bytes again: 2 kernels' -- \
	"$builder" rebuild --keys "$work/keys" u.tap
"$builder" resign --keys "$work/keys" --version 7 --not-after 2240-12-31 --audience other -o re.tap e.tap >/dev/null
expect 0 "rebuild: what was signed again with other limits" 'the same bytes' -- "$builder" rebuild --keys "$work/keys" re.tap
b -o v.tap --bundle-version 9 -e 'probe begin { error("no") }'
expect 0 "rebuild: a version, which is in the module's name" 'the same bytes' -- "$builder" rebuild --keys "$work/keys" v.tap
long=$(printf '%0100d' 0)
mkdir far
echo 'function far() { }' >"far/$long.stp"
expect 0 "a file of -I that the recipe cannot name is told" "^WARNING: '$long\.stp' is too long a name" -- \
	"$builder" -q -r "$k" -I far -o far.tap -e 'probe begin { exit() }'
b -o ep.tap --bundle-epoch 4294967295 -e 'probe begin { error("no") }'
check "the highest epoch is in the manifest" sh -c 'tar xOf ep.tap tap-1/manifest | grep -qx "epoch: 4294967295"'
expect 0 "rebuild -o keeps what was made" -- "$builder" rebuild --keys "$work/keys" -o again.tap e.tap
tar xOf again.tap tap-1/pack-0000 >pack.new
tar xOf e.tap tap-1/pack-0000 >pack.old
check "its modules are the same bytes" cmp pack.new pack.old

# The statement, read by another program.
read_statement() { # BUNDLE.tap
	tar xOf "$1" tap-1/provenance | python3 -c '
import base64, hashlib, json, sys
d = json.load(sys.stdin)
p = base64.b64decode(d["payload"], validate=True)
s = json.loads(p)
assert d["payloadType"] == "application/vnd.in-toto+json", d["payloadType"]
assert s["_type"] == "https://in-toto.io/Statement/v1" and s["predicateType"] == "https://slsa.dev/provenance/v1"
for x in s["subject"]: print("subject", x["name"], x["digest"]["sha256"])
for x in s["predicate"]["buildDefinition"]["resolvedDependencies"]: print("from", x["name"], x["digest"]["sha256"])
open("pae", "wb").write(b"DSSEv1 %d %s %d " % (len(d["payloadType"]), d["payloadType"].encode(), len(p)) + p)
open("sig", "wb").write(base64.b64decode(d["signatures"][0]["sig"], validate=True))
'
}
read_statement y.tap >told 2>told.err || sed 's/^/# /' told.err
for f in ex/*/*.ko; do
	check "provenance: subject $(basename "$f")" grep -q "^subject .*/$(basename "$f") $(sha256sum <"$f" | cut -d' ' -f1)$" told
done
for f in y_z.stp tap.recipe tap.include.tar; do
	check "provenance: from $f" grep -qx "from $f $(sha256sum <"ex/source/$f" | cut -d' ' -f1)" told
done
check "provenance: from the kits" test "$(grep -c '^from kit:' told)" = 2
# SubjectPublicKeyInfo of Ed25519 (RFC 8410) is twelve bytes and the key
pk=$(sed -n 's/^public: //p' "$work/key.pub")
printf '302a300506032b6570032100%s' "$pk" | xxd -r -p 2>/dev/null >pub.der ||
	python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))' "302a300506032b6570032100$pk" >pub.der
check "provenance: signed by the build's key, as openssl sees it" \
	openssl pkeyutl -verify -pubin -keyform DER -inkey pub.der -rawin -in pae -sigfile sig

# What is different is shown.
"$builder" extract --keys "$work/keys" -C exe s.tap >/dev/null
sed 's/^vermagic: .*/vermagic: another/' exe/manifest >m2
"$mktap" resign "$work/key.key" s.tap m2 v.tap
expect 1 "what differs is shown, with its kernel" "^$(re "$k"):$" '- vermagic: another$' '\+ vermagic: [0-9]' '!the same bytes' -- \
	"$builder" rebuild --keys "$work/keys" v.tap
echo x >ko
"$mktap" make "$work/key.key" none.tap ko version=1
expect 3 "a bundle without a recipe" 'does not say how it was made' 'older' -- \
	"$builder" rebuild --keys "$work/keys" none.tap
mkdir other.keys
"$builder" keygen -o other.keys/k >/dev/null
rm other.keys/k.key
expect 4 "a bundle that no known key signed" 'THRESHOLD|NO-SIGNATURE' -- "$builder" rebuild --keys other.keys e.tap
rm "$TAP_CACHE/kits" && mkdir "$TAP_CACHE/kits"
expect 3 "kits that are not here are named" "no kit [0-9a-f]{12} of $(re "$k")" "no kit [0-9a-f]{12} of $(re "$k2")" \
	'2 of 2 kits are not here' 'kit import' -- "$builder" rebuild --keys "$work/keys" y.tap
check "nothing is left behind" no_scratch
