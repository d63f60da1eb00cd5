#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What make bench says of a figure: met, missed, or not measured, which is missed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
packages=/p
. "$top/tests/bench/lib.sh"

says() { # WANTED VALUE TARGET [BEST CPU]
	local want=$1
	shift
	verdict "$@"
	[ "$how" = "$want" ] || { echo "says '$how'"; return 1; }
}
check "met" says 'target <= 15: meets' 14.99 15
check "the target itself" says 'target <= 15: meets' 15 15
check "numbers, not texts" says 'target <= 15: meets' 9 15
check "none wanted" says 'target <= 0: meets' 0 0
check "missed" says 'target <= 15: MISSES' 15.1 15
check "missed by all but the smallest" says 'target <= 15: MISSES (the smallest meets)' 16 15 14
check "missed by all but the cpu time" says 'target <= 15: MISSES (its cpu time meets)' 18 15 16 14
check "no target" says '' 16 -
check "no figure" says 'target <= 4096: MISSES (no figure)' '' 4096
check "a ratio to nothing" says 'target <= 1.1: MISSES (no figure)' "$(ratio 3 0)" 1.1
met=0 missed=0
figure "x" 1 ms 2 >/dev/null
figure "y" '' ms 2 >/dev/null
check "they are counted" test "$met $missed" = '1 1'
