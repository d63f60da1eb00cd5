#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016
# -l and -L of every family, of patterns in every place, with and without an index.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
k=$(kit_of '6.1.0-??-amd64')
[ -n "$k" ] || k=$(kit_of '*')
b() { "$builder" -r "$k" "$@"; }
# What is listed, line by line.
lists() { # TEXT POINT LINE...
	local text=$1 point=$2
	shift 2
	printf '%s\n' "$@" >want
	b -l "$point" >got 2>err </dev/null
	diff want got >"$work/out" 2>&1
	result $? "-l $point: $text"
	sed 's/^/# /' "$work/out"
}
sorted() { # TEXT: of the last expect
	check "$1: sorted, once each" sh -c "LC_ALL=C sort -uc '$work/out'"
}
many() { # LEAST, of the last expect
	check "at least $1" test "$(wc -l <"$work/out")" -ge "$1"
}

# ---- no place in a kernel ----------------------------------------------------------------
for p in begin 'begin(5)' end 'end(-1)' error 'error(2)' never oneshot 'timer.s(5)' 'timer.ms(5).randomize(2)' \
	'timer.jiffies(7)' 'timer.hz(9)' 'timer.us(300)' 'procfs.read' 'procfs("a/b").write' 'procfs("a").umask(256).read' \
	'input.char' 'input.line' 'timer.profile' 'timer.profile.tick' 'timer.profile.freq(7)' 'timer.profile.freq.hz(7)'; do
	expect 0 "-l $p" "^$(re "$p")$" -- b -l "$p"
	expect 0 "-L $p" "^$(re "$p")( [\$a-z_]+:[a-z]+)*$" -- b -L "$p"
done

# ---- perf events ---------------------------------------------------------------------------
for p in 'perf.type(0).config(0)' 'perf.type(1).config(2).sample(10)' 'perf.type(1).config(0).hz(99)' \
	'perf.type(1).config(0).process' 'perf.type(1).config(0).process("/bin/true")' \
	'perf.type(1).config(0).counter("x")' 'perf.type(1).config(0).process("/bin/true").counter("x")' \
	'perf.type(1).config(0).sample(5).process' 'perf.type(4).config(5).hz(7).process("/bin/true")'; do
	lists "one" "$p" "$p"
	expect 0 "-L $p" "^$(re "$p")$" -- b -L "$p"
done
lists "a word for any" 'perf.type(1).config(0).*' 'perf.type(1).config(0).process'
lists "what there cannot be is left out" 'perf.type(1).config(0).*("/bin/true")' \
	'perf.type(1).config(0).counter("/bin/true")' 'perf.type(1).config(0).process("/bin/true")'
lists "a number for any" 'perf.*(1).config(0).*(5)' 'perf.type(1).config(0).hz(5)' 'perf.type(1).config(0).sample(5)'
expect 0 "-l of perf's aliases" '^perf\.hw\.[a-z_]+$' -- b -l 'perf.hw.*'
sorted 'perf.hw.*'
expect 1 "-l of a period of 0" '!^perf' -- b -l 'perf.type(1).config(0).sample(0)'

# ---- watchpoints -----------------------------------------------------------------------------
for p in 'kernel.data("jiffies").write' 'kernel.data("jiffies").rw' 'kernel.data("jiffies").length(4).write' \
	'kernel.data(0x10).rw' 'kernel.data(0x10).length(8).rw'; do
	lists "one" "$p" "$p"
	expect 0 "-L $p" "^$(re "$p")$" -- b -L "$p"
done
lists "how, for any" 'kernel.data("jiffies").*' 'kernel.data("jiffies").rw' 'kernel.data("jiffies").write'
lists "with a length" 'kernel.data("jiffies").length(8).*' 'kernel.data("jiffies").length(8).rw' \
	'kernel.data("jiffies").length(8).write'
lists "by the last word" 'kernel.*("jiffies").rw' 'kernel.data("jiffies").rw'
expect 1 "-l of a symbol that is not there" '!^kernel' -- b -l 'kernel.data("no_such_symbol_anywhere").write'
expect 1 "-l of a length that no register has" '!^kernel' -- b -l 'kernel.data("jiffies").length(9).write'
expect 1 "-l of an address that is not aligned" '!^kernel' -- b -l 'kernel.data(0x11).length(8).write'

# ---- functions ---------------------------------------------------------------------------------
lists "what there is of one" 'kernel.function("vfs_read").*' 'kernel.function("vfs_read").call' \
	'kernel.function("vfs_read").return'
lists "one that modules may call, too" 'kernel.function("vfs_fsync").*' 'kernel.function("vfs_fsync").call' \
	'kernel.function("vfs_fsync").exported' 'kernel.function("vfs_fsync").return'
lists "the first word too" 'k*l.func*("vfs_read").ret*' 'kernel.function("vfs_read").return'
lists "a number stays" 'kernel.function("vfs_read").return.max*(7)' 'kernel.function("vfs_read").return.maxactive(7)'
lists "a question mark and a set" 'kernel.function("vfs_[ef][as]?nc*").call' 'kernel.function("vfs_fsync").call' \
	'kernel.function("vfs_fsync_range").call'
expect 1 "-l: nothing of that name" '!^kernel' -- b -l 'kernel.function("no_such_function").*'
expect 1 "a build says why" "error: no match for function 'no_such_function' in kernel" -- \
	b -p2 -e 'probe kernel.function("no_such_function").* { next }'
expect 0 "all functions" '^kernel\.function\("vfs_read"\)$' -- b -l 'kernel.function("*")'
sorted 'kernel.function("*")'
many 20000
expect 0 "-L of many returns" '^kernel\.function\("vfs_read"\)\.return \$file:struct file\* .* \$return:ssize_t$' -- \
	b -L 'kernel.function("vfs_*").return'
sorted 'kernel.function("vfs_*").return'
lists "by its symbol" 'kprobe.function("vfs_read").*' 'kprobe.function("vfs_read").call' 'kprobe.function("vfs_read").return'
lists "one of several" 'kprobe.function("vfs_{read,write}")' 'kprobe.function("vfs_read")' 'kprobe.function("vfs_write")'

# ---- modules -----------------------------------------------------------------------------------
m=$("$builder" kit show "$k" | sed -n 's/^modules *//p')
if [ "${m:-0}" -gt 0 ] && b -l 'module("xfs").function("xfs_file_open")' >/dev/null 2>&1; then
	lists "what there is of one" 'module("xfs").function("xfs_file_open").*' 'module("xfs").function("xfs_file_open").call' \
		'module("xfs").function("xfs_file_open").return'
	expect 0 "-L in a module" '^module\("xfs"\)\.function\("xfs_file_open"\) \$inode:struct inode\* \$file:struct file\*$' -- \
		b -L 'module("xfs").function("xfs_file_open")'
	expect 0 "a module's own types" ' \$[a-z]+:struct xfs_mount\*' -- b -L 'module("xf?").function("xfs_mount*")'
	lists "by its symbol" 'kprobe.module("xfs").function("xfs_file_open")' 'kprobe.module("xfs").function("xfs_file_open")'
	expect 0 "all functions of all modules" '^module\("xfs"\)\.function\("xfs_file_open"\)$' -- b -l 'module("*").function("*")'
	sorted 'module("*").function("*")'
	many 50000
	expect 0 "a module's tracepoints" '^kernel\.trace\("xfs:xfs_[a-z_]+"\) .*\$[a-z]+:struct xfs_mount\*' -- b -L 'kernel.trace("xfs:xfs_*")'
	sorted 'kernel.trace("xfs:*")'
else
	skip look/modules "the kit of $k has no module xfs"
fi

# ---- tracepoints, system calls, packets --------------------------------------------------------
lists "one" 'kernel.trace("sched:sched_switch")' 'kernel.trace("sched:sched_switch")'
lists "its system is found" 'kernel.trace("sched_switch")' 'kernel.trace("sched:sched_switch")'
expect 0 "-L of one" '^kernel\.trace\("sched:sched_switch"\) .*\$prev:struct task_struct\* \$next:struct task_struct\*' -- \
	b -L 'kernel.trace("sched:sched_switch")'
expect 0 "all tracepoints" '^kernel\.trace\("sched:sched_switch"\)$' -- b -l 'kernel.trace("*:*")'
sorted 'kernel.trace("*:*")'
many 500
expect 0 "system calls" '^syscall\.openat$' '!^kernel' -- b -l 'syscall.*'
sorted 'syscall.*'
many 300
expect 0 "-L of one" '^syscall\.openat name:string .*argstr:string' -- b -L syscall.openat
expect 0 "of kernel.syscall" '^kernel\.syscall\("openat"\)' -- b -l 'kernel.syscall("openat")'
expect 0 "packets" '^netfilter\.pf\("NFPROTO_IPV4"\)\.hook\("NF_INET_LOCAL_IN"\)' -- \
	b -l 'netfilter.pf("NFPROTO_IPV4").hook("NF_INET_LOCAL_IN")'

# ---- what is not there -------------------------------------------------------------------------
for p in -l -L; do
	expect 1 "$p of a function" "no match for function 'vfs_reed' in kernel .*similar functions: vfs_read" -- \
		b $p 'kernel.function("vfs_reed")'
	expect 1 "$p of an alias" "at 'reed' \\(similar: read" -- b $p vfs.reed
	expect 1 "$p of a tracepoint" "no match for tracepoint 'sched_swich'.*similar tracepoints: sched_switch" -- \
		b $p 'kernel.trace("sched_swich")'
	expect 1 "$p of an optional one" "no match for function 'vfs_reed'" -- b $p 'kernel.function("vfs_reed")?'
	expect 1 "$p of a pattern" "no match for function 'vfs_reed\\*' in kernel" -- b $p 'kernel.function("vfs_reed*")'
	expect 1 "$p of a pattern of aliases" "at 'zork\\*'" -- b $p 'vfs.zork*'
	expect 1 "$p of an alias that this kernel lacks" 'probe point netdev\.change_rx_flag: no match' -- \
		b $p netdev.change_rx_flag
	expect 0 "$p with something says nothing" '!error' '!warning' -- b $p 'vfs.re*'
done

# ---- what only debug information has ------------------------------------------------------------
for p in 'kernel.function("vfs_read").inline' 'kernel.statement("vfs_read@fs/read_write.c:*")' \
	'kernel.function("vfs_read").label("*")' 'kernel.function("vfs_read").callees'; do
	b -l "$p" >/dev/null 2>&1 && continue
	expect 1 "-l $p without an index" '^hint: .* needs full debug information of kernel .*kit add --debuginfo' -- b -l "$p"
done
if ! ls "$TAP_CACHE/kits/${k}_"*.dwi >/dev/null 2>&1; then
	expect 1 "a function that may be inlined" "no match for function 'get_page'" \
		'note: functions that are inlined everywhere are in full debug information only: .*kit add --debuginfo linux-image-' -- \
		b -p2 -e 'probe kernel.function("get_page") {}'
	expect 1 "what is inlined has no entry of its own" "no match for function 'get_page'" '!note:' -- \
		b -p2 -e 'probe kernel.function("get_page").call {}'
	expect 1 "a local" "unable to find variable '\\\$ret' in vfs_read" 'note: locals, .*kit add --debuginfo linux-image-' -- \
		b -p2 -e 'probe kernel.function("vfs_read") { println($ret) }'
fi
old=$(kit_of '5.10.*-amd64')
if [ -n "$old" ] && ! ls "$TAP_CACHE/kits/${old}_"*.dwi >/dev/null 2>&1; then
	o() { "$builder" -r "$old" -p2 -e "$1"; }
	f='module("ext4").function("ext4_file_open")' untyped="the kit has no types of module 'ext4'"
	dbg='full debug information only: .*kit add --debuginfo linux-image-5'
	expect 1 "a parameter in a module without types" "unable to find variable '\\\$inode'" \
		"note: $untyped: parameters too are in $dbg" -- o "probe $f { println(\$inode->i_ino) }"
	expect 0 "all parameters there" "warning: '\\\$\\\$parms' is empty: $untyped \[NO_DEBUGINFO\]" "note: they are in $dbg" -- \
		o "probe $f { println(\$\$parms) }"
	expect 0 "and at a return" "warning: '\\\$\\\$parms' is empty" -- o "probe $f.return { println(\$\$parms) }"
	expect 0 "of many places it is said once" "warning: '\\\$\\\$vars' is empty" -- \
		o 'probe module("ext4").function("ext4_file_*") { println($$vars) }'
	check "one warning" test "$(grep -c warning: "$work/err")" = 1
	expect 1 "a type of such a module" "type definition 'ext4_inode_info' not found in 'ext4'" \
		"note: $untyped: they are in $dbg" -- o 'probe begin { println(@cast(0, "ext4_inode_info", "ext4")->i_flags) }'
	t='kernel.trace("xfs:xfs_file_buffered_read")' untyped="the kit has no types of module 'xfs'"
	expect 1 "a parameter of its tracepoint" "unable to find variable '\\\$ip'" "note: $untyped, which tell" -- \
		o "probe $t { println(\$ip) }"
	expect 0 "all of them" "warning: '\\\$\\\$parms' is empty: $untyped" '!--debuginfo' -- o "probe $t { println(\$\$parms) }"
else
	skip look/untyped "no kit of 5.10 without debug information"
fi

expect 0 "parameters of the compiler's copies" "warning: '\\\$\\\$parms' is empty where types do not tell .* \[NO_DEBUGINFO\]" \
	'note: they are in full debug information only' -- \
	"$builder" -r "$k" -p2 -e 'probe kernel.function("tcp_*"), kernel.function("sched_*"), kernel.function("do_*") { println($$parms) }'
check "that is said once" test "$(grep -c warning: "$work/err")" = 1

# ---- types of headers ----------------------------------------------------------------------------
h() { "$builder" -r "$k" -p2 -e "probe begin { println(@cast(0, \"struct $1\", \"$2\")->x) }"; }
expect 1 "a header's type that lacks the field" 'struct sg_header.*x' '!UNKNOWN_TYPE' -- h sg_header 'kernel<scsi/sg.h>'
expect 1 "a type that the header has not" "'struct nosuch' not found in '<sys/time.h>' \[UNKNOWN_TYPE\]$" '!note:' -- h nosuch '<sys/time.h>'
expect 1 "no such header of the kernel" "note: <linux/nosuch.h>: linux/nosuch.h: No such file" -- h nosuch 'kernel<linux/nosuch.h>'
expect 1 "no such header of programs" "note: <sys/nosuch.h>: sys/nosuch.h: No such file" -- h nosuch 'nosuch:<sys/nosuch.h>'
expect 1 "what is no name of a header" "note: <a.h> #error> is no name of a header" -- h nosuch '<a.h> #error>'
rm "$TAP_CACHE/kits"
mkdir "$TAP_CACHE/kits"
cp "$cache/kits/$k"_*.kit "$TAP_CACHE/kits/"
id=$("$builder" kit show "$k" | sed -n 's/^build-id *//p')

# ---- what was listed when the kit was made -------------------------------------------------------
lst=$TAP_CACHE/kits/${k}_${id:0:12}.lst
# Found out each time, not remembered.
b() { "$builder" --disable-cache -r "$k" "$@"; }
# With the listing as without: each output, each hint.
agrees() { # POINT...
	local p f
	for p; do
		for f in -l -L; do
			mv "$lst" kept
			b $f "$p" >want 2>want.err
			mv kept "$lst"
			b $f "$p" >got 2>got.err
			check "$f $p: as it is found out" cmp want got
			check "$f $p: and said of it" cmp want.err got.err
		done
	done
}
cpu_of() { # COMMAND...: user time, ms
	local TIMEFORMAT=%3U
	{ time "$@" >/dev/null 2>&1; } 2>&1 | tr -d .
}
all='module("*").function("*")'
# Other programs make a measurement longer, never shorter.
is_a_third() {
	local _
	for _ in 1 2 3 4 5; do
		[ $((3 * 10#$(cpu_of b -L "$all"))) -lt $((10#$slow)) ] && return
	done
	return 1
}
slow=$(cpu_of b -L "$all")
expect 0 "a kit that was not listed is, by refresh" -- "$builder" kit refresh "$k"
check "the listing is beside it" test -f "$lst"
expect 0 "it is whole" '\.lst: ok$' -- "$builder" kit check
expect 0 "show" '^listing +[0-9.]+ MB' -- "$builder" kit show "$k"
[ "${m:-0}" -gt 1000 ] && check "-L of all modules is a third of the work" is_a_third
agrees 'kernel.function("*")' 'kernel.function("*_re?d").return' 'kernel.function("*isra*")' 'kernel.function("*.0")' \
	'kernel.function("v*").exported' 'kernel.function("vfs_*"),kernel.function("*_read").call' \
	'kernel.function("no_such_*")' 'kernel.function("{vfs,ksys}_*")' 'kprobe.function("vfs_*")' 'kernel.function("*").inline' \
	'module("*").function("*_probe")' 'module("xf?").function("*").return' 'module("*").function("init")' \
	'module("xfs").function("*").exported' 'module("no_such_*").function("*")' 'k*l.function("vfs_*").ret*'
cp "$lst" one.lst
rm -f "$lst"
expect 0 "made by one process" -- env TAP_CACHE="$TAP_CACHE" taskset -c 0 "$builder" kit refresh "$k"
check "the same bytes" cmp "$lst" one.lst
chmod u+w "$lst"
truncate -s -1000 "$lst"
expect 0 "a listing that was cut off is not used" '^kernel\.function\("vfs_read"\) \$file' -- b -L 'kernel.function("vfs_*")'
cp one.lst "$lst"
dd if=/dev/zero of="$lst" bs=1 seek=100000 count=2000 conv=notrunc status=none
expect 0 "nor one that is damaged" '^kernel\.function\("vfs_read"\) \$file' -- b -L 'kernel.function("*")'
expect 4 "check tells" 'damaged' -- "$builder" kit check
rm -f "$lst"

# ---- what was asked before -----------------------------------------------------------------------
export TAP_CACHE=$work/asked
mkdir -p "$TAP_CACHE"
ln -s "$work/cache/kits" "$TAP_CACHE/kits"
again() { "$builder" -r "$k" "$@"; }
answers() { find "$TAP_CACHE/obj" -name '*.list' 2>/dev/null | wc -l; }
b -L 'syscall.*' >want 2>want.err
check "nothing is kept with --disable-cache" test "$(answers)" -eq 0
again -L 'syscall.*' >got 2>got.err
check "an answer is kept" test "$(answers)" -eq 1
check "the first time" cmp want got
again -L 'syscall.*' >got 2>got.err
check "the second time" cmp want got
check "and said of it" cmp want.err got.err
mkdir -p more
echo 'probe syscall.of_mine = begin { v = 1 }' >more/more.stp
expect 0 "a library more" '^syscall\.of_mine v:long$' -- again -I more -L 'syscall.*'
sed -i 's/v = 1/w = ""/' more/more.stp
expect 0 "another text of it" '^syscall\.of_mine w:string$' -- again -I more -L 'syscall.*'
for f in "$TAP_CACHE"/obj/*.list; do
	truncate -s -100 "$f"
done
again -L 'syscall.*' >got
check "a damaged answer is not used" cmp want got
expect 1 "what is not there is not kept" 'NO_MATCH' -- again -l 'kernel.function("no_such_*")'
expect 1 "and is not there again" 'NO_MATCH' -- again -l 'kernel.function("no_such_*")'
expect 0 "cleaning the cache" '^removed [0-9]+ objects' -- "$builder" --clean-cache
check "takes them" test "$(answers)" -eq 0
export TAP_CACHE=$work/cache

# A "kernel" whose code lies in the middle of the real one's, so that it has symbols.
cat >work.c <<'END'
static volatile int counter;
static inline __attribute__((always_inline)) int twice(int x) { counter += x; return 2 * x; } static inline __attribute__((always_inline)) int new_sync_read(int x) { counter += x; return x; }
static __attribute__((noinline)) int callee(int n) { return n + counter; }
int vfs_work(int n) { int sum = twice(n);
	if (sum > 3) goto out;
	sum += callee(sum) + twice(n + 1);
out:
	return sum; }
int _start(void) { return vfs_work(new_sync_read(1)); }
END
mkdir -p dbg/boot
is_indexed() { # ADDRESS: is it in a function that can be probed?
	gcc -g -O2 -nostdlib -static -mcmodel=kernel -fno-pic -no-pie -Wl,--build-id=0x"$id" -Wl,-Ttext="$1" \
		-o "dbg/boot/vmlinux-$k" work.c 2>gcc.err && "$builder" kit add --debuginfo -q dbg >/dev/null &&
		b -l 'kernel.function("callee@work.c")' >/dev/null 2>&1
}
if is_indexed 0xffffffff81200000 || is_indexed 0xffffffff81300000 || is_indexed 0xffffffff81400000; then
	lists "each function that is inlined, once" 'kernel.function("*").inline' \
		'kernel.function("new_sync_read@work.c:2").inline' 'kernel.function("twice@work.c:2").inline' \
		'kernel.function("vfs_work@work.c:4").inline'
	expect 0 "-L of it" '^kernel\.function\("twice@work\.c:2"\)\.inline \$x:int' -- b -L 'kernel.function("*").inline'
	expect 0 "-l -v: each place" '/\* pc=_stext\+0x[0-9a-f]+ \*/' -- b -v -l 'kernel.function("twice").inline'
	check "there are two" test "$(wc -l <"$work/out")" -ge 2
	lists "functions of a file" 'kernel.function("*@work.c").call' 'kernel.function("_start@work.c:9").call' \
		'kernel.function("callee@work.c:3").call' 'kernel.function("vfs_work@work.c:4").call'
	lists "functions of files" 'kernel.function("vfs_*@*.c")' 'kernel.function("vfs_work@work.c:4")'
	expect 0 "an alias has the places it has without an index" '^kernel\.function\("vfs_read"\) ' '!new_sync' -- \
		b -p2 -e 'probe vfs.do_sync_read { println(1) }'
	lists "statements" 'kernel.statement("vfs_work@work.c:6")' 'kernel.statement("vfs_work@work.c:6")'
	lists "a callee" 'kernel.function("vfs_work@work.c").callee("*")' 'kernel.function("vfs_work@work.c").callee("callee@work.c:3")'
	check "what was added is listed" test -f "$lst"
	agrees 'kernel.function("*").inline' 'kernel.function("vfs_*").label("o?t")' 'kernel.function("*").callees' \
		'kernel.function("*").label("*")' 'kernel.function("*wi*e").inline' 'kernel.function("[tv]*").inline' \
		'kernel.function("vfs_*")' 'kernel.function("vfs_*").return' 'kprobe.function("vfs_*").return' \
		'kernel.function("vfs_*").callees' 'kernel.function("*").callee("call*")' \
		'kernel.function("*").callees(2)' 'kernel.function("*").callee("callee")' 'kernel.function("*").callee("no_such")' \
		'kernel.function("*").*' 'kernel.function("v*_work").*' 'kernel.function("*").callees(0)' 'module("xf?").function("xfs_file_*")' \
		'kernel.function("*@work.c")' 'kernel.function("*@w*.c").call' 'kernel.function("*@*").return' \
		'kernel.function("*@**").return' 'kernel.function("[a-z]*@work.c")' 'kernel.function("*@[vw]ork.c").inline' \
		'kernel.function("*@work.c").exported' 'kernel.function("*@nosuch.c")' 'kernel.function("*@work.c").*' \
		'kernel.function("*@work.c").label("*")' 'kernel.function("*").callee("*@work.c")' \
		'kernel.function("*@*").callees' 'kernel.function("*@work.c").callees' 'kernel.statement("*")' \
		'kernel.statement("*wi*e@work.c")' 'kernel.statement("*@work.c:*")' 'kernel.statement("*").nearest' \
		'kernel.statement("v*@work.c").*' 'kprobe.function("*@*")'
	expect 1 "a symbol that no variable is of" 'vmlinux has no such variable' 'note: it is a symbol without a type: @cast\(&@var\("jiffies"\)' -- \
		b -p2 -e 'probe begin { println(@var("jiffies")) }'
	expect 0 "labels" '^kernel\.function\("vfs_work@work\.c.*"\)\.label\("out"\)$' -- b -l 'kernel.function("vfs_work@work.c").label("*")'
else
	skip look/debug "no index could be made: $(head -1 gcc.err 2>/dev/null)"
fi
