#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tapset/ALIASES and tapset/POINTS tell the truth about the aliases there are, on which
# kernels, and their variables.
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
		line = $1 " " (all ? "yes" : $2 ~ /^no:/ ? $2 : "no:?")
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
if grep '^[^#].* no:?' "$list"; then
	echo "$list: say why these do not exist"
	bad=1
fi
# ---- the others: what each kernel has ------------------------------------------

# "6.1.0-56-cloud-amd64" is 6.1-cloud: which build of it does not matter.
label() { # RELEASE
	local l
	l=$(sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$1")
	case $1 in
	*-cloud-*) l=$l-cloud ;;
	*-rt-*) l=$l-rt ;;
	esac
	echo "$l"
}

# A list that does not end is a failure, not the end of this machine.
ulimit -v 4000000
# Without the debug information that some kit may have: it is not said of those.
kits=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}/kits
mkdir -p "$tmp/cache/kits"
find -L "$kits" -name '*.kit' -exec ln -s {} "$tmp/cache/kits/" \; 2>/dev/null
export TAP_CACHE=$tmp/cache
points=tapset/POINTS
# Built-in points are in no list of aliases: these are there on every kernel.
"$tapbuild" --dump-probe-types | sed 's/([a-z]*)//g' | sort -u >"$tmp/builtin"
while read -r release _; do
	l=$(label "$release")
	grep -qE "^# kernels:.* $l( |$)" "$points" || continue
	# made before kits knew the functions of modules: it cannot tell
	"$tapbuild" -p2 -r "$release" -e 'probe module("scsi_mod").function("scsi_done") {}' 2>&1 |
		grep -q 'too old' && continue
	"$tapbuild" -r "$release" -L '**' >"$tmp/point.$l.$release" 2>/dev/null ||
		{ echo "$release: tapbuild -L '**' fails with $?"; bad=1; }
	cut -d' ' -f1 "$tmp/point.$l.$release" | grep -vxFf - "$tmp/builtin" >"$tmp/more"
	cat "$tmp/more" >>"$tmp/point.$l.$release"
done < <("$tapbuild" kit list 2>/dev/null)
if ! ls "$tmp"/point.* >/dev/null 2>&1; then
	echo "skip static/points # no kit to look for them in: tapbuild kit fetch manifests/debian.manifest"
	exit $bad
fi
awk '
	FILENAME != last { last = FILENAME; split(FILENAME, part, "/point[.]") }
	FILENAME ~ /point[.][^/]*$/ {
		if (FNR == 1) {
			l = part[2]
			# label.release: releases begin as labels do
			match(l, /^[0-9]+[.][0-9]+(-cloud|-rt)?/)
			l = substr(l, 1, RLENGTH)
			kits[l]++
			files[FILENAME] = l
		}
		has[l, $1]++
		for (i = 2; i <= NF; i++) {
			v = $i
			sub(/:string$/, ":s", v)
			sub(/:long$/, ":l", v)
			if (v ~ /^[a-z_A-Z]/)
				var[l, $1, v]++
		}
		next
	}
	/^# kernels: / { n = split($0, kernel, " ") }
	/^#|^$/ { print; next }
	{
		where = ""
		all = 1
		for (k = 3; k <= n; k++) {
			l = kernel[k]
			claim = $2 == "all" || index("," $2 ",", "," l ",")
			there[l] = kits[l] ? has[l, $1] == kits[l] : claim
			if (there[l])
				where = where (where == "" ? "" : ",") l
			else
				all = 0
		}
		line = $1 " " (where == "" ? ($2 ~ /^no:/ ? $2 : "no:?") : all ? "all" : where)
		for (i = 3; i <= NF; i++) {
			v = $i
			sub(/^-/, "", v)
			lacks = where == ""
			for (k = 3; k <= n; k++) {
				l = kernel[k]
				if (!there[l] || !kits[l])
					continue
				w = v
				sub(/:[?]$/, "", w)
				if (w != v) {
					if (var[l, $1, w ":l"] + var[l, $1, w ":s"] < kits[l]) lacks = 1
				} else if (var[l, $1, v] < kits[l])
					lacks = 1
			}
			line = line " " (lacks ? "-" : "") v
		}
		print line
	}' "$tmp"/point.* "$points" >"$tmp/points"
if [ "${1:-}" = --update ]; then
	cp "$tmp/points" "$points"
elif ! diff -u "$points" "$tmp/points"; then
	echo "$points: run tests/tools/check-aliases.sh --update"
	bad=1
fi
if grep '^[^#].* no:?' "$points"; then
	echo "$points: say why these do not exist"
	bad=1
fi
exit $bad
