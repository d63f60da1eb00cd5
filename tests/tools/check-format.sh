#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every C file is what clang-format 14 makes of it (tables and golden files are not C).
cd "$(dirname "$0")/../.." || exit 1
said=$(git ls-files '*.c' '*.h' | grep -v '^tests/golden/' |
	xargs -n 50 -P "$(nproc)" clang-format-14 --dry-run --Werror 2>&1) && exit 0
echo "$said" | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error:.*/\1: run make format/p' | sort -u
# what is no complaint about a file: the program is missing, say
echo "$said" | sed -n 's/^\(xargs\|clang-format\)/&/p'
exit 1
