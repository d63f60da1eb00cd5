#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The main job, shown: kits of real kernels, one signed bundle, relayed output.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
export O
dir=$O/demo
manifest=manifests/debian.manifest
started=$SECONDS
declare -a took

step() { # title command...
	local title=$1 t=$SECONDS
	shift
	printf '\n==> %s\n' "$title"
	"$@" || { echo "demo: '$title' failed" >&2; exit 1; }
	took+=("$(printf '%5d s  %s' $((SECONDS - t)) "$title")")
}

make_key() {
	[ -f "$dir/secret.key" ] && return 0
	"$O/tapbuild" keygen -o "$dir/secret" || return 1
	cp "$dir/secret.pub" "$dir/keys/demo.key"
}

boot() {
	local rel
	mapfile -t rel < <(awk '$5 == "ok" { print $1 }' "$dir/table")
	tests/e2e/run.sh --dir "$dir/guest" --keys "$dir/keys" "${rel[@]}"
}

build() {
	# Every kernel is to have it: one that is passed over would not be missed.
	"$O/tapbuild" -v --strict --manifest "$manifest" --sign-key "$dir/secret.key" \
		--description "read/write latency by process" \
		-o "$dir/guest/rwlatency.tap" tests/demo/rwlatency.stp >"$dir/table"
	local rc=$?
	cat "$dir/table"
	return $rc
}

mkdir -p "$dir/keys" "$dir/guest"
cp tests/demo/guest.sh "$dir/guest/rwlatency.sh"
step "install what is missing" tests/tools/deps.sh demo
step "build tapbuild and taprun" make --no-print-directory -j"$(nproc)" all
step "a kit of each kernel in $manifest" "$O/tapbuild" kit fetch "$manifest"
step "a key to sign with" make_key
step "one bundle for all of them" build
step "boot each kernel and run it there" boot
printf '\n==> how long each step took\n'
printf '%s\n' "${took[@]}"
printf '%5d s  in all\n' $((SECONDS - started))
