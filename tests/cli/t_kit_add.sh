#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kit add: what is not a kernel, what is half of one; .deb, .rpm and a directory of
# one kernel give the same bytes.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
shopt -s nullglob
debs=("$cache"/packages/6.1.*-cloud-amd64/*.deb)
if [ ${#debs[@]} -eq 0 ]; then
	skip kit_add "no packages of a 6.1 cloud kernel in $cache/packages: tapbuild kit fetch manifests/debian.manifest"
	exit 0
fi
pick() { # GLOB of the base name
	local d
	for d in "${debs[@]}"; do
		# shellcheck disable=SC2254
		case ${d##*/} in $1) echo "$d" ;; esac
	done
}
image=$(pick 'linux-image-*') common=$(pick 'linux-headers-*-common_*') scripts=$(pick 'linux-kbuild-*')
headers=$(pick 'linux-headers-*-cloud-*')
kit=("$builder" kit add)
# Half a gigabyte is unpacked several times: in memory where that is plenty.
if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] &&
	[ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 6000000 ]; then
	big=$(mktemp -d /dev/shm/tap-cli.XXXXXX)
	trap 'rm -rf "$big"; cleanup' EXIT
	mkdir "$big/tmp"
	export TMPDIR=$big/tmp
else
	big=$work
fi

# ---- not a kernel -----------------------------------------------------------------
expect 2 "nothing" '^usage: tapbuild kit add' -- "${kit[@]}"
expect 3 "a file that is not there" "^tapbuild: cannot open 'no\.deb': No such file" -- "${kit[@]}" no.deb
echo hello >text.deb
expect 1 "a text" "^tapbuild: 'text\.deb' cannot be unpacked: " -- "${kit[@]}" text.deb
: >empty.deb
expect 1 "an empty file" "^tapbuild: 'empty\.deb' cannot be unpacked: " -- "${kit[@]}" empty.deb
mkdir nothing
expect 3 "an empty directory" '^tapbuild: no configured kernel headers were given$' '^hint: add linux-headers' -- "${kit[@]}" nothing
mkdir -p pkg/usr/share/doc/x
echo doc >pkg/usr/share/doc/x/README
# deb NAME DIR [TAR-OPTION...]: the least that is a package
deb() {
	local name=$1 dir=$2
	shift 2
	echo 2.0 >debian-binary
	tar czf control.tar.gz -T /dev/null
	tar cJf data.tar.xz -C "$dir" "$@" .
	ar qc "$name" debian-binary control.tar.gz data.tar.xz
}
deb other.deb pkg
expect 1 "a package of something else" "^tapbuild: 'other\.deb' holds nothing of a kernel$" -- "${kit[@]}" other.deb
mkdir -p evil/usr/src/linux-headers-1
echo x >evil/usr/src/linux-headers-1/.config
deb evil.deb evil -P --transform 's,^\./usr/src,usr/src/linux-headers-1/../../../../evil,'
expect 1 "a package that wants out of its place" "^tapbuild: .*evil\.deb" -- "${kit[@]}" evil.deb

# The data part itself: liblzma reads it, not libarchive.
xz_deb() { # NAME: of what is in data.tar.xz
	rm -f "$1"
	ar qc "$1" debian-binary control.tar.gz data.tar.xz
}
mkdir -p part/usr/src/linux-headers-1
head -c 3000000 /dev/urandom >part/usr/src/linux-headers-1/.config
tar c -C part . | xz --block-size=500000 -T2 >good.xz
cp good.xz data.tar.xz
flip data.tar.xz 1700000 64
xz_deb bad.deb
expect 1 "a damaged block of its data" "^tapbuild: 'bad\.deb' cannot be unpacked: damaged xz data$" -- "${kit[@]}" bad.deb
head -c 1700000 good.xz >data.tar.xz
xz_deb short.deb
expect 3 "data that ends within a block" "^tapbuild: 'short\.deb' cannot be unpacked: Truncated xz data$" -- "${kit[@]}" short.deb
head -c 500 good.xz | tail -c 400 >data.tar.xz
xz_deb none.deb
expect 1 "data that is not xz" "^tapbuild: 'none\.deb' cannot be unpacked: it is not xz data$" -- "${kit[@]}" none.deb
cat good.xz good.xz >data.tar.xz # one after another is one stream: xz(1); its second half is not read
xz_deb two.deb
expect 3 "two streams of data" '^tapbuild: no configured kernel headers|^tapbuild: headers of kernel' -- "${kit[@]}" two.deb
rm -rf part good.xz data.tar.xz

# ---- half of a kernel ---------------------------------------------------------------
expect 3 "an image without headers" '^tapbuild: there is a kernel image but no headers for it$' '^hint: add linux-headers' -- "${kit[@]}" "$image"
expect 3 "headers without their scripts" '^tapbuild: headers of kernel .* come without their build scripts$' '^hint: add its linux-kbuild' -- \
	"${kit[@]}" "$headers" "$common"
expect 3 "headers without an image" '^tapbuild: no kernel image for .* was given$' '^hint: add linux-image' -- \
	"${kit[@]}" "$headers" "$common" "$scripts"
head -c 3000000 "$image" >cut.deb
expect 3 "a truncated package, alone" "^tapbuild: 'cut\.deb' cannot be unpacked: .*runcated" -- "${kit[@]}" cut.deb
cp "$image" cut2.deb
truncate -s -4096 cut2.deb
expect 3 "a package without its end, with good ones" "^tapbuild: 'cut2\.deb' cannot be unpacked: .*runcated" -- \
	"${kit[@]}" cut2.deb "$headers" "$common" "$scripts"
rm -f cut*.deb
check "no kit was stored" test -z "$(ls "$TAP_CACHE/kits" 2>/dev/null)"
check "no scratch is left" no_scratch
expect 3 "no compiler" "^tapbuild: no C compiler: .* does not run$" '^hint: apt-get install' -- env PATH="$work/empty" "${kit[@]}" "${debs[@]}"
if is_root && mkdir "$work/small" && mount -t tmpfs -o size=20m none "$work/small" 2>/dev/null; then
	mounted+=("$work/small")
	expect 3 "no room to unpack" '^tapbuild: .*No space left on device' -- env TMPDIR="$work/small" "${kit[@]}" "${debs[@]}"
	check "no room: nothing is left" test -z "$(ls -A "$work/small")"
else
	skip kit_add/room "not root: no small file system"
fi

# ---- interrupted ----------------------------------------------------------------------
env --default-signal=INT "${kit[@]}" "${debs[@]}" >/dev/null 2>&1 &
p=$!
for ((i = 0; i < 6000; i++)); do
	[ -n "$(ls -A "$TMPDIR")" ] && break
	sleep 0.05
done
# Unpacking has begun; it takes seconds.
kill -INT $p
wait $p 2>/dev/null
check "interrupted: it ended by the signal" test $? -gt 128
check "interrupted: no scratch is left" no_scratch
check "interrupted: no kit" test -z "$(ls -A "$TAP_CACHE/kits" 2>/dev/null)"

# ---- one kernel, three ways -------------------------------------------------------------
id_of() { "$builder" kit list | awk '{ print $1, $3 }'; }
expect 0 "from .deb files" '/kits/6\.1\..*-cloud-amd64_[0-9a-f]{12}\.kit$' -- "${kit[@]}" "${debs[@]}"
one=$(echo "$TAP_CACHE"/kits/*.kit)
cp "$one" "$work/first.kit"
first=$(id_of)
mkdir "$big/tree"
for d in "${debs[@]}"; do dpkg-deb -x "$d" "$big/tree"; done
rm -f "$one"
expect 0 "from a directory of unpacked packages" '\.kit$' -- "${kit[@]}" "$big/tree"
check "directory and .deb: the same bytes" cmp "$one" "$work/first.kit"
rm -f "$one"
expect 0 "in an environment that means other things to make and gcc" '\.kit$' -- \
	env MAKEFLAGS=s ARCH=arm64 KCFLAGS=-DOTHER CPATH=/nonexistent KBUILD_VERBOSE=0 "${kit[@]}" "$big/tree"
check "the environment: the same bytes" cmp "$one" "$work/first.kit"
if command -v rpmbuild >/dev/null; then
	cat >k.spec <<'SPEC'
Name: kernel-test
Version: 6.1
Release: 1
Summary: an unpacked kernel as a package
License: GPL-2.0-only
AutoReqProv: no
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global _binary_payload w1.zstdio
%description
For a test.
%install
cp -al %{tree}/. %{buildroot}/
%files
/*
SPEC
	check "making an .rpm" rpmbuild -bb --quiet --define "_topdir $big/rpm" --define "tree $big/tree" --define "_tmppath $TMPDIR" k.spec
	rm -rf "$big/tree" "$TMPDIR"/rpm-tmp.*
	rm -f "$one"
	expect 0 "from an .rpm file" '\.kit$' -- "${kit[@]}" "$(find "$big/rpm" -name '*.rpm')"
	check "made twice: the same bytes" cmp "$one" "$work/first.kit"
	check "one kit, the same id" test "$(id_of)" = "$first"
	head -c 20000000 "$(find "$big/rpm" -name '*.rpm')" >cut.rpm
	expect 3 "a truncated .rpm" "^tapbuild: 'cut\.rpm' cannot be unpacked: .*runcated" -- "${kit[@]}" cut.rpm
	check "a failure leaves the good kit alone" cmp "$one" "$work/first.kit"
else
	skip kit_add/rpm "rpmbuild is not installed"
fi
check "no scratch is left at the end" no_scratch

# ---- kit fetch: a package that was damaged in the cache ------------------------------------
# apt as it is, but for the archive: that is the directory of good packages.
release=${one##*/}
release=${release%_*}
mkdir fake
cat >fake/apt-get <<'APT'
#!/bin/sh
uris=
while [ $# -gt 0 ]; do
	case $1 in
	-*uris) uris=1 ;;
	-* | download) ;;
	update) exit 0 ;;
	*)
		f=$(ls "$GOOD/$1"_*.deb)
		if [ -n "$uris" ]; then
			echo "'http://x/${f##*/}' ${f##*/} $(stat -c %s "$f") SHA256:$(sha256sum "$f" | cut -d' ' -f1)"
		elif [ -n "$OFFLINE" ]; then
			echo "E: Failed to fetch $1" >&2
			exit 100
		else
			echo "${f##*/}" >>"$GOT"
			cp "$f" .
		fi
		;;
	esac
	shift
done
APT
cat >fake/apt-cache <<'APT'
#!/bin/sh
for last; do :; done
case $last in
linux-headers-) echo "linux-headers-$RELEASE" ;;
linux-headers-*) printf 'Package: %s\nDepends: %s (= 1), %s\n' "$last" "$COMMON" "$KBUILD" ;;
linux-image-*) printf 'Package: %s\nDepends: kmod\n' "$last" ;;
*) exit 100 ;;
esac
APT
chmod +x fake/*
package() { basename "${1%%_*}"; }
export GOOD=${image%/*} RELEASE=$release COMMON KBUILD GOT=$work/got OFFLINE=
COMMON=$(package "$common") KBUILD=$(package "$scripts")
printf '%s\n' 'tap-manifest: 1' '' 'apt: test' 'source: debian bookworm main' "kernel: $(re "$release")" >one.manifest
rm -f "$one"
there=$TAP_CACHE/packages/$release
mkdir -p "$there"
cp "${debs[@]}" "$there"
flip "$there/${image##*/}" $(($(stat -c %s "$image") / 2))
fetch=(env PATH="$PWD/fake:$PATH" "$builder" kit fetch one.manifest)
OFFLINE=1 expect 1 "a damaged package in the cache, and no network" "^tapbuild: $(re "$release"): '$(re "${image##*/}")' cannot be unpacked: " \
	'^hint: the package cannot be had again: apt-get: Failed to fetch' -- "${fetch[@]}"
check "no kit of it" test -z "$(find "$TAP_CACHE/kits" -name '*.kit')"
cp "$image" "$there"
flip "$there/${image##*/}" $(($(stat -c %s "$image") / 2))
expect 0 "a damaged package in the cache" "^kit: $(re "$release"): 1 of them had been damaged, and are new$" "^$(re "$release") +made$" -- "${fetch[@]}"
check "that one was fetched" grep -qxF "${image##*/}" "$work/got"
check "the kit is that of the good packages" cmp "$one" "$work/first.kit"
rm -rf "$there"

# The packages are not needed any more: this cache has none.
use_key
expect 0 "a bundle from that kit" '1 of 1 kernels' -- "$builder" --all -o x.tap -e 'probe begin { println("hi") exit() }'
