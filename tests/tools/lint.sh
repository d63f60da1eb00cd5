#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Linters over user-space C and shell; each one that is installed must be clean.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
mapfile -t src < <(git ls-files 'build/*.c' 'bundle/*.c' 'runner/*.c')
# Told no architecture, cppcheck takes the #error of the sources that need one.
if command -v cppcheck >/dev/null; then
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,portability \
		--suppress=missingIncludeSystem -I. -D_GNU_SOURCE "-D__$(uname -m)__" \
		-DTAP_VERSION='"0"' "${src[@]}" || bad=1
fi
# One process per file: several at once give clang-tidy 14 false positives.
if command -v clang-tidy >/dev/null; then
	printf '%s\n' "${src[@]}" | xargs -P "$(nproc)" -I{} clang-tidy --quiet {} -- \
		-std=gnu11 -D_GNU_SOURCE -DTAP_VERSION='"0"' -I. || bad=1
fi
exit $bad
