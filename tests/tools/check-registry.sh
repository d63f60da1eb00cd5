#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What must exist together does: a family in its three places, a test per error tag.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(sed -n 's/^FAMILY(fam_\([a-z_]*\).*/\1/p' build/families/families.def); do
	[ -f "build/families/fam_$f.c" ] || { echo "family $f: no build/families/fam_$f.c"; bad=1; }
	# what runs its probes goes by their kinds
	from=build/families/fam_$f.c
	grep -q 'dwpoint_each(' "$from" && from="$from build/families/dwpoint.c"
	# shellcheck disable=SC2086 # they are two
	kinds=$(grep -ho '&kind_[a-z_]*' $from | sort -u)
	[ -n "$kinds" ] || { echo "family $f: makes no probes"; bad=1; }
	for k in $kinds; do
		grep -q "taprt_kind_${k#&kind_} = {" runtime/family/rt_*.c ||
			{ echo "family $f: nothing in runtime/family/ runs ${k#&kind_}"; bad=1; }
	done
	find tests/golden tests/e2e/cases -name "*$f*" | grep -q . ||
		{ echo "family $f: no test named after it"; bad=1; }
done
for t in $(sed -n 's/^DIAG(\([A-Z_0-9]*\)).*/\1/p' build/base/diag.def); do
	# What needs a kernel is provoked by a unit test on a made-up one.
	find tests/golden -name "err.$t.*" -o -name "warn.$t.*" | grep -q . ||
		grep -q "\"$t\"" tests/unit/t_*.c ||
		{ echo "diagnostic $t: no golden test err.$t.*"; bad=1; }
done
exit $bad
