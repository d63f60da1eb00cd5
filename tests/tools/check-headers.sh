#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every header compiles alone and is guarded by its path.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for h in $(git ls-files 'build/*.h' 'bundle/*.h' 'runner/*.h' runtime/gen.h 'runtime/uapi/*.h'); do
	guard=$(echo "$h" | tr 'a-z/.-' 'A-Z___')
	grep -q "^#ifndef $guard\$" "$h" || { echo "$h: guard is not $guard"; bad=1; }
	echo "#include \"$h\"" | ${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -I. -Wall -Werror -fsyntax-only -x c - ||
		{ echo "$h: does not compile alone"; bad=1; }
done
exit $bad
