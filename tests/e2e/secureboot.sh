#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Secure Boot from the firmware to a running probe: the kernels of distributions with one
# more signature, of the key that OVMF's snakeoil variables have in db; modules signed by
# the same key, by another, wrongly, and not at all.  One boot is locked down without it.
#
#   secureboot.sh RELEASE...    bundles in $O/e2e-secure, then two boots of each kernel, one more of the first
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
dir=$O/e2e-secure
export E2E_SECURE=$O/e2e-secure.kernels
ovmf=/usr/share/ovmf
for f in "$ovmf/PkKek-1-snakeoil.key" /usr/share/OVMF/OVMF_CODE_4M.secboot.fd /usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd; do
	[ -r "$f" ] && continue
	echo "skip e2e/secureboot # there is no $f: apt-get install ovmf"
	exit 0
done
command -v sbsign >/dev/null || { echo "skip e2e/secureboot # apt-get install sbsigntool"; exit 0; }
command -v openssl >/dev/null || { echo "skip e2e/secureboot # apt-get install openssl"; exit 0; }
make -s --no-print-directory O="$O" cli-bins >/dev/null || exit 1
rm -rf "$dir" "$E2E_SECURE"
mkdir -p "$dir/keys" "$E2E_SECURE"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/tap-secure.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
umask 077

# shellcheck disable=SC2016
script='global n
probe kprobe.function("do_sys_openat2") {
	if (pid() == target() && user_string(pointer_arg(2)) == "/proc/version")
		println("open /proc/version")
}
probe kernel.function("vfs_read").return { if (pid() == target()) n++ }
probe end { println("reads ", n) println("end") }'

run() { # TEXT COMMAND...
	local text=$1
	shift
	"$@" >"$tmp/log" 2>&1 && return
	sed 's/^/# /' "$tmp/log"
	echo "not ok e2e/secureboot/$text"
	exit 1
}
skid_of() {
	openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :' | tr A-F a-f
}
db=$ovmf/PkKek-1-snakeoil.pem
run keys openssl rsa -in "$ovmf/PkKek-1-snakeoil.key" -passin pass:snakeoil -out "$tmp/db.key"
run keys openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=stranger -keyout "$tmp/strange.key" -out "$tmp/strange.pem"
skid_of "$db" >"$dir/db.skid"
skid_of "$tmp/strange.pem" >"$dir/strange.skid"
run keygen "$O/tapbuild" keygen -o "$tmp/test"
cp "$tmp/test.pub" "$dir/keys/test-pub.key"

tapbuild() {
	"$O/tapbuild" "$@"
}
with() { # BUNDLE KEY CERT FROM
	run "sign/$1" tapbuild sign --key "$tmp/test.key" --keys "$dir/keys" --module-key "$2" --module-cert "$3" \
		-o "$dir/$1.tap" "$dir/$4.tap"
}
which=()
for r; do which+=(-r "$r"); done
run build tapbuild -q "${which[@]}" --strict --sign-key "$tmp/test.key" -m secure -DSTP_NO_OVERLOAD -o "$dir/unsigned.tap" -e "$script"
with db "$tmp/db.key" "$db" unsigned
with strange "$tmp/strange.key" "$tmp/strange.pem" unsigned
with two "$tmp/db.key" "$db" strange
echo "no PKCS#7" >"$tmp/garbage"
run garbage "$O/cli/mktap" ksig "$tmp/test.key" "$dir/unsigned.tap" "$dir/garbage.tap" "$tmp/garbage" "$(cat "$dir/db.skid")"
# A good signature by the right key, of a module in which one bit was another.
for r; do
	run build tapbuild -q -r "$r" --sign-key "$tmp/test.key" -m secure -DSTP_NO_OVERLOAD -o "$tmp/one.tap" -e "$script"
	run extract tapbuild extract --keys "$dir/keys" -C "$tmp/x" "$tmp/one.tap"
	mv "$tmp"/x/*/*.ko "$tmp/m.ko"
	printf '\1' | dd of="$tmp/m.ko" bs=1 seek=8 conv=notrunc status=none # padding of the ELF header
	run cms openssl cms -sign -binary -noattr -nocerts -outform DER -md sha256 -signer "$db" \
		-inkey "$tmp/db.key" -in "$tmp/m.ko" -out "$tmp/m.p7s"
	run flipped "$O/cli/mktap" ksig "$tmp/test.key" "$tmp/one.tap" "$dir/flipped-$r.tap" "$tmp/m.p7s" "$(cat "$dir/db.skid")"
	rm -rf "$tmp/x"
	run "sbsign/$r" sbsign --key "$tmp/db.key" --cert "$db" --output "$E2E_SECURE/vmlinuz-$r" \
		"$(tests/e2e/run.sh --image "$r")"
done
chmod 644 "$dir"/*.tap
cp tests/e2e/boot/secureboot*.boot.sh tests/e2e/boot/lockdown_signed.boot.sh "$dir/"
guests=("$1/lockdown_signed")
for b in secureboot secureboot_conf; do
	for r; do guests+=("$r/$b"); done
done
tests/e2e/run.sh --dir "$dir" "${guests[@]}"
