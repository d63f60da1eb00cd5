#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What must exist together does: a family in its three places, a test per error tag.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(sed -n 's/^FAMILY(fam_\([a-z_]*\).*/\1/p' build/families/families.def); do
	[ -f "build/families/fam_$f.c" ] || { echo "family $f: no build/families/fam_$f.c"; bad=1; }
	[ -f "runtime/family/rt_$f.c" ] || { echo "family $f: no runtime/family/rt_$f.c"; bad=1; }
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
