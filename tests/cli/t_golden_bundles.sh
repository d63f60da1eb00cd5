#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Bundles of older versions verify for ever, and any tar shows what is in them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
data=$top/tests/data
cp "$data"/keys/*.pub "$work/keys/"
chmod 755 "$work/keys"
chmod 644 "$work/keys"/*
keys=(--keys "$work/keys")
cp "$data"/bundles/*.tap .
check "the bundles are what they were" sh -c "sha256sum -c --quiet '$data/bundles/SHA256SUMS' && ls ./*.tap | wc -l | grep -qx $(wc -l <"$data/bundles/SHA256SUMS")"

# ---- verify -----------------------------------------------------------------------
good() { # TEXT BUNDLE VERIFY-PATTERN INFO-PATTERN...
	local text=$1 b=$2 v=$3
	shift 3
	expect 0 "$text: verify" "^$(re "$b"): good: vfs-latency version 7, " "$v" -- "$builder" verify "${keys[@]}" "$b"
	expect 0 "$text: taprun --info" '^name +vfs-latency$' "$@" -- "$runner" "${keys[@]}" --info "$b"
}
good "a28: plain" plain.tap '2 of 2 kernels, 6144 bytes$' '^kernels +2, 2 with a module$'
good "a28: signatures" signatures.tap 'build, ' 'release key 47b5f0f07c5957a7' 'build key 617a85b79ccaa6ad'
good "a28: unsupported" unsupported.tap '2 of 3 kernels' '^kernels +3, 2 with a module$'
good "a28: params" params.tap '2 of 2' '^param +threshold int64 default 5 from -1 to 1000$' '^param +comm string default "a b%" at most 16 bytes$'
good "a28: needs" needs.tap '2 of 2' '^kernels +2'
good "a28: ksig" ksig.tap '2 of 2' '^kernels +2'
good "a28: packs" packs.tap '2 of 2' '^kernels +2'
good "a28: provenance" provenance.tap '2 of 2' '^kernels +2'
good "a28: all" all.tap '2 of 3' '^kernels +3, 2 with a module$'
# for other fleets than this host's: described by the builder, refused by the host
expect 0 "a28: audience: verify" 'good: vfs-latency' -- "$builder" verify "${keys[@]}" audience.tap
expect 37 "a28: audience: taprun" 'for fleets lab-1 prod-eu; this host.*\[AUDIENCE\]$' -- "$runner" "${keys[@]}" --info audience.tap
expect 0 "a28: thresholds" 'good: ' -- "$builder" verify "${keys[@]}" --need-release 2 --need-build 1 signatures.tap
expect 0 "a28: kernels and the reason of one" '5\.10\.0-46-amd64 .*E-SYM vfs_fsync_range' -- "$builder" info "${keys[@]}" all.tap
expect 0 "a28: one signature more" 'signed as' -- sh -c "cp '$data/keys/release2.key' k && chmod 600 k && '$builder' sign --keys '$work/keys' --key k -o more.tap plain.tap"
expect 0 "a28: which verifies" 'good: ' -- "$builder" verify "${keys[@]}" --need-release 2 more.tap

# ---- other readers ------------------------------------------------------------------
cat >list.py <<'PY'
import sys, tarfile
for m in tarfile.open(sys.argv[1]):
    assert m.isreg() and m.mode == 0o644 and m.uid == m.gid == 0, m.name
    print(m.name)
PY
cat >member.py <<'PY'
import sys, tarfile
sys.stdout.buffer.write(tarfile.open(sys.argv[1]).extractfile(sys.argv[2]).read())
PY
list() { # READER BUNDLE
	case $1 in
	tar) tar tf "$2" ;;
	bsdtar) bsdtar tf "$2" ;; # libarchive's own reader
	busybox) busybox tar tf "$2" ;;
	python) python3 list.py "$2" ;;
	esac
}
content() { # READER BUNDLE MEMBER
	case $1 in
	tar) tar xOf "$2" "$3" ;;
	bsdtar) bsdtar xOf "$2" "$3" ;;
	busybox) busybox tar xOf "$2" "$3" ;;
	python) python3 member.py "$2" "$3" ;;
	esac
}
# what tapbuild says: the manifest's members, and what it takes out
for b in *.tap; do
	rm -rf x
	"$builder" extract "${keys[@]}" -C x "$b" >/dev/null 2>&1 || { result 1 "$b: extract"; continue; }
	{ printf 'tap-1/manifest\ntap-1/signatures\n'; sed -n 's/^member: \([^ ]*\) .*/\1/p' x/manifest; } >want
	(cd x && find . -name '*.ko' | sed 's,^\./,,' | sort) >modules
	for r in tar bsdtar busybox python; do
		rc=0
		list $r "$b" 2>&1 | diff want - || rc=1
		content $r "$b" tap-1/manifest | cmp - x/manifest || rc=1
		content $r "$b" tap-1/signatures | cmp - x/signatures || rc=1
		# and each member is what the manifest says of it
		while read -r _ name size sum; do
			content $r "$b" "$name" >m
			[ "$(stat -c %s m) $(sha256sum <m)" = "$size $sum  -" ] || rc=1
		done < <(grep '^member: ' x/manifest)
		result $rc "$b: $r reads the same members"
	done
	rc=0
	for p in $(grep pack- want); do content tar "$b" "$p" | zstd -dcq | tar t; done | sort | diff modules - || rc=1
	result $rc "$b: tar xOf b.tap tap-1/pack-N | zstd -d | tar t lists the modules"
	mkdir y
	for p in $(grep pack- want); do content bsdtar "$b" "$p" | zstd -dcq | (cd y && bsdtar xf -); done
	content tar "$b" tap-1/source | zstd -dcq | (mkdir y/source && cd y/source && busybox tar xf -)
	check "$b: and takes out the same files" sh -c 'rm x/manifest x/signatures && diff -r x y'
	rm -rf y
done
