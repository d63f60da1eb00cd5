#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tapset: tapset/FUNCTIONS and tapset/NAMES tell the truth, every public function is
# described, and every example compiles.
#
#   check-tapset.sh [--update]     --update writes the statuses of both lists
#
# Examples that probe the kernel are compiled for a kit where there is one.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
case $O in /*) ;; *) O=$PWD/$O ;; esac
tapbuild=${TAPBUILD:-$O/tapbuild}
list=tapset/FUNCTIONS
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
bad=0

# "NAME ARGUMENTS RESULT" of what is written in script, then of what is built in.
have() {
	sed -nE 's/^function ([A-Za-z_0-9]+)(:(long|string))? ?\((.*)\).*/\1|\3|\4/p' "$tmp/p1" |
		awk -F'|' '{
			n = split($3, a, ", *"); s = ""
			for (i = 1; i <= n; i++)
				s = s (a[i] ~ /:string$/ ? "s" : a[i] ~ /:long$/ ? "l" : "?")
			print $1, s == "" ? "-" : s, $2 == "" ? "v" : substr($2, 1, 1)
		}'
	sed -nE "s/^INTRINSIC\(([A-Za-z_0-9]+), [a-z_0-9]+, '(.)', \"([ls]*)\".*/\1 \3 \2/p" \
		build/sema/intrinsics.def | awk 'NF == 2 { print $1, "-", $2; next } { print }'
}

# "macro NAME" and "global NAME" of what is written in script.
names() {
	find tapset -name '*.stpm' -exec sed -nE 's/^@define ([A-Za-z_0-9]+).*/macro \1/p' {} +
	sed -nE 's/^global ([A-Za-z_0-9]+).*/global \1/p' "$tmp/p1"
}

# Examples: the text after "Example:" up to the end of its comment, a file each.
examples() {
	find tapset -name '*.stp' | LC_ALL=C sort | while read -r f; do
		awk -v stem="$tmp/ex/${f//\//_}" '
			/\*\// { if (on) close(name); on = 0 }
			on { sub(/^ \*/, ""); print >name }
			/^ \* Example: / {
				on = 1; name = stem "." FNR ".stp"
				sub(/^ \* Example: /, ""); print >name
			}' "$f"
	done
}

find tapset -name '*.stp' | LC_ALL=C sort | while read -r f; do
	"$tapbuild" -p1 -g "$f" 2>/dev/null
done >"$tmp/p1"
have | LC_ALL=C sort -u >"$tmp/have"
awk 'NR == FNR { have[$0] = 1; next }
	/^#|^$/ { print; next }
	{
		if ($1 " " $2 " " $3 in have) $4 = "yes"
		else if ($4 !~ /^no:/) $4 = "no:?"
		print
	}' "$tmp/have" "$list" >"$tmp/list"
if [ "${1:-}" = --update ]; then
	cp "$tmp/list" "$list"
elif ! diff -u "$list" "$tmp/list"; then
	echo "$list: run tests/tools/check-tapset.sh --update"
	bad=1
fi

names | LC_ALL=C sort -u >"$tmp/names"
awk 'NR == FNR { have[$0] = 1; next }
	/^#|^$/ { print; next }
	{
		if ($1 " " $2 in have) $3 = "yes"
		else if ($3 !~ /^no:/) $3 = "no:?"
		print
	}' "$tmp/names" tapset/NAMES >"$tmp/list.names"
if [ "${1:-}" = --update ]; then
	cp "$tmp/list.names" tapset/NAMES
elif ! diff -u tapset/NAMES "$tmp/list.names"; then
	echo "tapset/NAMES: run tests/tools/check-tapset.sh --update"
	bad=1
fi

if grep 'no:?$' "$list" tapset/NAMES; then
	echo "say why these do not exist"
	bad=1
fi

# Same name, other types: a mistake, whether of the list or of the function.
awk 'NR == FNR { if ($0 !~ /^#|^$/) { sig[$1 " " $2] = $3; known[$1] = 1 } next }
	($1 in known) && ($1 " " $2 in sig) && sig[$1 " " $2] != $3 {
		print "function " $1 ": result is " $3 ", not " sig[$1 " " $2]; bad = 1
	}
	END { exit bad }' "$list" "$tmp/have" || bad=1

# shellcheck disable=SC2046 # one file name a word
for f in $(awk '$1 !~ /^_/ { print $1 }' "$tmp/have" | LC_ALL=C sort -u); do
	grep -rqE "^ \* .*\b$f(:(long|string))?\(" tapset --include='*.stp' ||
		{ echo "function $f: no comment in tapset/ says what it does"; bad=1; }
done

mkdir "$tmp/ex"
examples
kit=$("$tapbuild" kit list 2>/dev/null | awk 'NR == 1 { print $1 }')

# For no kernel; where types or functions of one are asked for, for a kit's.
compile() { # FILE
	"$tapbuild" -p2 -g -w "$1" >/dev/null 2>"$tmp/err" && return
	grep -qE 'NO_TARGET|NO_KERNEL|NO_MATCH|NO_PROBES' "$tmp/err" || return
	if [ -z "$kit" ]; then
		left=$((left + 1)) # told below
		return
	fi
	"$tapbuild" -p2 -g -w -r "$kit" "$1" >/dev/null 2>"$tmp/err"
}

# All without globals are one program, locals are each handler's own; one by one
# only when that has a mistake, or names a function that this kernel has not.
n=0 left=0
for f in "$tmp"/ex/*.stp; do
	n=$((n + 1))
	grep -q global "$f" || { cat "$f"; echo; } >>"$tmp/all.stp"
done
all=0
[ -n "$kit" ] && compile "$tmp/all.stp" && all=1
for f in "$tmp"/ex/*.stp; do
	if [ $all = 1 ] && ! grep -q global "$f"; then
		continue
	fi
	compile "$f" && continue
	echo "example ${f##*/}:"
	cat "$f" "$tmp/err"
	bad=1
done
[ $left = 0 ] ||
	echo "skip static/tapset_examples # no kit to compile $left of $n examples for: tapbuild kit fetch manifests/debian.manifest"
[ "$n" -gt 0 ] || { echo "no examples found"; bad=1; }
exit $bad
