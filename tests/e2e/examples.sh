#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Bundles of the tapset's examples that just run: each "probe oneshot" of a comment is
# a begin probe of a script with others, and the last of them ends it.
#
#   examples.sh DIR TAPBUILD-OPTION...     DIR/examples-N.tap, and one line for each
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
dir=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/tap-examples.XXXXXX")
trap 'rm -rf "$work"' EXIT
each=40

find tapset -name '*.stp' | LC_ALL=C sort | xargs awk -v to="$work/examples" -v each=$each '
	FNR == 1 || /\*\// { on = 0 }
	on { sub(/^ \*/, ""); sub(/probe oneshot/, "probe begin"); print >name }
	/^ \* Example: probe oneshot/ {
		on = 1
		name = to "-" int((n++) / each) ".stp"
		sub(/^ \* Example: probe oneshot/, "")
		print "# " FILENAME ":" FNR >name
		print "probe begin" $0 >name
	}'
bad=0
for stp in "$work"/examples-*.stp; do
	name=$(basename "$stp" .stp)
	echo 'probe begin(0x7fffffffffffffff) { println("all of them ran") exit() }' >>"$stp"
	if "$O/tapbuild" "$@" -g -w -m "$name" -o "$dir/$name.tap" "$stp" >"$work/log" 2>&1; then
		echo "ok e2e/build/$name # $(grep -c '^# ' "$stp") examples"
	else
		sed 's/^/# /' "$work/log"
		echo "not ok e2e/build/$name"
		bad=1
	fi
	cp "$stp" "$dir/"
done
exit $bad
