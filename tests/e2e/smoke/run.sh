#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The runtime alone, below the front end and taprun: sessions, losses, read(),
# a killed reader, arming under load.
#
#   run.sh RELEASE...        prints "ok RELEASE/smoke" or "not ok …"
#
# One guest CPU executes at a time: QEMU's parallel TCG can go on executing an
# int3 that the guest has patched away, which no kernel survives.  The argument
# "nostress" of drive_smoke leaves out what provokes that; the rest then also runs
# with -accel tcg.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=${O:-$root/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
limit=${E2E_LIMIT_S:-240}
[ $# -gt 0 ] || { sed -n '3,10p' "$0" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/tap-smoke.XXXXXX")
trap 'rm -rf "$work"' EXIT

make -s --no-print-directory -C "$root" O="$out" smoke-bins >/dev/null || exit 1
failed=0
for rel; do
	img=$cache/images/vmlinuz-$rel
	if [ ! -s "$img" ]; then
		echo "skip $rel/smoke # no kernel image in $cache/images"
		continue
	fi
	mkdir -p "$work/$rel"
	if ! TAP_HOME="$root" "$out/smoke/mksmoke" "$rel" "$here/gen_smoke.c" \
		"$work/$rel/tapsmoke.ko" >"$work/log" 2>&1; then
		sed 's/^/# /' "$work/log"
		echo "not ok $rel/smoke # build"
		failed=1
		continue
	fi
	cp "$out/smoke/drive_smoke" "$work/$rel/init"
	(cd "$work/$rel" && printf 'init\ntapsmoke.ko\n' |
		cpio -o -H newc --quiet) >"$work/initrd"
	timeout "$limit" qemu-system-x86_64 -accel tcg,thread=single -cpu max \
		-smp 2 -m 1024 -nographic -no-reboot -net none -kernel "$img" \
		-initrd "$work/initrd" -append 'console=ttyS0 panic=-1' \
		2>&1 | tr -d '\r' >"$out/smoke-$rel.console"
	if grep -aq '^SMOKE OK' "$out/smoke-$rel.console"; then
		echo "ok $rel/smoke # $(grep -a '^SMOKE OK' "$out/smoke-$rel.console")"
	else
		grep -a 'NOT OK' "$out/smoke-$rel.console" | sed 's/^/# /'
		echo "not ok $rel/smoke # see $out/smoke-$rel.console"
		failed=1
	fi
done
exit $failed
