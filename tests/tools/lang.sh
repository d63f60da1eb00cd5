#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Language tests without a kernel: tests/lang/GROUP/NAME.stp against NAME.out.
#
#   lang.sh [--parts] [GROUP/NAME-PATTERN...]
#
# A program is compiled, linked with the runtime's pure parts (tests/tools/urun)
# and run.  NAME.out is what it prints, errors and warnings in their places;
# NAME.err is what the compiler says, nothing when absent.  "# opts: …" gives
# options, "# args: …" script arguments, shell-quoted, "# rc: N" the exit code; without
# it that is 1 when a line of NAME.out starts with "ERROR:", else 0.
#
# With --parts every statement is a C function of its own (build/emit/outline.c),
# which must make no difference.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
case $O in /*) ;; *) O=$PWD/$O ;; esac
tapbuild=${TAPBUILD:-$O/tapbuild}
more='' kind=lang
[ "${1:-}" = --parts ] && { more=-DTAP_OUTLINE=1 kind=lang.parts; shift; }
[ $# -gt 0 ] || set -- "*/*"
root=$PWD
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT

# shellcheck disable=SC2086 # the compiler may come with a wrapper
${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -I. -O1 -w -c -o "$tmp/urun.o" \
	tests/tools/urun/urun.c || { echo "not ok lang/urun"; exit 1; }

one() { # GROUP/NAME
	local name=$1 t=$tmp/${1//\//.} file=${1##*/}.stp opts args rc want=0 why=''
	local f=tests/lang/$name
	opts=$(sed -n 's/^# opts: //p' "$f.stp")
	args=$(sed -n 's/^# args: //p' "$f.stp")
	eval "set -- -p3 $more $opts $file $args"
	(cd "${f%/*}" && exec "$tapbuild" "$@") >"$t.c" 2>"$t.err" </dev/null
	rc=$?
	: >"$t.out"
	if [ $rc -ne 0 ]; then
		why="tapbuild: exit $rc"
	elif ! gcc -std=gnu11 -Iruntime -O0 -w -fwrapv -fno-strict-aliasing \
		-o "$t.x" "$t.c" "$tmp/urun.o" -lpthread 2>>"$t.err"; then
		why="its C does not compile"
	else
		timeout 600 "$t.x" >"$t.out" 2>>"$t.err"
		rc=$?
		grep -q '^ERROR:' "$f.out" && want=1
		grep -q '^# rc: ' "$f.stp" && want=$(sed -n 's/^# rc: //p' "$f.stp")
		[ $rc -eq $want ] || why="exit $rc, wanted $want"
	fi
	diff -u "$f.out" "$t.out" >"$t.diff" 2>&1 || why=${why:-its output}
	if [ -f "$f.err" ]; then
		diff -u "$f.err" "$t.err" >>"$t.diff" || why=${why:-its messages}
	elif [ -s "$t.err" ]; then
		cat "$t.err" >>"$t.diff"
		why=${why:-unexpected messages}
	fi
	{
		if [ -z "$why" ]; then
			echo "ok $kind/$name"
		else
			sed 's/^/# /' "$t.diff" | head -40
			echo "not ok $kind/$name # $why"
		fi
	} >"$t.tap"
	cat "$t.tap"
	rm -f "$t".*
	[ -z "$why" ]
}
export -f one
export tmp tapbuild root more kind

# shellcheck disable=SC2086 # they are patterns
(cd tests/lang && for p; do ls $p.stp; done) | sed 's/\.stp$//' |
	xargs -P "$(nproc)" -I{} bash -c 'one {}' >"$tmp/all"
rc=$?
cat "$tmp/all"
[ -s "$tmp/all" ] || { echo "not ok lang/$* # no such program"; exit 1; }
exit $rc
