#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs what building, tests or the demo need and is missing (Debian 12).
#
#   deps.sh build|check|demo
#   deps.sh told              installs nothing: says what building needs, and how to get it
set -eu

build="gcc make libc6-dev libelf-dev libdw-dev libarchive-dev libkmod-dev
	libzstd-dev libsodium-dev libbpf-dev libssl-dev zlib1g-dev liblzma-dev musl-tools linux-libc-dev"
kernels="binutils kmod xz-utils zstd python3"
guests="qemu-system-x86 seabios busybox-static cpio"
case ${1:-build} in
build | told) want=$build ;;
demo) want="$build $kernels $guests" ;;
check) want="$build $kernels $guests rpm dwz clang-format-14 shellcheck file git
	libarchive-tools openssl ovmf parallel sbsigntool" ;;
*) echo "usage: deps.sh build|check|demo|told" >&2; exit 2 ;;
esac
# Elsewhere than on Debian nothing is known of packages: the compiler will tell.
command -v dpkg-query >/dev/null || [ "${1:-}" != told ] || exit 0

missing=
for p in $want; do
	dpkg-query -W -f '${Status}\n' "$p" 2>/dev/null |
		grep -q '^install ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
if [ "${1:-}" = told ]; then
	echo "make: packages are missing; as root: apt-get install$missing" >&2
	echo "make: (or make demo, make check, which do that; make NEEDS= tries without)" >&2
	exit 3
fi
if [ "$(id -u)" != 0 ]; then
	echo "deps.sh: missing packages; run as root: apt-get install$missing" >&2
	exit 3
fi
echo "==> installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
