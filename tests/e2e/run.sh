#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One boot per kernel runs every case (or gives a shell).
#
#   run.sh --dir DIR RELEASE[/BOOT]...   run DIR/*.tap with their expectations, or
#                                        DIR/BOOT.boot.sh instead (boot/ says how it boots)
#   run.sh --shell --dir DIR RELEASE
#   run.sh --image RELEASE     only say where its kernel image is
#   E2E_CPUS=4       CPUs of a guest (2)
#   E2E_SECURE=DIR   of tests/e2e/secureboot.sh: signed kernels, for boots with NAME.firmware
#   E2E_JOBS=1       guests at a time (two for each CPU, where memory allows)
#
# Prints "ok RELEASE/CASE", "not ok …" or "skip …" in the order of the arguments; exit 1
# when anything failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${O:-$root/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
dir='' shell='' keys='' image=''
limit=${E2E_LIMIT_S:-3600} # of a guest that hangs, not of a slow one

while [ $# -gt 0 ]; do
	case $1 in
	--dir) dir=$2; shift ;;
	--keys) keys=$2; shift ;;
	--shell) shell=1 ;;
	--image) image=$2; shift ;;
	--*) echo "run.sh: unknown option $1" >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
[ -n "$image" ] || { [ -n "$dir" ] && [ $# -gt 0 ]; } || { sed -n '3,15p' "$0" >&2; exit 2; }
. "$here/guest/lib.sh" # console_complains
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

if [ -n "$image" ]; then
	image_of "$image"
	exit
fi

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
	local t=$work/root p of
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
	mapfile -t of < <(printf '%s\n' "${@%%/*}" | sort -u)
	put_modules "$t" "${of[@]}"
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
# kernel waits for, and it panics; under KVM it does not look either.  And a host that
# stands still for half a minute is no lockup of the guest, which lasts.
qemu() { # image serial1 CPUs words args...
	local img=$1 results=$2 cpus=$3 append=$4
	shift 4
	# shellcheck disable=SC2046
	qemu-system-x86_64 -accel $(accel "$img") -smp "$cpus" -m 1024 -nodefaults \
		-display none -no-reboot -net none -kernel "$img" -initrd "$work/initrd" \
		-append "console=ttyS0 panic=-1 no_timer_check quiet watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=60 workqueue.watchdog_thresh=60 $append" "$@" -serial "$results"
}

# UEFI with Secure Boot on: the firmware checks the kernel, and only code in system
# management mode may change its variables.
secure_args() { # variables
	printf '%s ' -machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on \
		-drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd \
		-drive "if=pflash,unit=1,format=raw,file=$1"
}

# A guest's results; boot/NAME.cpus and NAME.append are what NAME wants to boot with.
boot_one() { # RELEASE[/BOOT]
	local rel=${1%%/*} boot='' at=$work/${1//\//+} cpus=${E2E_CPUS:-2} append='' img args=''
	[ "$1" = "$rel" ] || boot=${1#*/}
	img=$(image_of "$rel")
	if [ -z "$img" ]; then
		echo "not ok $1/boot # no kernel image in the package cache; run: out/tapbuild kit fetch manifests/debian.manifest"
		return
	fi
	if [ -n "$boot" ]; then
		cpus=$(cat "$here/boot/$boot.cpus" 2>/dev/null || echo "$cpus")
		append="tap.only=$boot $(cat "$here/boot/$boot.append" 2>/dev/null)"
		if [ -e "$here/boot/$boot.firmware" ]; then
			cp "/usr/share/OVMF/$(cat "$here/boot/$boot.firmware")" "$at.vars"
			args=$(secure_args "$at.vars")
			img=$E2E_SECURE/vmlinuz-$rel
		fi
	else
		echo "# $rel: booting" >&2 # it may take minutes to the next line
	fi
	: >"$at.results"
	timeout "$limit" bash -c "$(declare -f qemu accel); work=$work cache=$cache; qemu '$img' 'file:$at.results' '$cpus' '$append' $args -serial 'file:$at.console'" \
		>"$at.qemu" 2>&1
	sed -n -e "s,^ok \(.*\),ok $rel/\1,p" -e "s,^not ok \(.*\),not ok $rel/\1,p" \
		-e "s,^skip \(.*\),skip $rel/\1,p" -e '/^[#|]/p' "$at.results" | tr -d '\r'
	if ! grep -q '^finished [1-9]' "$at.results"; then
		echo "not ok $1/finished # the guest did not say so; console: $(tail -5 "$at.console" | tr '\r\n' '  ')"
	fi
	if console_complains "$at.console"; then
		sed 's/^/# /' "$at.console.kernel" | tail -40
		echo "not ok $1/console # the kernel complains; all of it: $out/e2e-${1//\//-}.console"
	fi
	cp "$at.console" "$out/e2e-${1//\//-}.console" 2>/dev/null
}

keys=${keys:-$dir/keys}
make_initrd "$@"
if [ -n "$shell" ]; then
	img=$(image_of "$1") || exit 1
	# shellcheck disable=SC2046
	exec qemu-system-x86_64 -accel $(accel "$img") -smp ${E2E_CPUS:-2} -m 1024 -nographic -no-reboot \
		-net none -kernel "$img" -initrd "$work/initrd" \
		-append "console=ttyS0 panic=-1 no_timer_check quiet tap.shell"
fi
# TCG uses one CPU for a guest; more guests than CPUs, because tests also wait.
jobs=${E2E_JOBS:-$(($(nproc) * 2))}
room=$(awk '/^MemAvailable:/ { print int($2 / 1024 / GUEST_MB) }' GUEST_MB=1600 /proc/meminfo)
[ "$jobs" -le "$room" ] || jobs=$((room > 0 ? room : 1))
(
	for g; do
		(boot_one "$g" >"$work/${g//\//+}.tap"; touch "$work/${g//\//+}.done") &
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
	done
	wait
) &
# Each guest's results as soon as it is its turn.
for g; do
	until [ -e "$work/${g//\//+}.done" ]; do sleep 0.2; done
	cat "$work/${g//\//+}.tap"
done | tee "$work/all"
wait
! grep -q '^not ok' "$work/all"
