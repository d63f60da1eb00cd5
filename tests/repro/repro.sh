#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same inputs give the same bundle: other directory, user, locale, time zone,
# umask, number of jobs, cold object cache.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
script=tests/demo/rwlatency.stp

result() { # condition text
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# build DIR JOBS: a private copy of program, runtime, tapset, with its own objects
build() {
	mkdir -p "$1/cache" "$1/out"
	cp -r runtime tapset "$1/"
	cp "$O/tapbuild" "$1/out/"
	cp "$script" "$1/"
	cp "$work/secret.key" "$1/key"
	cp -r --reflink=auto "$cache/kits" "$1/cache/"
	# The record of which kernels a manifest means goes with the kits.
	[ -d "$cache/manifests" ] && cp -r "$cache/manifests" "$1/cache/"
	chmod 600 "$1/key"
}

"$O/tapbuild" keygen -o "$work/secret" >/dev/null || { result 1 keygen; exit 1; }
build "$work/one"
build "$work/another/place with space"
run() { # dir jobs
	(cd "$1" && TAP_CACHE="$1/cache" ./out/tapbuild --manifest "$manifest" \
		-j "$2" --sign-key key -o b.tap rwlatency.stp >log 2>&1) || { sed 's/^/# /' "$1/log"; return 1; }
}
cp manifests/debian.manifest "$work/"
chmod 644 "$work/debian.manifest"
export manifest=$work/debian.manifest
(umask 022; export LC_ALL=C TZ=UTC; run "$work/one" 1)
result $? "first build" # attack 27
if [ "$(id -u)" = 0 ]; then
	other="$work/another/place with space"
	chown -R nobody "$work/another"
	chmod a+x "$work/another"
	export -f run
	export other
	setpriv --reuid=nobody --clear-groups bash -c 'umask 077; export HOME=/nonexistent LC_ALL=de_DE.UTF-8 LANG=tr_TR.UTF-8 TZ=Asia/Kathmandu; run "$other" 3'
	result $? "second build: other directory, user, locale, time zone, umask, jobs" # attack 27
else
	(umask 077; export LC_ALL=de_DE.UTF-8 TZ=Asia/Kathmandu; run "$work/another/place with space" 3)
	result $? "second build: other directory, locale, time zone, umask, jobs"
fi
cmp "$work/one/b.tap" "$work/another/place with space/b.tap"
result $? "the two bundles are the same bytes" # attack 27
