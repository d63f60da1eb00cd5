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
	"$sign_file" -dp "$3" "$1" "$2" m.ko && cmp m.ko.p7s "$4"
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
expect 3 "the same key again" 'has a kernel signature by [0-9a-f]{40} already$' -- \
	"$builder" sign "${keys[@]}" --module-key rsa.key --module-cert rsa.pem ks.tap
expect 2 "a certificate without a key" '^usage: ' -- "$builder" sign "${keys[@]}" --module-cert rsa.pem ks.tap
check "at build time and later give the same bundle" sh -c "
	SOURCE_DATE_EPOCH=0 '$builder' -q -r '$k' -m ks -o a.tap -e 'probe begin { println(3) exit() }' &&
	SOURCE_DATE_EPOCH=0 '$builder' sign --keys '$work/keys' --module-key rsa.key --module-cert rsa.pem a.tap &&
	SOURCE_DATE_EPOCH=0 '$builder' -q -r '$k' -m ks -o b.tap --module-key both.pem -e 'probe begin { println(3) exit() }' &&
	cmp a.tap b.tap"
