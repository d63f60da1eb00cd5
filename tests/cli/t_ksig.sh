#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel signatures of modules: at build time, later, and made elsewhere.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
if ! command -v openssl >/dev/null; then
	skip ksig "openssl is not installed"
	exit 0
fi
k=$(kit_of '6.1.0*') k2=$(kit_of '6.12*')
[ -n "$k2" ] || k2=$k
keys=(--keys "$work/keys")
umask 077

# sign-file of the newest kernel's kbuild package, the judge of what is right
find_sign_file() {
	local deb
	for deb in "$cache"/packages/*/linux-kbuild-*.deb; do
		[ -f "$deb" ] || continue
		mkdir -p "$work/kbuild"
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/kbuild" --wildcards '*/scripts/sign-file' 2>/dev/null
	done
	find "$work/kbuild" /usr/lib/linux-kbuild-*/scripts -name sign-file -type f 2>/dev/null | sort | while read -r f; do
		"$f" 2>&1 | grep -q Usage && echo "$f"
	done | head -1
}

cert() { # NAME ARGS...: NAME.key, NAME.pem, NAME.der
	openssl req -x509 -newkey "${@:2}" -nodes -days 3650 -subj "/O=tap test/CN=$1" \
		-keyout "$1.key" -out "$1.pem" 2>/dev/null
	openssl x509 -in "$1.pem" -outform DER -out "$1.der"
}
skid_of() { # CERT
	openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f
}
cert rsa rsa:2048
cert big rsa:4096
cert ec ec -pkeyopt ec_paramgen_curve:secp384r1
cat rsa.key rsa.pem >both.pem
openssl req -x509 -key rsa.key -days 9 -subj /CN=plain -set_serial 0x8f01 -out plain.pem \
	-config <(printf '[req]\ndistinguished_name=d\n[d]\n') 2>/dev/null
openssl pkey -in rsa.key -aes128 -passout pass:x -out locked.key 2>/dev/null
cp rsa.key open.key && chmod 644 open.key
openssl genpkey -algorithm ed25519 -out ed.key 2>/dev/null
sign_file=$(find_sign_file)

# What the bundle has for its only kernel: ksig-N.p7s, and module.ko
unpack() { # BUNDLE
	rm -rf x ksig ksig-*.p7s
	"$builder" extract -q 2>/dev/null
	"$builder" extract "${keys[@]}" -C x "$1" >/dev/null || return 1
	cp x/*/*.ko module.ko
	tar xOf "$1" tap-1/ksig >ksig 2>/dev/null
	awk '/^ksig: / { print n++, $3, $4 }' x/manifest | while read -r i off len; do
		tail -c +$((off + 1)) ksig | head -c "$len" >"ksig-$i.p7s"
	done
}
# Debian's sign-file calls the algorithm of EC keys the same; RSA gives the same bytes.
same_as_sign_file() { # KEY CERT HASH P7S
	cp module.ko m.ko
	"$sign_file" -d "$3" "$1" "$2" m.ko && cmp m.ko.p7s "$4"
}
cms_verifies() { # CERT P7S
	openssl cms -verify -binary -inform DER -in "$2" -content module.ko -certfile "$1" \
		-nointern -noverify -out /dev/null
}
build() {
	"$builder" -q -r "$k" -m ks -e 'probe begin { println(3) exit() }' "$@"
}

# ---- at build time --------------------------------------------------------------------
expect 0 "built with a module key" -- build -o rsa.tap --module-key rsa.key --module-cert rsa.pem
expect 0 "verify" 'good: ' -- "$builder" verify "${keys[@]}" rsa.tap
expect 0 "info says so" '\(kernel-signed\)' -- "$builder" info "${keys[@]}" rsa.tap
expect 0 "info --json names the signer" "\"kernel_signatures\":\\[\\{\"skid\":\"$(skid_of rsa.pem)\"" -- "$builder" info --json "${keys[@]}" rsa.tap
check "it is JSON" python3 -m json.tool "$work/out"
unpack rsa.tap
check "the manifest names the signer" grep -q "^ksig: $(skid_of rsa.pem) 0 " x/manifest
check "features: ksig" grep -q '^features: ksig pack-zstd$' x/manifest
check "openssl verifies it" cms_verifies rsa.pem ksig-0.p7s
if [ -n "$sign_file" ]; then
	check "the bytes of sign-file -d" same_as_sign_file rsa.key rsa.pem sha256 ksig-0.p7s
else
	skip "the bytes of sign-file -d" "no linux-kbuild package in $cache/packages"
fi
expect 0 "again" -- build -o rsa2.tap --module-key rsa.key --module-cert rsa.der
check "RSA gives the same bundle; a certificate may be DER" cmp rsa.tap rsa2.tap
expect 0 "key and certificate in one file" -- build -o rsa2.tap --module-key both.pem
check "the same bundle" cmp rsa.tap rsa2.tap
expect 0 "three keys, sha512" -- build -o all.tap --module-key rsa.key --module-cert rsa.pem \
	--module-key big.key --module-cert big.pem --module-key ec.key --module-cert ec.pem --module-hash sha512
unpack all.tap
for i in 0 1 2; do
	c=$(echo rsa big ec | cut -d' ' -f$((i + 1)))
	check "signature $i is by $c" sh -c "grep '^ksig: ' x/manifest | sed -n $((i + 1))p | grep -q ' $(skid_of $c.pem) '"
	check "openssl verifies $c" cms_verifies $c.pem ksig-$i.p7s
	check "$c has sha512" sh -c "openssl cms -cmsout -print -inform DER -in ksig-$i.p7s | grep -q sha512"
done
[ -z "$sign_file" ] || check "RSA-4096 and sha512 as sign-file does" same_as_sign_file big.key big.pem sha512 ksig-1.p7s
expect 0 "a certificate without a key identifier" -- build -o plain.tap --module-key rsa.key --module-cert plain.pem
unpack plain.tap
check "goes by its serial number, as in /proc/keys" grep -q '^ksig: 008f01 0 ' x/manifest

refuse() { # CODE TEXT PATTERN ARGS...
	rm -f no.tap
	expect "$1" "$2" "$3" -- build -o no.tap "${@:4}"
	check "$2: nothing is written" test ! -e no.tap
}
refuse 3 "no such module key" "^tapbuild: there is no file 'none\.key'$" --module-key none.key --module-cert rsa.pem
refuse 3 "the certificate of another key" "^tapbuild: certificate 'big\.pem' is not that of key 'rsa\.key'$" --module-key rsa.key --module-cert big.pem
refuse 3 "a key without its certificate" "no X\.509 certificate .* in 'rsa\.key'" --module-key rsa.key
refuse 3 "a key with a passphrase" "'locked\.key' has a passphrase" --module-key locked.key --module-cert rsa.pem
refuse 3 "a key that all may read" "'open\.key' may be read by all \(mode 0644\)" --module-key open.key --module-cert rsa.pem
refuse 3 "an Ed25519 key" 'is ED25519; kernels check RSA and EC' --module-key ed.key --module-cert rsa.pem
refuse 3 "a certificate as key" "no private key in 'rsa\.pem'" --module-key rsa.pem --module-cert rsa.pem
refuse 2 "two keys, one certificate" '2 --module-key, but 1 --module-cert' --module-key rsa.key --module-key ec.key --module-cert rsa.pem
refuse 2 "a key twice" 'is given twice' --module-key rsa.key --module-cert rsa.pem --module-key rsa.key --module-cert rsa.der
refuse 2 "md5" "hash 'md5'" --module-key rsa.key --module-cert rsa.pem --module-hash md5

# ---- later ----------------------------------------------------------------------------
"$builder" -q -r "$k" -r "$k2" -m ks -o two.tap -e 'probe begin { println(3) exit() }'
"$builder" keygen -o b --role build >/dev/null
"$builder" sign "${keys[@]}" --key b.key two.tap >/dev/null
sum=$(sha256sum two.tap)
expect 0 "sign --module-key" '2 of 2 modules have a kernel signature \(2 more\)$' \
	"^ks\.tap: the manifest has changed: 2 old signatures dropped, signed anew as 'release'$" -- \
	"$builder" sign "${keys[@]}" --module-key rsa.key --module-cert rsa.pem -o ks.tap two.tap
check "the bundle it came from stays" test "$sum" = "$(sha256sum two.tap)"
expect 0 "verify" 'good: .* 2 of 2 kernels' -- "$builder" verify "${keys[@]}" ks.tap
check "packs and sources are the same bytes" sh -c 'for m in source pack-0000; do tar xOf two.tap tap-1/$m >m1; tar xOf ks.tap tap-1/$m | cmp - m1 || exit 1; done'
id() { "$builder" info --json "${keys[@]}" "$1" | grep -o '"bundle_id":"[0-9a-f]*"'; }
check "the bundle-id stays" test "$(id two.tap)" = "$(id ks.tap)"
expect 0 "one more key, in place" '2 of 2 modules .* \(2 more\)$' '1 old signature dropped' -- \
	"$builder" sign "${keys[@]}" --module-key ec.key --module-cert ec.pem ks.tap
expect 0 "info counts" "^kernel key   $(skid_of rsa.pem), 2 of 2 modules$" "^kernel key   $(skid_of ec.pem), 2 of 2 modules$" -- "$builder" info "${keys[@]}" ks.tap
expect 0 "verify --module-cert" 'good: ' -- "$builder" verify "${keys[@]}" --module-cert ec.der ks.tap
expect 4 "verify: another certificate" "has no kernel signature by one of the certificates \\[BAD-KSIG\\]$" -- "$builder" verify "${keys[@]}" --module-cert big.pem ks.tap
expect 4 "verify: no kernel signature" "has no kernel signature by one of the certificates \\[BAD-KSIG\\]$" -- "$builder" verify "${keys[@]}" --module-cert rsa.pem two.tap
expect 3 "verify: no certificate" 'no X\.509 certificate' -- "$builder" verify "${keys[@]}" --module-cert rsa.key ks.tap
openssl dgst -sha256 -sign rsa.key -out raw.sig rsa.pem
"$mktap" ksig "$work/key.key" two.tap wrong.tap raw.sig "$(skid_of rsa.pem)"
expect 4 "verify: a kernel signature that is none" "kernel signature 0 of module '.*': it is no PKCS#7 .*\\[BAD-KSIG\\]$" -- "$builder" verify "${keys[@]}" --module-cert rsa.pem wrong.tap
expect 3 "the same key again" 'has a kernel signature by [0-9a-f]{40} already$' -- \
	"$builder" sign "${keys[@]}" --module-key rsa.key --module-cert rsa.pem ks.tap
expect 2 "a certificate without a key" '^usage: ' -- "$builder" sign "${keys[@]}" --module-cert rsa.pem ks.tap
check "at build time and later give the same bundle" sh -c "
	SOURCE_DATE_EPOCH=0 '$builder' -q -r '$k' -m ks -o a.tap -e 'probe begin { println(3) exit() }' &&
	SOURCE_DATE_EPOCH=0 '$builder' sign --keys '$work/keys' --module-key rsa.key --module-cert rsa.pem a.tap &&
	SOURCE_DATE_EPOCH=0 '$builder' -q -r '$k' -m ks -o b.tap --module-key both.pem -e 'probe begin { println(3) exit() }' &&
	cmp a.tap b.tap"

# ---- elsewhere ------------------------------------------------------------------------
# openssl is the machine with the keys: it gets files and gives files back.
cms() { # CERT-NAME MODULE ARGS...
	openssl cms -sign -binary -noattr -nocerts -md sha256 -outform DER -inkey "$1.key" -signer "$1.pem" \
		-in "$2" -out "$2.p7s" "${@:3}" 2>&1
}
attach() {
	"$builder" attach "${keys[@]}" -o out.tap "$@"
}
expect 0 "tbs" '^tbs/ks_[0-9a-f]{8}\.ko  ' '^tbs/message  for Ed25519, as .release. at 1700000000$' \
	'openssl pkeyutl -sign -rawin' -- "$builder" tbs "${keys[@]}" --signed-at 1700000000 -o tbs two.tap
unpack rsa.tap
name=$(awk '/^module: / { print $2 }' x/manifest)
check "the modules are those of the bundle" sh -c "'$builder' extract --keys '$work/keys' -C y two.tap && cmp y/*/$name.ko tbs/$name.ko"
mods=(tbs/*.ko)
check "one for each kernel" test "${#mods[@]}" = 2
for m in "${mods[@]}"; do cms rsa "$m"; done
expect 0 "attach PKCS#7 files" '2 of 2 modules have a kernel signature \(2 more\)$' \
	"2 old signatures dropped, signed anew as 'release'$" -- attach --module-cert rsa.pem two.tap tbs/*.p7s
expect 0 "what was made of it verifies" 'good: ' -- "$builder" verify "${keys[@]}" out.tap
for m in manifest ksig source pack-0000; do
	check "the same $m as signed here" sh -c "tar xOf out.tap tap-1/$m >m1; '$builder' sign --keys '$work/keys' --module-key rsa.key --module-cert rsa.pem -o here.tap two.tap >/dev/null; tar xOf here.tap tap-1/$m | cmp - m1"
done
rm tbs/*.p7s
if [ -n "$sign_file" ]; then
	for m in "${mods[@]}"; do
		cp "$m" "signed-${m#tbs/}"
		"$sign_file" sha256 ec.key ec.pem "signed-${m#tbs/}"
	done
	expect 0 "attach modules that sign-file signed, to what has a signature" '2 of 2 modules .* \(2 more\)$' '1 old' -- \
		attach --module-cert rsa.pem --module-cert ec.pem here.tap signed-*.ko
	flip "signed-$name.ko" 400
	expect 4 "one whose module was changed" "^tapbuild: signed-$name\.ko: it is no module of this bundle, or was changed \[BAD-KSIG\]$" -- \
		attach --module-cert ec.pem two.tap signed-*.ko
	head -c 600 "tbs/$name.ko" >cut.ko
	tail -c 30 "signed-$name.ko" >>cut.ko
	expect 4 "one whose signature is cut off" 'cut\.ko: its signature is .*\[BAD-KSIG\]$' -- attach --module-cert ec.pem two.tap cut.ko
fi
cms rsa "tbs/$name.ko" -keyid
expect 0 "one module of two, its signer by key identifier" '1 of 2 modules .* \(1 more\)$' -- attach --module-cert rsa.pem two.tap "tbs/$name.ko.p7s"
check "no more than that" test "$(tar xOf out.tap tap-1/manifest | grep -c "^ksig: $(skid_of rsa.pem) 0 ")" = 1

not_taken() { # TEXT PATTERN FILE [CERT]
	rm -f out.tap
	expect 4 "refused: $1" "^tapbuild: $3: $2.*\[BAD-KSIG\]$" -- attach --module-cert "${4:-rsa.pem}" two.tap "$3"
	check "refused: $1: nothing is written" test ! -e out.tap
}
p7s=tbs/$name.ko.p7s
cms big "tbs/$name.ko"
not_taken "an unknown signer" 'its signer .*CN=big, serial [0-9A-F]+\) has none of the certificates' "$p7s"
cms rsa "tbs/$name.ko"
for m in "${mods[@]}"; do [ "$m" = "tbs/$name.ko" ] || other=$m; done
cp "$p7s" "$other.p7s"
not_taken "the signature of another module" 'it is not a signature of this module' "$other.p7s"
cp "$p7s" good.p7s
flip "$p7s" $(($(stat -c %s "$p7s") - 9))
not_taken "one byte of it is another" 'it is not a signature of this module' "$p7s"
(cat good.p7s; echo) >"$p7s"
not_taken "bytes after it" 'there are bytes after' "$p7s"
head -c 300 good.p7s >"$p7s"
not_taken "cut off" 'it is no PKCS#7' "$p7s"
echo text >"$p7s"
not_taken "text" 'it is no PKCS#7' "$p7s"
: >"$p7s"
not_taken "nothing" 'it is no PKCS#7' "$p7s"
openssl cms -sign -binary -nocerts -md sha256 -outform DER -inkey rsa.key -signer rsa.pem -in "tbs/$name.ko" -out "$p7s"
not_taken "signed attributes" 'it has signed attributes, which kernels refuse' "$p7s"
cms rsa "tbs/$name.ko" -nodetach
not_taken "the module inside" 'the module is inside' "$p7s"
cms rsa "tbs/$name.ko" -md sha1
not_taken "a weak hash" 'it has a hash that is weak' "$p7s"
cms rsa "tbs/$name.ko" -signer big.pem -inkey big.key
not_taken "two signers" 'it must have one signer' "$p7s" rsa.pem
cms rsa "tbs/$name.ko" -keyopt rsa_padding_mode:pss
not_taken "RSA-PSS" 'it is neither RSA' "$p7s"
openssl cms -digest_create -in "tbs/$name.ko" -outform DER -out "$p7s" 2>/dev/null
not_taken "no signature but a digest" 'it is no' "$p7s"
cp good.p7s tbs/other_0.ko.p7s
not_taken "a module that is not inside" 'no module of that name' tbs/other_0.ko.p7s
not_taken "an unsigned module" 'it has no kernel signature' "tbs/$name.ko"
cp good.p7s "$p7s"
expect 3 "refused: the same twice" 'has a kernel signature by .* already' -- attach --module-cert rsa.pem two.tap "$p7s" "$p7s"
expect 3 "refused: no certificate in the file" 'no X\.509 certificate' -- attach --module-cert rsa.key two.tap "$p7s"
expect 2 "attach without a certificate" '^usage: ' -- attach two.tap "$p7s"
expect 2 "attach of nothing" '^usage: ' -- attach --module-cert rsa.pem two.tap
check "the bundle stays" test "$sum" = "$(sha256sum two.tap)"

# ---- the bundle's own signature, made elsewhere ---------------------------------------
openssl genpkey -algorithm ed25519 -out hsm.key 2>/dev/null
openssl pkey -in hsm.key -pubout -out hsm.pem
openssl pkey -in rsa.key -pubout -out rsapub.pem
pkeyutl() { # MESSAGE
	openssl pkeyutl -sign -rawin -inkey hsm.key -in "$1" -out "$1.sig"
}
one() { # MESSAGE ARGS...
	rm -f out.tap
	"$builder" attach "${keys[@]}" -o out.tap --message "$1" --signature "$1.sig" --public hsm.pem "${@:2}" two.tap
}
pkeyutl tbs/message
expect 0 "attach a signature" "^out\.tap: signed as 'release' at 1700000000 by hsm\.pem$" -- one tbs/message
expect 0 "keygen --public" '^public key  hsm\.pub ' '!secret' -- "$builder" keygen --public hsm.pem -o hsm
mkdir hosts
cp hsm.pub hosts/
expect 0 "a host that has only that key" 'good: ' -- "$builder" verify --keys hosts --need-release 1 out.tap
check "all else is the same" sh -c 'for m in manifest source pack-0000; do tar xOf two.tap tap-1/$m >m1; tar xOf out.tap tap-1/$m | cmp - m1 || exit 1; done'
cp out.tap hsm.tap
expect 0 "the public key as NAME.pub" 'signed as' -- "$builder" attach "${keys[@]}" -o out.tap --message tbs/message --signature tbs/message.sig --public hsm.pub two.tap
check "the same bundle" cmp hsm.tap out.tap
expect 3 "the same key twice" 'has signed this bundle' -- "$builder" attach "${keys[@]}" --message tbs/message --signature tbs/message.sig --public hsm.pem hsm.tap
expect 0 "as build" "as 'build'" -- "$builder" tbs "${keys[@]}" --role build -o tbs2 two.tap
pkeyutl tbs2/message
expect 0 "attach it" "signed as 'build'" -- one tbs2/message

no_sig() { # TEXT PATTERN MESSAGE [ARGS...]
	expect 4 "refused: $1" "$2.*\[NO-SIGNATURE\]$" -- one "${@:3}"
	check "refused: $1: nothing is written" test ! -e out.tap
}
cp tbs/message mine
pkeyutl tbs/message
cp tbs2/message.sig mine.sig
no_sig "the signature of another role" 'it is not a signature of this bundle by that key' mine
cp tbs/message.sig mine.sig
flip mine.sig 20
no_sig "one byte of it is another" 'it is not a signature of this bundle by that key' mine
head -c 63 tbs/message.sig >mine.sig
no_sig "63 bytes" '63 bytes; an Ed25519 signature has 64' mine
cp tbs/message.sig mine.sig
openssl genpkey -algorithm ed25519 2>/dev/null | openssl pkey -pubout -out else.pem
no_sig "by another key" 'it is not a signature' mine --public else.pem
flip mine 200
no_sig "a message with another manifest" 'it is not the message of this bundle' mine
"$builder" tbs "${keys[@]}" -o tbs3 here.tap >/dev/null
pkeyutl tbs3/message
no_sig "the message of another bundle" 'it is not the message of this bundle' tbs3/message
head -c 40 tbs/message >mine
no_sig "a short message" 'it is not the message of this bundle' mine
expect 3 "refused: an RSA key" "key 'rsapub\.pem' is rsaEncryption; bundles are signed by ED25519" -- one tbs/message --public rsapub.pem
expect 3 "refused: no key" "no public key in 'tbs/message'" -- one tbs/message --public tbs/message
expect 2 "attach --message alone" '^usage: ' -- "$builder" attach "${keys[@]}" --message tbs/message two.tap
expect 2 "tbs without a directory" '^usage: ' -- "$builder" tbs "${keys[@]}" two.tap
expect 4 "tbs of what nobody trusted signed" 'NO-SIGNATURE' -- "$builder" tbs --keys hosts -o no two.tap
check "the bundle stays" test "$sum" = "$(sha256sum two.tap)"
