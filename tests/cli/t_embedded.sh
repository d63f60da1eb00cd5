#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# C in scripts: the compiler's words at the script's lines; one kernel of several;
# symbols that are not exported; no package needed; the same bytes from any place.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*-amd64')
old=$(kit_of '5.10*')
[ -n "$k" ] && [ -n "$old" ] || { skip embedded "kits of 5.10 and 6.1 are needed"; exit 0; }
if ! "$builder" kit show "$k" | grep -q '^headers '; then
	skip embedded "the kit of $k carries no headers: tapbuild kit fetch manifests/debian.manifest"
	exit 0
fi
build=("$builder" -g -r "$k")

cat >good.stp <<'S'
%{ #include <linux/utsname.h> %}
function f:long (n:long) %{ /* pure */
	STAP_RETVALUE = STAP_ARG_n + jiffies;
%}
probe begin { println(f(1), %{ HZ %}) exit() }
S
cat >bad.stp <<'S'
function f:long () %{
	STAP_RETVALUE = nosuch;
	no_function();
%}
function g() %{ int x %}
probe begin { println(f()) g() exit() }
S
cat >header.stp <<'S'
%{
  #include <linux/no_such_header.h>
%}
probe begin { exit() }
S
cat >symbol.stp <<'S'
%{ extern int no_such_symbol(void); %}
function f:long () %{
	return_it: STAP_RETURN(no_such_symbol());
%}
probe begin { println(f()) exit() }
S
cat >version.stp <<'S'
%{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)
#error too old
#endif
%}
probe begin { exit() }
S
cat >warn.stp <<'S'
function f:long () %{
	STAP_PRINTF("%s\n", 1);
	STAP_RETVALUE = 1;
%}
probe begin { println(f()) exit() }
S
mkdir lib
cat >lib/l.stp <<'S'
function of_lib:long () %{ STAP_RETVALUE = 7; %}
S

expect 1 "no -g: refused before any kernel" '\[NEED_GURU\]$' -- "$builder" -r "$k" good.stp
expect 0 "C is compiled for the kernel" '1 of 1 kernels' -- "${build[@]}" -v -o good.tap good.stp
expect 0 "once" '2 cached' -- "${build[@]}" -v -o again.tap good.stp
cmp -s good.tap again.tap
check "and gives the same bundle" cmp good.tap again.tap
mkdir "$work/elsewhere"
ln -s "$cache/kits" "$work/elsewhere/kits"
expect 0 "from another cache" '1 of 1 kernels' '0 cached' -- env TAP_CACHE="$work/elsewhere" "${build[@]}" -v -o other.tap good.stp
check "the same bundle: no place is in it" cmp good.tap other.tap

expect 1 "errors: place, kernel, tag, source line, caret" \
	"^bad\.stp:2:18: error: 'nosuch' undeclared .*\(kernel $(re "$k")\) \[EMBEDDED_C\]\$" \
	'^  	STAP_RETVALUE = nosuch;$' '^  	                \^~~~~~$' \
	"^bad\.stp:3:2: error: .*'no_function'" '^bad\.stp:5:[0-9]+: error: ' '^Pass 4: compilation failed' \
	'!tap_body.*error' -- "${build[@]}" bad.stp
expect 1 "a header that is not there" '^header\.stp:2:12: error: linux/no_such_header\.h: No such file' -- "${build[@]}" header.stp
expect 1 "a symbol that is not exported, at its first use" \
	"^symbol\.stp:1:15: error: kernel $(re "$k") does not export 'no_such_symbol' \[EMBEDDED_C\]\$" -- "${build[@]}" symbol.stp
check "nothing was written" test -z "$(ls bad*.tap header*.tap symbol*.tap 2>/dev/null)"

expect 0 "a kernel that cannot compile it is left out, with the reason" '1 of 2 kernels' \
	"^$(re "$old") .* unsupported: .*#error too old" "^$(re "$k") .* ok\$" -- \
	"$builder" -g -r "$k" -r "$old" -o version.tap version.stp
rm version.tap
expect 1 "--strict: nothing is written" "^tapbuild: $(re "$old"):\$" '^version\.stp:3:2: error: #error too old' 'nothing was written' -- \
	"$builder" -g --strict -r "$k" -r "$old" -o version.tap version.stp
check "indeed nothing" test ! -e version.tap

expect 0 "a warning is told and stops nothing" '^warn\.stp:2:[0-9]+: warning: .*format.*\[EMBEDDED_C\]$' '1 of 1 kernels' -- \
	"${build[@]}" -o warn.tap warn.stp
expect 0 "a library may use C without -g" '1 of 1 kernels' -- \
	"$builder" -r "$k" -I lib -o lib.tap -e 'probe begin { println(of_lib()) exit() }'
expect 0 "-D is a macro of the C" '1 of 1 kernels' -- \
	"${build[@]}" -D ANSWER=42 -o d.tap -e 'probe begin { println(%{ ANSWER %}) exit() }'
expect 1 "which is unknown without" "'ANSWER' undeclared" -- \
	"${build[@]}" -o d.tap -e 'probe begin { println(%{ ANSWER %}) exit() }'
expect 0 "-B CFLAGS reaches the compiler" '1 of 1 kernels' -- \
	"${build[@]}" -B CFLAGS='-DANSWER=42 -DOTHER' -o d.tap -e 'probe begin { println(%{ ANSWER %}) exit() }'
expect 0 "-k keeps it" "\.embed\.c: [0-9]+ bytes\$" -- "${build[@]}" -k -o kept.tap good.stp
check "with the script's lines" grep -q '^#line 3 "good.stp"\|^#line 2 "good.stp"' "kept-$k.embed.c"

# ---- symbols of modules ------------------------------------------------------------------
cat >modsym.stp <<'E'
%{
extern char mb_cache_entry_touch[], nf_conntrack_find_get[], nf_ct_get_tuplepr[];
%}
function f:long() %{
	STAP_RETVALUE = nf_conntrack_find_get < mb_cache_entry_touch ||
			nf_ct_get_tuplepr < mb_cache_entry_touch;
%}
probe begin { println(f()) exit() }
E
depends() { # BUNDLE
	"$builder" extract --keys "$work/keys" -C "${1%.tap}" "$1" >/dev/null &&
		tr '\0' '\n' <"$(ls "${1%.tap}"/*/*.ko)" | grep -a '^depends='
}
expect 0 "symbols that modules export" '1 of 1 kernels' -- "${build[@]}" -o modsym.tap modsym.stp
check "it depends on these modules, each once" \
	test "$(depends modsym.tap | tr , '\n' | sort)" = "$(printf 'depends=mbcache\nnf_conntrack\n' | sort)" -o \
	"$(depends modsym.tap)" = depends=nf_conntrack,mbcache
check "and others on none" test "$(depends good.tap)" = depends=
