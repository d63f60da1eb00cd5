# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tests of the command lines share; sourced, never run.
#
#   expect CODE TEXT [PATTERN...] -- COMMAND...
#
# runs COMMAND without input and wants its exit code (a glob) and, in its output, every
# extended regular expression ("!PATTERN": nowhere).  The output stays in
# $work/out and $work/err.  Everything a test writes is below $work.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
top=$PWD
O=${O:-$top/out}
# shellcheck disable=SC2034
builder=$O/tapbuild runner=$O/taprun mktap=$O/cli/mktap
cache=${TAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tap}
work=$(mktemp -d "${TMPDIR:-/tmp}/tap-cli.XXXXXX")
n=0
mounted=()

cleanup() {
	local m
	for m in ${mounted[@]+"${mounted[@]}"}; do umount -l "$m" 2>/dev/null; done
	chmod -R u+w "$work" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
chmod 755 "$work"
mkdir "$work/tmp" "$work/w" "$work/cache" "$work/keys" "$work/home"
export TMPDIR=$work/tmp TAP_CACHE=$work/cache HOME=$work/home
unset XDG_CACHE_HOME XDG_CONFIG_HOME TAP_HOME TAP_KEEP SOURCE_DATE_EPOCH
cd "$work/w" || exit 1

result() { # CONDITION TEXT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

check() { # TEXT COMMAND...
	local text=$1 rc=0
	shift
	# Not out and err: those are of the last expect, and may be what is checked.
	"$@" >"$work/check" 2>&1 </dev/null || rc=1
	[ $rc = 0 ] || sed 's/^/# /' "$work/check"
	result $rc "$text"
}

expect() {
	local want=$1 text=$2 pattern=() bad='' p rc
	shift 2
	while [ "$1" != -- ]; do
		pattern+=("$1")
		shift
	done
	shift
	"$@" >"$work/out" 2>"$work/err" </dev/null
	rc=$?
	# shellcheck disable=SC2053
	[[ $rc == $want ]] || bad="exit $rc, not $want"
	for p in ${pattern[@]+"${pattern[@]}"}; do
		if [ "${p#!}" != "$p" ]; then
			! cat "$work/out" "$work/err" | grep -Eq -- "${p#!}" || bad="$bad; there is '${p#!}'"
		else
			cat "$work/out" "$work/err" | grep -Eq -- "$p" || bad="$bad; no '$p'"
		fi
	done
	if [ -n "$bad" ]; then
		echo "# $text: $bad"
		sed 's/^/# | /' "$work/out" "$work/err" | head -20
		result 1 "$text"
	else
		result 0 "$text"
	fi
}

skip() { # TEXT REASON
	echo "skip $1 # $2"
}

# A byte of a signature is any byte: one that is written over it is now and then the same.
flip() { # FILE OFFSET [MASK]: other bits in place
	local b
	b=$(od -An -tu1 -j"$2" -N1 "$1")
	# shellcheck disable=SC2059
	printf "\\x$(printf %x $((b ^ ${3:-1})))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# Nothing of an ended command may be left in $TMPDIR; guards need a moment.
no_scratch() {
	local _
	for _ in {1..3000}; do
		[ -z "$(ls -A "$TMPDIR")" ] && return 0
		sleep 0.1
	done
	ls -A "$TMPDIR"
	return 1
}

# A private cache that sees the kits of the real one.
use_kits() {
	if ! ls "$cache"/kits/*.kit >/dev/null 2>&1; then
		skip "$(basename "$0" .sh)" "no kits in $cache: tapbuild kit fetch manifests/debian.manifest"
		exit 0
	fi
	ln -sfn "$cache/kits" "$TAP_CACHE/kits"
}

# The newest release with a kit whose name fits the glob.
kit_of() { # GLOB
	"$builder" kit list "$1" 2>/dev/null | awk 'END { print $1 }'
}

# A text as an extended regular expression that matches only itself.
re() {
	printf '%s' "$1" | sed 's/[][\\.*^$+?(){}|]/\\&/g'
}

use_key() {
	"$builder" keygen -o "$work/key" >/dev/null || exit 1
	mkdir -p "$HOME/.config/tap"
	cp "$work/key.key" "$HOME/.config/tap/build.key"
	cp "$work/key.pub" "$work/keys/"
}

is_root() {
	[ "$(id -u)" = 0 ]
}
