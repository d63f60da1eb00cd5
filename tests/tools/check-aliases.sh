#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tapset/ALIASES tells the truth about the aliases there are and their variables.
#
#   check-aliases.sh [--update]     --update writes what exists
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-out}
case $O in /*) ;; *) O=$PWD/$O ;; esac
tapbuild=${TAPBUILD:-$O/tapbuild}
list=tapset/ALIASES
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
bad=0

"$tapbuild" -L 'syscall.*' >"$tmp/entry" 2>/dev/null
"$tapbuild" -L 'syscall.*.return' >"$tmp/return" 2>/dev/null
awk -v entry="$tmp/entry" -v ret="$tmp/return" '
	function load(file, line, w, n, i) {
		while ((getline line <file) > 0) {
			n = split(line, w, " ")
			have[w[1]] = 1
			for (i = 2; i <= n; i++) {
				sub(/:string$/, ":s", w[i])
				sub(/:long$/, ":l", w[i])
				has[w[1], w[i]] = 1
			}
		}
	}
	BEGIN { load(entry); load(ret) }
	/^#|^$/ { print; next }
	{
		r = $1 ".return"
		all = have[$1] && has[$1, "name:s"] && has[$1, "argstr:s"] &&
			has[r, "name:s"] && has[r, "retval:l"] && has[r, "retstr:s"]
		line = $1 (all ? " yes" : " no")
		for (i = 3; i <= NF; i++) {
			v = $i
			sub(/^-/, "", v)
			line = line " " (has[$1, v] ? "" : "-") v
		}
		print line
	}' "$list" >"$tmp/list"
[ -s "$tmp/entry" ] && [ -s "$tmp/return" ] ||
	{ echo "$list: no aliases are listed at all"; bad=1; }
if [ "${1:-}" = --update ]; then
	cp "$tmp/list" "$list"
elif ! diff -u "$list" "$tmp/list"; then
	echo "$list: run tests/tools/check-aliases.sh --update"
	bad=1
fi
exit $bad
