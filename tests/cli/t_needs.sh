#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where packages for building are missing make says which, and how to get them, before
# it compiles; make e2e-shell says which kernels there are.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
if ! command -v dpkg-query >/dev/null; then
	skip needs "no dpkg-query: nothing is known of packages here"
	exit 0
fi
mkdir bin
cat >bin/dpkg-query <<'END'
#!/bin/sh
for last; do :; done
case $last in musl-tools | libelf-dev) exit 1 ;; esac
echo install ok installed
END
chmod +x bin/dpkg-query
make=(env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory -C "$top" O="$work/o" "$work/o/obj/build/main.o")
expect 2 "two packages are missing" '^make: packages are missing; as root: apt-get install libelf-dev musl-tools$' '!CC' -- \
	env PATH="$PWD/bin:$PATH" "${make[@]}"
check "nothing was compiled" test ! -e "$work/o/obj/build/main.o"
expect 0 "all the same" 'CC +build/main\.c' -- env PATH="$PWD/bin:$PATH" "${make[@]}" NEEDS=
sed -i '/musl-tools/d' bin/dpkg-query
rm -r "$work/o"
expect 0 "none is missing" '!missing' 'CC +build/main\.c' -- env PATH="$PWD/bin:$PATH" "${make[@]}"
expect 3 "a shell of no kernel" "^e2e-shell: no kernel image of '9\.9\.9' in $(re "$TAP_CACHE")/packages, which has:$" '^hint: .*kit fetch' -- \
	"$top/tests/e2e/shell.sh" 9.9.9
