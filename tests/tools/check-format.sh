#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every C file is what clang-format 14 makes of it (tables and golden files are not C).
cd "$(dirname "$0")/../.." || exit 1
bad=0
for f in $(git ls-files '*.c' '*.h' | grep -v '^tests/golden/'); do
	clang-format-14 "$f" | cmp -s - "$f" || { echo "$f: run make format"; bad=1; }
done
exit $bad
