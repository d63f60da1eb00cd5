#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds tests/lang for real kernels, into DIR/lang for the guest's run-lang.
#
#   lang.sh DIR SECRET-KEY TAPBUILD-OPTION...      (options that name kernels)
#
# Loading a module costs more than a small program runs.  So programs that only
# have plain begin probes are joined, 25 to a script, their names made unique; the
# others come alone, with an exit() where they have none and no timer either.  A line "# alone: WHY"
# keeps a program from being joined, "# user space: WHY" from running here.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-$PWD/out}
dir=$1/lang
key=$2
shift 2
per=25
mkdir -p "$dir/src"

is_joinable() {
	! grep -Eq '^# (alone|opts|args|rc)|exit\(|^ERROR:|^WARNING:' "$1.stp" "$1.out" &&
		! grep -Eq '^%\(|^@[a-z]+\(|probe ([^b]|begin *[^ {]|begin [^{]|[^{]*=)' "$1.stp"
}

# The shape of every program, and for a joined one what stands in front of it.
n=0 part=0
for f in tests/lang/*/*.stp; do
	f=${f%.stp}
	name=${f#tests/lang/}
	grep -q '^# user space' "$f.stp" && continue
	if is_joinable "$f"; then
		[ $((n % per)) -eq 0 ] && part=$((part + 1))
		n=$((n + 1))
		j=$dir/src/join$(printf %02d $part)
		printf 'probe begin { println("== %s") }\n' "$name" >>"$j.stp"
		awk -v S="__$n" -f tests/tools/langjoin.awk "$f.stp" >>"$j.stp"
		{ echo "== $name"; cat "$f.out"; } >>"$j.out"
	else
		one=$dir/src/${name//\//.}
		cp "$f.stp" "$one.stp"
		cp "$f.out" "$one.out"
	fi
done
for f in "$dir"/src/*.stp; do
	grep -Eq 'exit\(\)|probe timer' "$f" ||
		echo 'probe begin(0x7fffffffffffffff) { exit() }' >>"$f"
done

build() { # FILE KEY OPTION...
	local f=${1%.stp} key=$2 name opts args rc
	shift 2
	name=${f##*/}
	opts=$(sed -n 's/^# opts: //p' "$f.stp")
	args=$(sed -n 's/^# args: //p' "$f.stp")
	# positions in messages name the file as the user-space run does
	cp "$f.stp" "$f.d.stp"
	mkdir "$f.d" && mv "$f.d.stp" "$f.d/${name#*.}.stp"
	eval "set -- \"\$@\" $opts ${name#*.}.stp $args"
	(cd "$f.d" && exec "$O/tapbuild" -w --sign-key "$key" -m "l-$(echo "${name//[._]/-}" | cut -c-24)" \
		-o "$f.tap" "$@") >"$f.log" 2>&1
	rc=$?
	if [ $rc -ne 0 ]; then
		sed 's/^/# /' "$f.log" | head -20
		echo "not ok e2e/build/lang/$name"
		return 1
	fi
	mv "$f.tap" "${f%/src/*}/"
	grep -v -e '^ERROR:' -e '^WARNING:' "$f.out" >"${f%/src/*}/$name.out"
	grep -e '^ERROR:' -e '^WARNING:' "$f.out" >"${f%/src/*}/$name.err"
	grep -q '^# rc: 0' "$f.stp" && : >"${f%/src/*}/$name.rc0"
	return 0
}
export -f build
export O
printf '%s\n' "$dir"/src/*.stp | xargs -P "$(nproc)" -I{} bash -c 'build "$@"' - {} "$key" "$@"
rc=$?
rm -rf "$dir/src"
[ $rc -eq 0 ] && echo "ok e2e/build/lang # $n programs joined, $(find "$dir" -name '*.tap' | wc -l) bundles"
exit $rc
