#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2016
# Every option of SystemTap's command line: taken, checked, or refused with a reason.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
stap=$O/stap
hello='probe begin { println("hi") exit() }'
b() { # the builder, where no kit is
	"$builder" "$@"
}

# ---- the table: help, the list in the repository ------------------------------
"$builder" --help >help
check "build/OPTIONS.md is what --help says (tests/tools/options.sh makes it)" \
	sh -c "'$top/tests/tools/options.sh' '$builder' | cmp - '$top/build/OPTIONS.md'"
for o in h V v p e E k g u w W t s I D B G a r m o c x l L S T b F R i P d; do
	check "-$o is in the help" grep -Eq "^  -${o}[, ]" help
done
for o in version help vp skip-badvars prologue-searching suppress-handler-errors suppress-time-limits \
	compatible check-version modinfo debug semantic-keep-going no-global-var-display monitor example \
	language-server disable-cache poison-cache clean-cache color colour privilege unprivileged sign-module \
	remote remote-prefix target-namespaces sysroot sysenv runtime dyninst bpf save-uprobes tmpdir \
	download-debuginfo rlimit-as rlimit-cpu rlimit-nproc rlimit-stack rlimit-fsize use-server \
	use-server-on-error use-http-server list-servers trust-servers client-options build-as dump-probe-types \
	dump-probe-aliases dump-functions benchmark-sdt benchmark-sdt-loops benchmark-sdt-threads ldd \
	all-modules interactive; do
	check "--$o is in the help" grep -Eq -- "--$o([^a-z-]|$)" help
done
expect 0 "-h" '^usage: ' -- b -h
expect 0 "-V" '^tapbuild [0-9]' 'SystemTap 5\.6' '^enabled features: ' '^tested kernels: ' -- b -V
expect 0 "--version of stap" '^tapbuild [0-9]' -- "$stap" --version

# ---- refused, each with what to do instead ---------------------------------------
for o in -b -F -R -i -P -d --ldd --all-modules --remote --remote-prefix --use-server --use-server-on-error \
	--use-http-server --list-servers --trust-servers --client-options --build-as --unprivileged --dyninst \
	--bpf --monitor --example --language-server --check-version --debug --sign-module --target-namespaces \
	--sysroot --sysenv --save-uprobes --download-debuginfo --benchmark-sdt --benchmark-sdt-loops \
	--benchmark-sdt-threads --prologue-searching --interactive; do
	expect 2 "$o is refused" "^tapbuild: ($o|-i) is not for a packager$" '^hint: ..*' -- b -p1 $o -e "$hello"
done
expect 1 "as stap: refused with 1" '^tapbuild: --bpf is not' -- "$stap" -p1 --bpf -e "$hello"
expect 2 "--runtime=bpf" '^tapbuild: --runtime wants kernel' -- b -p1 --runtime=bpf -e "$hello"
expect 0 "--runtime=kernel" -- b -p1 --runtime=kernel -e "$hello"
expect 2 "--privilege=stapusr" '^tapbuild: --privilege wants stapdev' -- b -p1 --privilege=stapusr -e "$hello"
expect 0 "--privilege=stapdev" -- b -p1 --privilege=stapdev -e "$hello"
for o in "-c ls" "-x 1" "-T 5" "-S 1 -o f"; do
	# shellcheck disable=SC2086
	expect 2 "${o%% *} is for a run" "^tapbuild: ${o%% *} is for a run" "^hint: .*taprun ${o%% *}" -- b $o -e "$hello"
	# shellcheck disable=SC2086
	expect 0 "$o with -p, when nothing runs" -- b -p1 $o -e "$hello"
done

# ---- what does not go together ------------------------------------------------------
expect 2 "-c with -x" '^tapbuild: -c and -x do not go together$' -- b -p1 -c ls -x 1 -e "$hello"
expect 2 "-S without -o" '^tapbuild: -S needs -o FILE$' -- b -p1 -S 1 -e "$hello"
for o in "-l begin -L begin" "-l begin --dump-functions" "--dump-functions --dump-probe-types" "-L begin --dump-probe-aliases"; do
	# shellcheck disable=SC2086
	expect 2 "$o" '^tapbuild: only one of -l, -L and --dump-' -- b $o
done
for o in "-l begin" "-L begin" --dump-functions --dump-probe-types --dump-probe-aliases; do
	# shellcheck disable=SC2086
	expect 2 "$o with a script" 'take no script$' -- b $o -e "$hello"
	# shellcheck disable=SC2086
	expect 2 "$o with a file" 'take no script$' -- b $o x.stp
	# shellcheck disable=SC2086
	expect 2 "$o with -p" '^tapbuild: -p does not go with' -- b -p2 $o
done
expect 2 "-e twice" '^tapbuild: -e can be given once only$' -- b -p1 -e "$hello" -e "$hello"
expect 2 "--suppress-time-limits without -g" '^tapbuild: --suppress-time-limits needs -g before it$' -- \
	b -p1 --suppress-time-limits -e "$hello"
expect 2 "--suppress-time-limits before -g" 'needs -g before it$' -- b -p1 --suppress-time-limits -g -e "$hello"
expect 2 "both ways with the cache" 'do not go together$' -- b -p1 --disable-cache --poison-cache -e "$hello"
expect 1 "as stap: no script" '^tapbuild: A script must be specified\.$' '^usage: stap ' -- "$stap"

# ---- values -----------------------------------------------------------------------------
bad() { # OPTION VALUE...
	local o=$1 v
	shift
	for v; do
		expect 2 "$o '$v'" "^tapbuild: ${o%=} wants .*, not '$(re "$v")'$" -- b -p1 "$o" "$v" -e "$hello"
	done
}
good() { # OPTION VALUE...
	local o=$1 v
	shift
	for v; do
		expect 0 "$o '$v'" -- b -w -p1 "$o" "$v" -e "$hello"
	done
}
bad -p '' 0 6 12 x
bad --vp '' 123456 1a
good --vp 0 00000 00009
bad -D '' 1A 'A B' A=1.5 A= A=b,c '-A'
good -D A A=1 A=-1 a_b=C_3 STP_NO_OVERLOAD
bad -G '' a =1 a= 'a=b c' 'a=x!' 1a=1
good -G a=1 a=-5 a=b.c-d A_b=x
bad -m '' 'a b' 'a/b' .ko
bad -s 0 4096 x -1 ''
good -s 1 4095 16
bad -x '' x -1
bad -T '' 0 0.0001 -1 1s
bad -S x 1,x 1,2,3
bad -B x =1 KDIR=/x
bad --modinfo x = x=
bad --compatible '' x 1.x
expect 2 "--color=sometimes" "^tapbuild: --color wants never, always or auto, not .sometimes.$" -- b -p1 --color=sometimes -e "$hello"
bad --rlimit-as x
good -B CFLAGS=-O1
good --modinfo a=b 'note=two words'
good --compatible 1.4 5.6
good -a x86_64
expect 2 "a long option's value that is not there" '^tapbuild: --vp wants DDDDD$' -- b -p1 --vp
expect 2 "a value for an option without" '^tapbuild: --strict takes no value$' -- b -p1 --strict=1 -e "$hello"
expect 2 "--compatible of the future" '^tapbuild: --compatible 99' -- b -p1 --compatible 99 -e "$hello"
expect 0 "-m x.ko: a notice" "^tapbuild: -m x: '\.ko' is not part of it$" -- b -p1 -m x.ko -e "$hello"
expect 0 "letters together" '^Pass 1: parsed user script and [0-9]+ library scripts using [0-9]+virt/[0-9]+res/[0-9]+shr/[0-9]+data kb, in [0-9]+usr/[0-9]+sys/[0-9]+real ms\.$' '^probe begin' -- \
	b -wvgp1 -e "$hello"

# ---- where options end ---------------------------------------------------------------------
# shellcheck disable=SC2016
echo 'probe begin { println(@1, $#) }' >args.stp
expect 0 "as stap options end at the script" 'println\("-v", 2\)' '!^Pass 1' -- "$stap" -p1 args.stp -v x
expect 0 "as tapbuild some may follow it, until the first argument" 'println\("x", 2\)' '^Pass 1' -- b -p1 args.stp -v x -w
expect 0 "-e: the rest are arguments" 'println\("a", 1\)' -- "$stap" -p1 -e "$(cat args.stp)" a
mkdir -p "$HOME/.config/tap"
printf '# defaults\n--vp 1\n  -D "RC_X=1" -w\n\n' >"$HOME/.config/tap/rc"
expect 0 "the file of default options" '^Pass 1: parsed' '!WARNING' -- b -p2 -e "$hello"
echo 'x.stp' >"$HOME/.config/tap/rc"
expect 2 "no script in it" "^tapbuild: .*/tap/rc: 'x\.stp' is no option$" -- b -p1 -e "$hello"
echo '--nonsense' >"$HOME/.config/tap/rc"
expect 2 "a mistake in it" "^tapbuild: .*/tap/rc: unknown option '--nonsense'$" -- b -p1 -e "$hello"
rm "$HOME/.config/tap/rc"

# ---- passes ------------------------------------------------------------------------------------
expect 1 "pass 1 failed" '^1 parse error\.$' '^Pass 1: parse failed\.$' -- b -p2 -e 'probe begin {'
expect 1 "analysis" '^Pass 2: analysis failed\.$' '!^Pass 1' -- b -p2 -e 'probe begin { nosuch() }'
expect 0 "-v: passes 1 and 2" '^Pass 1: ' '^Pass 2: analyzed script: 1 probe\(s\), 1 function\(s\), 0 embed\(s\), 1 global\(s\) using .* ms\.$' -- \
	b -vp2 -e 'global g function f() { return g } probe begin { println(f()) g = 1 }'
expect 0 "--vp 01: pass 2 only" '!^Pass 1' '^Pass 2: ' -- b -p2 --vp 01 -e "$hello"
expect 0 "-p2 with bodies by --vp 01" '  println\("hi"\);' -- b -p2 --vp 01 -e "$hello"
expect 0 "-p2 without" '!println' '^begin /\* <- begin \*/$' -- b -p2 -e "$hello"
expect 0 "-p3: C" '^#include <gen.h>$' -- b -p3 -e "$hello"
expect 0 "-p3 -v" '^Pass 3: translated to C into "script\.c" using ' -- b -p3 -v -e "$hello"
expect 1 "--semantic-keep-going" '^SEMANTIC_ERRORS: 2$' '^SEMANTIC_ERRORS_END$' \
	"^SEMANTIC_ERROR	<input>	1	15	f1	unresolved function f1" -- b -p2 --semantic-keep-going -e 'probe begin { f1() f2() }'
expect 0 "--semantic-keep-going: none" '^SEMANTIC_ERRORS: 0$' -- b -p2 --semantic-keep-going -e "$hello"

# ---- the language ---------------------------------------------------------------------------------
expect 0 "-E: more script" '^x:long = 3$' -- b -p2 -E 'global x = 3' -E 'probe end { println(y()) } function y() { return x }' -e 'probe begin { println(x) }'
expect 0 "-E with -p1: each by itself" '^global x = 3$' '^probe begin' -- b -p1 -E 'global x = 3' -e 'probe begin { println(x) }'
expect 1 "-E: one name twice" 'DUP_GLOBAL' 'first declared here' -- b -p2 -E 'global x = 3' -e 'global x probe begin { println(x) }'
expect 0 "-E: private names are the file's" '^x:long = 2$' '^x:string = "a"$' -- b -p2 -E 'private global x = "a" probe end { println(x) }' -e 'private global x = 2 probe begin { println(x) }'
expect 1 "-E with a mistake" 'Pass 1: parse failed' -- b -p2 -E 'global' -e "$hello"
expect 0 "--no-global-var-display" '!^end' -- b -p2 --no-global-var-display -e 'global x probe begin { x = 1 }'
expect 0 "without it" '^end' -- b -p2 -e 'global x probe begin { x = 1 }'
expect 0 "--suppress-handler-errors" '  try \{' 'catch' 'next;' -- b -p2 -v --suppress-handler-errors -e "$hello"
expect 0 "--suppress-time-limits" 'actions = 9223372036854775807LL' '!overload' -- b -p3 -g --suppress-time-limits -e "$hello"
expect 0 "-s is the ring" 'ring_bytes = 8388608' -- b -p3 -s 5 -e "$hello"
expect 0 "--compatible" 'old' '!new' -- b -p1 --compatible 1.4 -e 'probe begin { %( systemtap_v < "2.0" %? println("old") %: println("new") %) }'
expect 0 "-g sets guru_mode" 'guru' -- b -p1 -g -e 'probe begin { %( guru_mode == 1 %? println("guru") %) }'
mkdir inc
echo 'function inc_f() { return 77 }' >inc/x.stp
expect 0 "-I" '^inc_f:long' -- b -p2 -I inc -e 'probe begin { println(inc_f()) }'
expect 1 "--color=always" $'\033\\[01;31m: error:' -- b -p2 --color=always -e 'probe begin { f1() }'
expect 1 "SYSTEMTAP_COLORS" $'\033\\[07m: error:' -- env SYSTEMTAP_COLORS=error=07 "$builder" -p2 --color=always -e 'probe begin { f1() }'
expect 1 "SYSTEMTAP_COLORS empty: none" $'!\033' -- env SYSTEMTAP_COLORS= "$builder" -p2 --color=always -e 'probe begin { f1() }'
expect 1 "--color=never" $'!\033' -- b -p2 --color=never -e 'probe begin { f1() }'
expect 3 "--tmpdir of nothing" "^tapbuild: --tmpdir: 'nodir' is not a directory$" -- b -p1 --tmpdir nodir -e "$hello"
expect '*' "--rlimit-as: too little memory is an end, not a hang" '!probe begin' -- b -p1 --rlimit-as 1000 -e "$hello"

# ---- lists --------------------------------------------------------------------------------------------
expect 0 "-l of a built-in point" '^begin$' -- b -l begin
expect 0 "-l of aliases" '^init$' -- b -l 'ini*'
expect 1 "-l of nothing" "probe point mismatch at 'nosuch'" -- b -l nosuch
expect 1 "-l of what does not parse" 'error' -- b -l 'begin {'
expect 0 "-L of a file" '^procfs\("x"\)\.read \$value:string$' -- b -L 'procfs("x").read'
expect 0 "-L of packets" '^netfilter\.pf\("NFPROTO_ARP"\)\.hook\("NF_ARP_IN"\) \$hooknum:long .* \$verdict:long$' -- \
	b -L 'netfilter.pf("NFPROTO_ARP").hook("NF_ARP_IN")'
expect 0 "-L of lines of input" '^input\.line line:string \$value:string$' -- b -L input.line
expect 0 "-l with -E" '^my\.alias$' -- b -l 'my.*' -E 'probe my.alias = begin { name = "x" n = 3 }'
expect 0 "-L with variables" '^my\.alias name:string n:long$' -- b -L 'my.*' -E 'probe my.alias = begin { name = "x" n = 3 }'
expect 0 "-L: what two have under one name" '^my\.alias n:long$' -- b -L 'my.*' \
	-E 'probe my.alias = begin { a = "x" n = 3 } probe my.alias = end { n = 4 b = 1 }'
expect 0 "--dump-probe-types" '^begin$' '^begin\(number\)$' '^kernel\.function\(string\)\.return\.maxactive\(number\)$' '^timer\.s\(number\)\.randomize\(number\)$' -- b --dump-probe-types
check "sorted, once each" sh -c "LC_ALL=C sort -uc '$work/out'"
expect 0 "--dump-probe-aliases" '^oneshot = begin$' '^init = begin\(-9223372036854775808\)$' -- b --dump-probe-aliases
expect 0 "--dump-functions" '^assert:unknown \(expression:long, msg:string\)$' '^pid:long \(\) /\* pure \*/$' -- b --dump-functions
check "every name of the tapset's functions is there" sh -c "
	sed -n 's/^function \([a-z][a-z0-9_]*\).*/\1/p' '$top'/tapset/*/*.stp | sort -u |
	while read -r f; do grep -q \"^\$f:\" '$work/out' || { echo \$f; exit 1; }; done"

# ---- with a kernel ---------------------------------------------------------------------------------------
use_kits
use_key
k=$(kit_of '6.1.0*')
expect 0 "-l of kernel functions" '^kernel\.function\("vfs_read"\)$' '^kernel\.function\("vfs_readv"\)$' -- b -r "$k" -l 'kernel.function("vfs_rea*")'
expect 0 "-L of one" '^kernel\.function\("vfs_read"\) \$file:struct file\* \$buf:char\* \$count:size_t \$pos:loff_t\*$' -- b -r "$k" -L 'kernel.function("vfs_read")'
ls "${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}/kits/${k}_"*.dwi >/dev/null 2>&1 ||
	expect 0 "-L: what only debug information has" '^hint: locals and globals are in full debug information only, and .*kit add --debuginfo' -- b -r "$k" -L 'kernel.function("vfs_read")'
expect 0 "-L of a return" '\$return:ssize_t$' -- b -r "$k" -L 'kernel.function("vfs_read").return'
expect 0 "-L -v: where" '/\* pc=_stext\+0x[0-9a-f]+ \*/' -- b -v -r "$k" -L 'kernel.function("vfs_read")'
expect 0 "-p2 says where and from what" '^kernel\.function\("vfs_read"\) /\* pc=_stext\+0x[0-9a-f]+ \*/ .* /\* <- kernel\.function\("vfs_read"\) <- vfs\.read \*/$' -- b -r "$k" -p2 -e 'probe vfs.read { println(1) }'
expect 0 "--skip-badvars" 'warning: .*\$nosuch' 'println\(0, 0\)' -- b -r "$k" -p2 -v --skip-badvars -e 'probe kernel.function("vfs_read") { println($nosuch, @defined($nosuch)) }'
expect 1 "without it" 'UNKNOWN_VAR' -- b -r "$k" -p2 -e 'probe kernel.function("vfs_read") { println($nosuch) }'
expect 3 "-a of another machine" "^tapbuild: no kit is of machine 's390'$" -- b -r "$k" -a s390 -e "$hello"
expect 0 "-a of this one" -- b -r "$k" -a x86_64 -p2 -e "$hello"
expect 0 "stap -p4 prints the path" '^here\.tap$' '!kernel ' -- "$stap" -p4 -r "$k" -o here.tap -e "$hello"
expect 1 "stap runs nothing and says how" '^Pass 5: not run here' '^  taprun -c .ls. input\.tap$' -- "$stap" -r "$k" -c ls -e "$hello"
check "but builds" test -s input.tap
expect 1 "tapbuild -p5 the same" '^Pass 5: not run here' -- b -p5 -r "$k" -e "$hello"
expect 0 "-v: pass 4" '^Pass 4: compiled C into "input\.tap" in ' -- b -v -r "$k" -e "$hello"
expect 0 "--modinfo" -- b -r "$k" -q --modinfo 'tapnote=for the test' -m modinfo -e "$hello"
check "--modinfo: it is in the module" sh -c "
	'$builder' extract --keys '$work/keys' -C modinfo modinfo.tap && grep -aq 'tapnote=for the test' modinfo/*/*.ko"
expect 0 "-D of a limit reaches the C text" 'STRSIZE = 100' -- b -p3 -r "$k" -D MAXSTRINGLEN=100 -e "$hello"
objects() { find "$TAP_CACHE/obj" -name '*.o' 2>/dev/null | wc -l; }
n0=$(objects)
expect 0 "--disable-cache" -- b -r "$k" --disable-cache -q -e 'probe begin { println("uncached") exit() }'
check "nothing was put there" test "$(objects)" = "$n0"
expect 0 "a build" '0 cached' -- b -v -r "$k" -e 'probe begin { println("cached") exit() }'
check "one object more" test "$(objects)" = $((n0 + 1))
expect 0 "again" '1 cached' -- b -v -r "$k" -e 'probe begin { println("cached") exit() }'
expect 0 "--poison-cache" '0 cached' -- b -v -r "$k" --poison-cache -e 'probe begin { println("cached") exit() }'
expect 0 "--clean-cache" '^removed [1-9][0-9]* objects, [1-9][0-9]* bytes$' -- b --clean-cache
check "none is left" test "$(objects)" = 0
expect 0 "--clean-cache of nothing" '^removed 0 objects' -- b --clean-cache
mkdir "$work/t"
expect 0 "--tmpdir" -- b -k --tmpdir "$work/t" -r "$k" -o t.tap -e "$hello"
check "-k and --tmpdir: it is there" test -n "$(ls "$work/t"/tapbuild-*/*/script.c)"
check "no scratch is left" no_scratch
