#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The units of runner/systemd under this machine's systemd, in a guest: systemd.sh RELEASE
#
# Its root is made of the files of this machine that systemd needs, and uid 1000 is in the
# group tap there; guest/systemd.sh is what is checked.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=$(cd "${O:-out}" && pwd)
rel=$1
name=$rel/systemd
[ -x /lib/systemd/systemd ] || { echo "skip $name # there is no systemd here"; exit 0; }
command -v qemu-system-x86_64 >/dev/null || { echo "skip $name # qemu-system-x86_64 is not installed"; exit 0; }
img=$(tests/e2e/run.sh --image "$rel")
[ -n "$img" ] || { echo "skip $name # no image of $rel: tapbuild kit fetch manifests/debian.manifest"; exit 0; }
# not below $O: make takes its keys.d for a list of what to build anew
dir=$(mktemp -d "${TMPDIR:-/tmp}/tap-systemd.XXXXXX")
trap 'rm -rf "$dir"' EXIT
t=$dir/root
mkdir -p "$t"/{usr/{bin,sbin,lib,lib64},etc/{systemd/system,tap/keys.d,tap/bundles},var,new,proc,sys,dev}
for l in bin sbin lib lib64; do ln -s "usr/$l" "$t/$l"; done

# a program and the libraries it asks for, by the names it asks for
take() { # FILE
	local f
	for f in "$1" $(ldd "$1" 2>/dev/null | awk '/=>/ { print $3 } /^[ \t]*\// { print $1 }'); do
		case $f in /usr/*) ;; *) f=/usr$f ;; esac
		mkdir -p "$t$(dirname "$f")"
		[ -e "$t$f" ] || cp -L "${f#/usr}" "$t$f" 2>/dev/null || cp -L "$f" "$t$f"
	done
}
for f in /lib/systemd/systemd /lib/systemd/systemd-executor /usr/bin/systemctl /usr/bin/busybox; do
	[ ! -e "$f" ] || take "$f"
done
for f in sh cat cp chmod date grep ls sed sleep stat head timeout; do ln -s busybox "$t/usr/bin/$f"; done
musl-gcc -std=gnu11 -Os -static -no-pie -s -idirafter /usr/include \
	-idirafter "/usr/include/$(gcc -print-multiarch)" -o "$t/usr/bin/work" tests/e2e/prog/work.c || exit 1
cp "$O/taprun" "$t/usr/sbin/taprun"
cp tests/e2e/guest/systemd.sh "$t/check.sh"

units=$t/usr/lib/systemd/system
mkdir -p "$units"
for f in basic.target sysinit.target shutdown.target sockets.target slices.target paths.target timers.target local-fs.target; do
	cp "/lib/systemd/system/$f" "$units/"
done
cp runner/systemd/*.service runner/systemd/*.socket "$units/"
# the same sandbox around another program
sed -e 's/^Type=.*/Type=oneshot/' -e 's,^ExecStart=.*,ExecStart=/usr/bin/head -c 1 /dev/%i,' \
	-e '/^ConditionPathExists=/d' -e '/^Restart=/d' runner/systemd/taprun@.service >"$units/look@.service"
cat >"$t/etc/systemd/system/default.target" <<'X'
[Unit]
Requires=basic.target
Wants=check.service
AllowIsolate=yes
X
cat >"$t/etc/systemd/system/check.service" <<'X'
[Unit]
After=basic.target
[Service]
Type=oneshot
StandardOutput=file:/dev/ttyS1
StandardError=file:/dev/ttyS1
ExecStart=/usr/bin/sh /check.sh
ExecStopPost=/usr/bin/systemctl poweroff -ff
X
printf 'root:x:0:0::/:/bin/sh\ntap:x:990:1000::/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >"$t/etc/passwd"
printf 'root:x:0:\ntap:x:1000:\n' >"$t/etc/group"
echo 'ID=test' >"$t/etc/os-release"
echo 0123456789abcdef0123456789abcdef >"$t/etc/machine-id"

"$O/tapbuild" keygen -o "$dir/key" >/dev/null || exit 1
cp "$dir/key.pub" "$t/etc/tap/keys.d/test.key"
other=$("$O/tapbuild" kit list 2>/dev/null | awk -v not="$rel" '$1 != not { print $1; exit }')
for b in "demo $rel" "other ${other:-$rel}"; do
	"$O/tapbuild" -q -r "${b#* }" --sign-key "$dir/key.key" -m "${b% *}" -o "$t/etc/tap/bundles/${b% *}.tap" \
		tests/e2e/cases/background.stp || { echo "not ok $name # its bundles"; exit 1; }
done
printf 'audit: /var/log/tap/user/audit\nallow: * max-runtime 600\n' >"$t/etc/tap/policy"
# as the unit's head says it
sed -n 's/^#\tTAP_OPTIONS=/TAP_OPTIONS=/p' runner/systemd/taprun@.service | sed 's/NAME/demo/g' >"$t/etc/tap/bundles/demo.conf"
cat >"$t/init" <<'X'
#!/bin/busybox sh
# what is mounted away for a service must not be the first root
busybox mount -t tmpfs -o mode=755 none /new
cd /
for f in bin sbin lib lib64 usr etc var check.sh; do busybox cp -a $f /new/; done
busybox mkdir /new/proc /new/sys /new/dev /new/run
busybox mkdir -m 1777 /new/tmp
busybox mount -t devtmpfs none /new/dev
exec busybox switch_root /new /lib/systemd/systemd
X
chmod 755 "$t/init"
chmod -R go-w,a+rX "$t"
(cd "$t" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0 | gzip -1) >"$dir/initrd"
timeout "${E2E_LIMIT_S:-1800}" qemu-system-x86_64 -accel tcg,thread=single -cpu max -smp 2 -m 1024 -nodefaults \
	-display none -no-reboot -net none -kernel "$img" -initrd "$dir/initrd" \
	-append "console=ttyS0 panic=-1 no_timer_check quiet systemd.show_status=0 systemd.log_target=console systemd.log_level=warning" \
	-serial "file:$dir/console" -serial "file:$dir/result" </dev/null
[ "$(tail -n 1 "$dir/result" | tr -d '\r')" = finished ] || {
	tail -n 20 "$dir/console" | sed 's/^/# /'
	echo "not ok $name/finished"
}
tr -d '\r' <"$dir/result" | sed -e '/^finished$/d' -e "s,^\(not ok\|ok\) ,&$name: ,"
! grep -q '^not ok' "$dir/result" && grep -q '^finished' "$dir/result"
