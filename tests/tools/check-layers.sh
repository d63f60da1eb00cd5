#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Project includes point down: a file may include its own directory or a
# directory of lower rank (layers.tab).  runner/ never sees build/.
cd "$(dirname "$0")/../.." || exit 1
git ls-files 'build/*.[ch]' 'bundle/*.[ch]' 'runner/*.[ch]' |
	xargs awk '
	FILENAME == "tests/tools/layers.tab" { next }
	BEGIN {
		while ((getline line < "tests/tools/layers.tab") > 0)
			if (line ~ /^[0-9]/) { split(line, f, " "); rank[f[2]] = f[1] }
	}
	function rank_of(path,   p, best, n) {
		best = -1; n = 0
		for (p in rank)
			if (index(path, p) == 1 && length(p) > n) { best = rank[p]; n = length(p) }
		return best
	}
	function dir(path) { sub(/[^\/]*$/, "", path); return path }
	/^#[ \t]*include[ \t]*"/ {
		split($0, q, "\""); inc = q[2]
		me = rank_of(FILENAME); it = rank_of(inc)
		if (it < 0) { printf "%s:%d: %s is in no layer\n", FILENAME, FNR, inc; bad++ }
		else if (dir(inc) != dir(FILENAME) && it >= me) {
			printf "%s:%d: rank %d includes %s of rank %d\n", FILENAME, FNR, me, inc, it; bad++
		}
		if (FILENAME ~ /^runner\// && inc ~ /^build\//) {
			printf "%s:%d: the runner must not see the builder\n", FILENAME, FNR; bad++
		}
	}
	END { exit bad > 0 }'
