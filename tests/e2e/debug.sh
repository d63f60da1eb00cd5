#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A cache whose kits have the debug information of the modules of tests/e2e/mod, and
# else what the cache in use has, which stays as it is.  Prints its directory.
#
#   debug.sh DIR RELEASE...      DIR: where to make it
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
to=$1
shift
tests/e2e/mods.sh "$@" >&2 || exit 1
rm -rf "$to"
mkdir -p "$to/kits"
for d in "$cache"/*; do
	[ "${d##*/}" = kits ] || ln -s "$d" "$to/"
done
for f in "$cache"/kits/*; do
	ln -s "$f" "$to/kits/"
done
for rel; do
	TAP_CACHE=$to "$O/tapbuild" kit add --debuginfo "$O/mod/$rel"/tap*.ko >&2 || exit 1
done
echo "$to"
