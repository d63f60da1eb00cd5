#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check.sh itself: a layer that ends badly, or says nothing, is a failure.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
tools=$work/tree/tests/tools
mkdir -p "$tools"
cp "$top/tests/tools/check.sh" "$tools/"
layer() { # SCRIPT: what tests/tools/golden.sh is
	printf '#!/bin/sh\n%s\n' "$1" >"$tools/golden.sh"
	chmod +x "$tools/golden.sh"
}
run=(env O="$work/o" "$tools/check.sh" golden)
layer 'echo ok golden/a'
expect 0 "a layer" '^1 passed, 0 failed, 0 skipped$' -- "${run[@]}"
layer 'echo ok golden/a; echo not ok golden/b; exit 1'
expect 1 "one that failed" '^not ok golden/b$' '!exit 1' '^1 passed, 1 failed, 0 skipped$' -- "${run[@]}"
layer 'echo ok golden/a; exit 3'
expect 1 "one that ended without a word" '^not ok golden # exit 3$' '^1 passed, 1 failed, 0 skipped$' -- "${run[@]}"
layer 'echo only words'
expect 1 "one that checked nothing" '^not ok golden # it checked nothing$' '^0 passed, 1 failed, 0 skipped$' -- "${run[@]}"
expect 1 "one that there is not" '^not ok nosuch # exit 127$' -- env O="$work/o" "$tools/check.sh" nosuch
layer 'echo skip golden/a "# no reason"'
expect 1 "nothing passed" '^0 passed, 0 failed, 1 skipped$' -- "${run[@]}"
layer 'echo ok golden/a'
expect 0 "O is any place" -- "${run[@]}"
check "and the log is there" grep -qx 'ok golden/a' "$work/o/check.log"
