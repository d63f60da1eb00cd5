#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A module of one Debian build of 6.1 runs on another (bundle/FORMAT.md section 12).
#
#   sibling.sh [RELEASE]      (default: the kit of 6.1.0-N-amd64 with the highest N)
#
# The sibling is another kit of that line; where the cache has none its packages are
# fetched, N-1 or N-2.  RELEASE is booted, with bundles that were built for its sibling,
# for its flavour rt, for a place that has no name, and without requirements.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
dir=$O/sibling
rm -rf "$dir"
mkdir -p "$dir/keys" "$dir/boot" "$O/sibling-kits/kits"

kits_of() { # DIRECTORY: releases of the line, newest first
	find "$1/kits" -name '6.1.0-*-amd64_*.kit' ! -name '*-rt-*' ! -name '*-cloud-*' -printf '%f\n' 2>/dev/null |
		sed 's/_.*//' | sort -ruV
}

fetch() { # RELEASE
	printf 'tap-manifest: 1\n\napt: bookworm\nsource: debian bookworm main\nsource: debian-security bookworm-security main\nkernel: %s\n' \
		"${1//./\\.}" >"$dir/sibling.manifest"
	TAP_CACHE=$O/sibling-kits "$O/tapbuild" kit fetch -q "$dir/sibling.manifest" >>"$dir/fetch.log" 2>&1
	rm -rf "$O/sibling-kits/packages"
}

rel=${1-$(kits_of "$cache" | head -1)}
[ -n "$rel" ] || { echo "skip e2e/sibling # no kit of a kernel 6.1.0-N-amd64"; exit 0; }
from=$cache
sibling=$(kits_of "$cache" | grep -vx "$rel" | head -1)
if [ -z "$sibling" ]; then
	from=$O/sibling-kits
	abi=${rel#6.1.0-} abi=${abi%-amd64}
	for n in $((abi - 1)) $((abi - 2)); do
		sibling=6.1.0-$n-amd64
		compgen -G "$from/kits/${sibling}_*.kit" >/dev/null || fetch "$sibling"
		compgen -G "$from/kits/${sibling}_*.kit" >/dev/null && break
		sibling=
	done
fi
[ -n "$sibling" ] || { echo "skip e2e/sibling # no kit of a sibling of $rel, and apt has no packages: $(tail -1 "$dir/fetch.log" 2>/dev/null)"; exit 0; }

"$O/tapbuild" keygen -o "$dir/keys/test" >/dev/null || { echo "not ok e2e/sibling # keygen"; exit 1; }
mv "$dir/keys/test.pub" "$dir/keys/test-pub.key"
mv "$dir/keys/test.key" "$dir/secret.key"
build() { # CACHE RELEASE NAME OPTION...
	local kits=$1 for=$2 name=$3
	shift 3
	TAP_CACHE=$kits "$O/tapbuild" -q -r "$for" --sign-key "$dir/secret.key" -DSTP_NO_OVERLOAD \
		-m "$name" -o "$dir/boot/$name.tap" "$@" || { echo "not ok e2e/sibling/build # $name"; exit 1; }
}
script=tests/e2e/boot/sibling.stp
build "$from" "$sibling" sibling --fallback $script
build "$from" "$sibling" sibling-without $script
build "$from" "$sibling" sibling-bound --fallback -e 'probe kernel.data("pid_max").write { println(1) }'
rt=${rel%-amd64}-rt-amd64
if compgen -G "$cache/kits/${rt}_*.kit" >/dev/null; then
	build "$cache" "$rt" sibling-other --fallback $script
else
	echo "skip e2e/sibling/other # no kit of $rt"
fi
echo "$sibling" >"$dir/boot/sibling.release"
cp tests/e2e/boot/sibling.boot.sh "$dir/"
tests/e2e/run.sh --dir "$dir" "$rel/sibling"
