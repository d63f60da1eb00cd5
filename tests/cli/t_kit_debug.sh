#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Debug indexes beside kits: add --debuginfo, list, show, check, export, import, rm.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
k=$(kit_of '6.1*')
[ -n "$k" ] || k=$(kit_of '*')
rm "$TAP_CACHE/kits"
mkdir "$TAP_CACHE/kits"
kit=("$builder" kit)
cp "$cache/kits/$k"_*.kit "$TAP_CACHE/kits/"
id=$("${kit[@]}" show "$k" | sed -n 's/^build-id *//p')

# A "kernel" and a "module" of the right build-ids, with a few lines of code each.
cat >work.c <<'END'
struct file { long other; };
static int counter;
static inline __attribute__((always_inline)) int twice(int x) { counter += x; return 2 * x; }
int vfs_work(struct file *f, int n) { return twice(n) + f->other; }
int _start(void) { return vfs_work(0, 1); }
END
fake() { # FILE BUILD-ID [LINKER FLAG...]
	local out=$1 hex=$2
	shift 2
	mkdir -p "$(dirname "$out")"
	gcc -g -O2 -nostdlib -static -Wl,--build-id=0x"$hex" "$@" -o "$out" work.c
}
fake "dbg/boot/vmlinux-$k" "$id"
dwi=$TAP_CACHE/kits/${k}_${id:0:12}.dwi

expect 0 "show before" '^debug info +none$' -- "${kit[@]}" show "$k"
expect 2 "add --debuginfo of what?" '^usage: ' -- "${kit[@]}" add --debuginfo
expect 3 "file that is not there" "^tapbuild: cannot open 'nofile'" -- "${kit[@]}" add --debuginfo nofile
expect 0 "add a directory" "\.dwi$" -- "${kit[@]}" add --debuginfo -q dbg
check "the index is beside the kit" test -f "$dwi"
cp "$dwi" one.dwi
rm "$dwi"
expect 0 "add the file" "\.dwi$" -- "${kit[@]}" add --debuginfo -q -j1 "dbg/boot/vmlinux-$k"
check "made twice, by one thread: the same bytes" cmp "$dwi" one.dwi
tar czf dbg.tar.gz dbg
expect 0 "add a package" -- "${kit[@]}" add --debuginfo -q dbg.tar.gz
check "a package is as good" cmp "$dwi" one.dwi

expect 0 "list" "^$(re "$k") .* MB debug info" -- "${kit[@]}" list
expect 0 "show" '^debug info .* of 1 files$' '^  functions +2, inlined [1-9]' '^  variables ' '^  lines +[1-9]' -- "${kit[@]}" show "$k"
expect 0 "check" '\.kit: ok$' '\.dwi: ok$' -- "${kit[@]}" check

# ---- a module built later --------------------------------------------------------------
cat >own.c <<'END'
static const char v[] __attribute__((section(".modinfo"), used)) = "vermagic=" RELEASE " SMP mod_unload ";
int own_work(int n) { return n + 1; }
END
own=$(echo "$id" | tr 0-9a-f 7-9a-f0-6)
gcc -g -O2 -DRELEASE="\"$k\"" -c -o own.o own.c
ld -r --build-id=0x"$own" -o own-mod.ko own.o
expect 0 "add a module that did not come with the kernel" "_${own:0:12}\.dwi$" -- "${kit[@]}" add --debuginfo -q own-mod.ko
check "it has an index of its own" test -f "$TAP_CACHE/kits/${k}_${own:0:12}.dwi"
check "the kernel's is as it was" cmp "$dwi" one.dwi
rm -f "$TAP_CACHE/kits/${k}_${own:0:12}.dwi"
gcc -g -O2 -DRELEASE='"1.0-none"' -c -o own.o own.c
ld -r --build-id=0x"$own" -o own-mod.ko own.o
expect 3 "add a module of another kernel" "no stored kit is of a kernel" -- "${kit[@]}" add --debuginfo -q own-mod.ko

# ---- out and in ---------------------------------------------------------------------
expect 0 "export" '^k\.zst$' -- "${kit[@]}" export "$k" k.zst
cp "${dwi%.dwi}.lst" one.lst
expect 0 "rm" -- "${kit[@]}" rm "$k"
check "rm removed all" test -z "$(ls -A "$TAP_CACHE/kits")"
expect 0 "import" "\.kit$" -- "${kit[@]}" import k.zst
check "the index came along" cmp "$dwi" one.dwi
check "and what was listed, not listed again" cmp "${dwi%.dwi}.lst" one.lst
rm -f "$dwi"
expect 0 "import of an index alone" "\.dwi$" -- "${kit[@]}" import one.dwi
check "it is there" cmp "$dwi" one.dwi

# ---- damage ---------------------------------------------------------------------------
chmod u+w "$dwi"
flip "$dwi" 700
expect 4 "check of a damaged index" 'damaged: id' -- "${kit[@]}" check
head -c 100 one.dwi >"$dwi"
expect 0 "show with a damaged index" '^debug info .*has 100 bytes' -- "${kit[@]}" show "$k"
cp one.dwi "$dwi"

# ---- what does not fit -----------------------------------------------------------------
other=$(echo "$id" | tr 0-9a-f 1-9a-f0)
fake "other/boot/vmlinux-$k" "$other"
expect 4 "another build" "has build-id $other, kit $(re "$k") is of 'vmlinux' with $id" '^hint: ' -- "${kit[@]}" add --debuginfo -q other
fake "stranger" "$other"
expect 3 "of no kernel" "no stored kit is of a kernel these files are of" '^hint: tapbuild kit add' -- "${kit[@]}" add --debuginfo -q stranger
check "nothing was replaced" cmp "$dwi" one.dwi
strip -o "dbg/boot/vmlinux-$k" "dbg/boot/vmlinux-$k"
expect 3 "a kernel without debug information" "has no debug information: it is stripped" -- "${kit[@]}" add --debuginfo -q dbg
fake "cut/boot/vmlinux-$k" "$id"
objcopy --dump-section .debug_info=info "cut/boot/vmlinux-$k"
head -c $(($(stat -c %s info) / 2)) info >half
objcopy --update-section .debug_info=half "cut/boot/vmlinux-$k"
expect 4 "debug information that is cut off" "section '\.debug_info', offset 0x[0-9a-f]+" -- "${kit[@]}" add --debuginfo -q cut
check "no scratch is left" no_scratch
