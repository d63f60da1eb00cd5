#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How many lines of taprun run before the signature holds, and before it has no privilege:
# KO=MODULE.ko lines.sh DIR [-v]
#
# Builds taprun with gcov into DIR, runs it with a bundle for this machine as a user
# would, and stops it there (lines_stop.c).  Prints
#
#	signature EXECUTED LINES     up to the call that checks the Ed25519 signature
#	trust EXECUTED LINES         up to the first look at the manifest after it
#	privileged EXECUTED LINES    while a capability is in effect, but that of reading
#	zero EXECUTED LINES          up to where no capability is left
#
# EXECUTED: lines of C that ran, as gcov counts them (no comments, no declarations, a
# statement over several lines once or more).  LINES: all such lines of every function
# that ran, refusals included: what there is to read.  Libraries are not counted: before
# the signature that is Ed25519 and SHA-512 of libsodium, then SHA-256 and zstd; nor is
# what drops privileges and installs filters itself (priv.c, confine.c).  The keeper, a process of its own, is not either.  "signature" and "trust" begin where the
# bundle is opened: policy and keys, read before, are root's.  The last two begin with
# main().  -v: each function.  Needs root.
set -eu
cd "$(dirname "$0")/../.."
dir=$1
verbose=${2:-}
O=$(cd "${O:-out}" && pwd)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

build() {
	local f objs=()
	local flags=(-std=gnu11 -D_GNU_SOURCE '-DTAP_VERSION="0"' -I. -g -O0)
	# shim.c stands in for parts of libraries that are linked whole here
	for f in runner/*.c bundle/*.c bundle/base/*.c; do
		case $f in
		runner/shim.c | bundle/sign.c | bundle/part_read.c | bundle/*_write.c) continue ;;
		esac
		gcc "${flags[@]}" --coverage -c "$PWD/$f" -o "$dir/$(tr / _ <<<"${f%.c}").o"
		objs+=("$dir/$(tr / _ <<<"${f%.c}").o")
	done
	# priv_drop() may keep a capability without having it in effect
	grep -q 'priv_drop(uint64_t keep, uint64_t now' runner/priv.h && flags+=(-DTAP_LINES_NOW)
	gcc "${flags[@]}" -c tests/tools/lines_stop.c -o "$dir/stop.o"
	gcc --coverage -Wl,--wrap=bundle_open_signed,--wrap=manifest_parse,--wrap=crypto_sign_verify_detached,--wrap=priv_drop,--wrap=confine,--wrap=confine_relay \
		-o "$dir/taprun" "${objs[@]}" "$dir/stop.o" -lzstd -lsodium
}

# A bundle whose only module is for this machine, and an image of that machine's files.
id=0123456789abcdef0123456789abcdef01234567
stage() { # KO
	local module vermagic
	rm -rf "$dir/host" && mkdir -p "$dir/host/keys" "$dir/host/p/self" "$dir/host/p/sys/kernel"
	"$O/tapbuild" keygen -o "$dir/host/k" >/dev/null
	cp "$dir/host/k.pub" "$dir/host/keys/k.key"
	chmod -R go-w "$dir/host"
	module=$(tr '\0' '\n' <"$1" | sed -n 's/^name=//p' | head -1)
	vermagic=$(tr '\0' '\n' <"$1" | sed -n 's/^vermagic=//p' | head -1)
	"$O/cli/mktap" make "$dir/host/k.key" "$dir/host/x.tap" "$1" "machine=$(uname -m)" \
		"release=$(uname -r)" "build-id=$id" "module=$module" "vermagic=${vermagic% }"
	{ printf '\004\0\0\0\024\0\0\0\003\0\0\0GNU\0'; printf "$(printf %s "$id" | sed 's/../\\x&/g')"; } >"$dir/host/notes"
	cp /proc/self/status /proc/self/uid_map "$dir/host/p/self/"
	: >"$dir/host/p/modules"
	: >"$dir/host/p/cmdline"
	echo 0 >"$dir/host/p/sys/kernel/modules_disabled"
	mkdir "$dir/host/p/loaded"
	files=/proc/tap-$module
	head -c 65536 /dev/zero | tee "$dir/host/p/loaded/ctl" >"$dir/host/p/loaded/data"
}

run() { # signature|trust|privileged|zero
	find "$dir" -name '*.gcda' -delete
	TAP_LINES=$1 TAP_LINES_FILES=$files unshare -m bash -c '
		mount --make-rprivate / && mount -t tmpfs none /var/lib && mount -t tmpfs none /run &&
		mount --bind "$1/host/notes" /sys/kernel/notes && mount --bind "$1/host/p" /proc &&
		exec "$1/taprun" --keys "$1/host/keys" "$1/host/x.tap"' - "$dir" >"$dir/$1.log" 2>&1 </dev/null || {
		cat "$dir/$1.log" >&2
		echo "lines.sh: taprun did not come as far as that ($1)" >&2
		exit 1
	}
	(cd "$dir" && rm -f ./*.gcov && gcov -b -c -o . ./*.gcda >gcov.log 2>&1)
	awk -v what="$1" -v verbose="$verbose" '
		/^function / { on = ($4 > 0); fn = $2; next }
		/^ *([0-9]+\*?|#####|=====): *[0-9]+:/ && on {
			all[FILENAME " " fn]++
			lines++
			if ($1 !~ /^[#=]/) ran++
		}
		END {
			if (verbose != "") for (f in all) print all[f], f | "sort -k2 >&2"
			print what, ran, lines
		}' "$dir"/*.gcov
}

build
stage "${KO:?KO=MODULE.ko}"
run signature
run trust
run privileged
stage "$KO" # the module's files were taken
run zero
