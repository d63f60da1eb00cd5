#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A minute of everything a CPU can print, and of a reader that stands still, in a guest:
# minute.sh [RELEASE...]     (default: the newest kits of 6.1 and 6.12)
set -u
cd "$(dirname "$0")/../.." || exit 1
O=$(cd "${O:-out}" && pwd)
export O
newest() { # GLOB
	"$O/tapbuild" kit list "$1" 2>/dev/null | awk 'END { print $1 }'
}
rel=("$@")
[ $# -gt 0 ] || mapfile -t rel < <(newest '6.1.0-*[0-9]-amd64'; newest '6.12.*')
if [ ${#rel[@]} = 0 ]; then
	echo "skip minute # no kits: tapbuild kit fetch manifests/debian.manifest"
	exit 0
fi
if ! command -v qemu-system-x86_64 >/dev/null; then
	echo "skip minute # qemu-system-x86_64 is not installed"
	exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/tap-minute.XXXXXX")
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/keys" "$dir/boot"
"$O/tapbuild" keygen -o "$dir/test" >/dev/null || exit 1
cp "$dir/test.pub" "$dir/keys/test.key"
which=()
for r in "${rel[@]}"; do which+=(-r "$r"); done
build() { # SCRIPT.stp NAME options...
	local from=$1 name=$2
	shift 2
	"$O/tapbuild" -q "${which[@]}" --sign-key "$dir/test.key" -m "$name" -o "$dir/boot/$name.tap" \
		-DSTP_NO_OVERLOAD "$@" "$from" || echo "not ok minute/build/$name"
}
read -r -a deluge <tests/e2e/boot/deluge.build
build tests/e2e/boot/deluge.stp deluge "${deluge[@]}"
build tests/e2e/cases/stalled.stp stalled
rm -f "$dir/test.key"
cp tests/e2e/boot/minute.boot.sh "$dir/"
E2E_LIMIT_S=${E2E_LIMIT_S:-3600} tests/e2e/run.sh --dir "$dir" "${rel[@]/%//minute}"
