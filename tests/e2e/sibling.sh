#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A module of one Debian build of 6.1 runs on another (bundle/FORMAT.md section 12).
#
#   sibling.sh [RELEASE [SIBLING]]   (default: the kit of 6.1.0-N-amd64 with the highest N)
#
# A sibling is another kit of that line whose exports have the same CRCs; where the cache
# has none, packages of N-1 and N-2 are fetched.  RELEASE is booted, with bundles that were
# built for its sibling, for its flavour rt, for a place that has no name, and without
# requirements.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
dir=$O/sibling
script=tests/e2e/boot/sibling.stp
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

build() { # CACHE RELEASE NAME OPTION...
	local kits=$1 for=$2 name=$3
	shift 3
	TAP_CACHE=$kits "$O/tapbuild" -q -r "$for" --sign-key "$dir/secret.key" -DSTP_NO_OVERLOAD -DMAXTRYLOCK=100000 \
		-m "$name" -o "$dir/boot/$name.tap" "$@" || { echo "not ok e2e/sibling/build # $name"; exit 1; }
}

# The CRCs of all that a module for RELEASE imports: the kernel compares them.
crcs() { # CACHE RELEASE
	rm -rf "$dir/crcs"
	build "$1" "$2" crcs "$script" && "$O/tapbuild" extract --keys "$dir/keys" -C "$dir/crcs" "$dir/boot/crcs.tap" >/dev/null &&
		/sbin/modprobe --dump-modversions "$dir"/crcs/*/*.ko | sort
	rm -f "$dir/boot/crcs.tap"
}

layout() { # CACHE RELEASE
	TAP_CACHE=$1 "$O/tapbuild" kit show "$2" 2>/dev/null | sed -n 's/^layout CRC *//p'
}

sibling_in() { # CACHE RELEASE RELEASE...: the first of these
	local from=$1 rel=$2 s
	shift 2
	for s; do
		[ "$s" != "$rel" ] && [ "$(layout "$from" "$s")" = "$(layout "$cache" "$rel")" ] &&
			[ "$(crcs "$from" "$s")" = "$(crcs "$cache" "$rel")" ] && echo "$s" && return
	done
}

address() { # CACHE RELEASE: of a function that is probed
	TAP_CACHE=$1 "$O/tapbuild" -p2 --vp 02 -r "$2" -e 'probe kernel.function("vfs_read") { println(1) }' 2>/dev/null |
		grep -o 'pc=_stext+0x[0-9a-f]*'
}

"$O/tapbuild" keygen -o "$dir/keys/test" >/dev/null || { echo "not ok e2e/sibling # keygen"; exit 1; }
mv "$dir/keys/test.pub" "$dir/keys/test-pub.key"
mv "$dir/keys/test.key" "$dir/secret.key"
mapfile -t have < <(kits_of "$cache")
rel=${1-${have[0]-}}
[ -n "$rel" ] || { echo "skip e2e/sibling # no kit of a kernel 6.1.0-N-amd64"; exit 0; }
from=$cache
sibling=${2-$(sibling_in "$from" "$rel" "${have[@]}")}
if [ -z "$sibling" ]; then
	from=$O/sibling-kits
	abi=${rel#6.1.0-} abi=${abi%-amd64}
	for n in $((abi - 1)) $((abi - 2)); do
		compgen -G "$from/kits/6.1.0-$n-amd64_*.kit" >/dev/null || fetch "6.1.0-$n-amd64"
		sibling=$(sibling_in "$from" "$rel" "6.1.0-$n-amd64")
		[ -z "$sibling" ] || break
	done
fi
[ -n "$sibling" ] || { echo "skip e2e/sibling # no kit of a sibling of $rel, a build with the same CRCs, and apt has no package of one"; exit 0; }
echo "# $sibling on $rel; vfs_read: $(address "$from" "$sibling") there, $(address "$cache" "$rel") here"

build "$from" "$sibling" sibling --fallback $script
build "$from" "$sibling" sibling-without $script
build "$from" "$sibling" sibling-bound --fallback -e 'probe kernel.data("pid_max").write { println(1) }'
rt=${rel%-amd64}-rt-amd64
if compgen -G "$cache/kits/${rt}_*.kit" >/dev/null; then
	build "$cache" "$rt" sibling-other --fallback $script
else
	echo "skip e2e/sibling/other # no kit of $rt"
fi
# All that the cache has: where the nearest has other CRCs the kernel says so, and the next
# is tried.
others=()
[ "$from" = "$cache" ] && for s in "${have[@]}"; do [ "$s" = "$rel" ] || others+=(-r "$s"); done
[ ${#others[@]} -gt 2 ] && build "$cache" "$sibling" sibling-all --fallback "${others[@]}" $script
echo "$sibling" >"$dir/boot/sibling.release"
cp tests/e2e/boot/sibling.boot.sh "$dir/"
tests/e2e/run.sh --dir "$dir" "$rel/sibling"
