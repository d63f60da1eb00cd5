#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One boot per kernel runs every case (or gives a shell).
#
#   run.sh --dir DIR RELEASE...      run DIR/*.tap with their expectations
#   run.sh --shell --dir DIR RELEASE
#   --append WORDS   more words for the kernel's command line
#   --only NAME      run DIR/NAME.boot.sh instead of the cases
#   E2E_CPUS=4       CPUs of a guest (2)
#
# Prints "ok RELEASE/CASE", "not ok …" or "skip …"; exit 1 when anything failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${O:-$root/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
dir='' shell='' keys='' append='' only=''
limit=${E2E_LIMIT_S:-1200} # of a guest that hangs, not of a slow one

while [ $# -gt 0 ]; do
	case $1 in
	--dir) dir=$2; shift ;;
	--keys) keys=$2; shift ;;
	--append) append=$2; shift ;;
	--only) only=$2; shift ;;
	--shell) shell=1 ;;
	--*) echo "run.sh: unknown option $1" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
[ -n "$dir" ] && [ $# -gt 0 ] || { sed -n '3,11p' "$0" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tap-e2e.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The kernel image lies in the package that its kit was made from.
image_of() {
	local rel=$1 img="$cache/images/vmlinuz-$1" deb
	if [ ! -s "$img" ]; then
		mkdir -p "$cache/images"
		for deb in "$cache"/packages/*/linux-{image,binary,binary-unsigned}-"$rel"_*.deb \
			"$cache"/packages/*/linux-image-"$rel"-unsigned_*.deb; do
			[ -f "$deb" ] || continue
			rm -rf "$work/x-$rel" && mkdir "$work/x-$rel"
			dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/x-$rel" \
				--wildcards './boot/vmlinuz*' './usr/lib/modules/*/vmlinuz*' 2>/dev/null
			find "$work/x-$rel" -type f -name 'vmlinuz*' -exec mv {} "$img.tmp.$$" \; -quit
			[ -s "$img.tmp.$$" ] && mv "$img.tmp.$$" "$img" && break
		done
	fi
	[ -s "$img" ] && echo "$img"
}

# Modules of a kernel, unpacked once, from the packages its kit was made of; or those
# that were made to be traced (tests/e2e/mods.sh).
module_of() { # release name
	local d=$cache/images/modules-$1 f
	if [ -f "$here/mod/$2.c" ]; then
		echo "$root/out/mod/$1/$2.ko"
		return
	fi
	if [ ! -d "$d" ]; then
		rm -rf "$d.tmp" && mkdir -p "$d.tmp"
		for f in "$cache"/packages/*/linux-{image,modules}-"$1"_*.deb \
			"$cache"/packages/*/linux-image-"$1"-unsigned_*.deb; do
			[ -f "$f" ] && dpkg-deb --fsys-tarfile "$f" |
				tar -x -C "$d.tmp" --wildcards '*/drivers/scsi/*' '*/lib/*' '*/crypto/*' '*/block/*' 2>/dev/null
		done
		find "$d.tmp" -name '*.ko.xz' -exec xz -d {} +
		find "$d.tmp" -name '*.ko.zst' -exec zstd -q -d --rm {} +
		mv "$d.tmp" "$d"
	fi
	find "$d" -name "${2//_/[-_]}.ko" | head -1
}

# A module and what it needs first, in the order of loading; what is not there is in
# the kernel itself.
put_module() { # release name directory case
	local f n
	f=$(module_of "$1" "$2")
	[ -n "$f" ] && ! grep -qx "$2" "$3/$4.order" 2>/dev/null || return
	cp "$f" "$3/$2.ko"
	for n in $(modinfo -F depends "$f" | tr , ' '); do
		put_module "$1" "$n" "$3" "$4"
	done
	[ -f "$here/mod/$2.c" ] || echo "$2" >>"$3/$4.order"
}

# CASE.mods names modules that the guest gets in /lib/modules/RELEASE; in which order
# the case is to load them is in the file order there.
put_modules() { # root release...
	local t=$1 rel m f
	shift
	for f in "$dir"/*.mods; do
		[ -f "$f" ] || continue
		for m in $(cat "$f"); do
			[ -f "$here/mod/$m.c" ] && { O=$out "$here/mods.sh" "$@" || exit 1; }
			for rel; do
				mkdir -p "$t/lib/modules/$rel"
				put_module "$rel" "$m" "$t/lib/modules/$rel" "$(basename "$f" .mods)"
			done
		done
	done
}

make_initrd() {
	local t=$work/root p
	# what the cases need to be traced
	mkdir -p "$out/e2e-bin"
	for p in "$here"/prog/*.c; do
		musl-gcc -std=gnu11 -Wall -Wextra -Werror -Os -static -no-pie -s \
			-idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" \
			-o "$work/prog" "$p" || { echo "not ok e2e/prog # ${p##*/}"; exit 1; }
		mv "$work/prog" "$out/e2e-bin/$(basename "$p" .c)"
	done
	mkdir -p "$t"/{bin,guest,cases,keys,etc,lib,tmp}
	cp "$(command -v busybox)" "$t/bin/busybox"
	cp "$out/taprun" "$t/bin/taprun"
	for p in "$out"/e2e-bin/*; do [ -x "$p" ] && cp "$p" "$t/bin/"; done
	cp "$here"/guest/* "$t/guest/"
	cp -r "$dir"/. "$t/cases/"
	put_modules "$t" "$@"
	cp "$keys"/*.key "$t/keys/" 2>/dev/null
	chown -R 0:0 "$t" 2>/dev/null
	chmod 755 "$t" "$t/keys"
	chmod 644 "$t"/keys/*
	mv "$t/guest/init" "$t/init"
	chmod 755 "$t/init"
	(cd "$t" && find . | LC_ALL=C sort | cpio -o -H newc --quiet | gzip -1) >"$work/initrd"
}

# KVM only where a guest really starts: the device node proves nothing.  TCG with
# one thread: with more, a CPU may run stale translations of code that another CPU
# is patching, which is just what arming a probe does.
accel() {
	local f=$cache/accel-2
	if [ ! -s "$f" ]; then
		mkdir -p "$cache"
		echo "tcg,thread=single -cpu max" >"$f"
		if [ -w /dev/kvm ] && timeout 20 qemu-system-x86_64 -accel kvm \
			-cpu host -m 256 -nographic -no-reboot -net none \
			-kernel "$1" -append 'console=ttyS0 panic=-1' 2>/dev/null |
			grep -q 'Unable to mount root fs'; then
			echo "kvm -cpu host" >"$f"
		fi
	fi
	cat "$f"
}

# no_timer_check: on a busy machine an emulated timer may miss the few ticks that the
# kernel waits for, and it panics; under KVM it does not look either.
qemu() { # image serial1 args...
	local img=$1 results=$2 append=$3
	shift 3
	# shellcheck disable=SC2046
	qemu-system-x86_64 -accel $(accel "$img") -smp ${E2E_CPUS:-2} -m 1024 -nodefaults \
		-display none -no-reboot -net none -kernel "$img" -initrd "$work/initrd" \
		-append "console=ttyS0 panic=-1 no_timer_check quiet $append" "$@" -serial "$results"
}

boot_one() {
	local rel=$1 img log=$work/$1.console res=$work/$1.results
	img=$(image_of "$rel")
	if [ -z "$img" ]; then
		echo "not ok $rel/boot # no kernel image in the package cache; run: out/tapbuild kit fetch manifests/debian.manifest"
		return
	fi
	: >"$res"
	[ -n "$only" ] || echo "# $rel: booting" >&2 # it may take minutes to the next line
	timeout "$limit" bash -c "$(declare -f qemu accel); work=$work cache=$cache; qemu '$img' 'file:$res' '$append ${only:+tap.only=$only}' -serial 'file:$log'" \
		>"$work/$rel.qemu" 2>&1
	sed -n -e "s,^ok \(.*\),ok $rel/\1,p" -e "s,^not ok \(.*\),not ok $rel/\1,p" \
		-e "s,^skip \(.*\),skip $rel/\1,p" -e '/^[#|]/p' "$res" | tr -d '\r'
	if ! grep -q '^finished ' "$res"; then
		echo "not ok $rel/finished # the guest did not say so; console: $(tail -5 "$log" | tr '\r\n' '  ')"
	fi
	cp "$log" "$out/e2e-$rel.console" 2>/dev/null
}

keys=${keys:-$dir/keys}
make_initrd "$@"
if [ -n "$shell" ]; then
	img=$(image_of "$1") || exit 1
	# shellcheck disable=SC2046
	exec qemu-system-x86_64 -accel $(accel "$img") -smp ${E2E_CPUS:-2} -m 1024 -nographic -no-reboot \
		-net none -kernel "$img" -initrd "$work/initrd" \
		-append "console=ttyS0 panic=-1 no_timer_check quiet tap.shell $append"
fi
# Two guests at a time: one CPU each is what TCG can use here.
jobs=${E2E_JOBS:-$(nproc)}
(
	for rel; do
		(boot_one "$rel" >"$work/$rel.tap" 2>&1; touch "$work/$rel.done") &
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
	done
	wait
) &
# Each kernel's results as soon as it is its turn.
for rel; do
	until [ -e "$work/$rel.done" ]; do sleep 0.2; done
	cat "$work/$rel.tap"
done | tee "$work/all"
wait
! grep -q '^not ok' "$work/all"
