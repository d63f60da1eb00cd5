#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the builder's machine can lack: compiler, linker, room, permission, time.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
use_kits
use_key
k=$(kit_of '6.1.0*')
hello='probe begin { println("hi") exit() }'
count=0
# Text that no cache has: the compiler must run.
fresh() {
	count=$((count + 1))
	text="probe begin { println(\"$$ $count $RANDOM\") exit() }"
}

# ---- tools ------------------------------------------------------------------------
mkdir "$work/bin"
cc=$("$builder" kit show "$k" | awk '/^compiler/ { print $2 }')
for f in sh ld as objdump "$cc"; do ln -s "$(command -v "$f")" "$work/bin/$f"; done
rm "$work/bin/$cc"
fresh
expect 3 "no compiler: which, and how to get it" "^tapbuild: no C compiler: '$(re "$cc")' does not run$" '^hint: .*apt-get install' '!FAILED' -- \
	env PATH="$work/bin" "$builder" --all -o no.tap -e "$text"
check "no compiler: one line and its hint" test "$(wc -l <"$work/err")" -eq 2
ln -s "$(command -v "$cc")" "$work/bin/$cc"
rm "$work/bin/ld"
expect 3 "no linker" "^tapbuild: 'ld' does not run$" '^hint: apt-get install binutils$' -- env PATH="$work/bin" "$builder" --all -o no.tap -e "$text"
printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$work/bin/ld"
chmod +x "$work/bin/ld"
expect 3 "a linker that fails" "^$(re "$k") .* FAILED: .*broken" "^tapbuild: $(re "$k"): .*broken" 'nothing was written' -- env PATH="$work/bin" "$builder" -r "$k" -o no.tap -e "$text"
rm "$work/bin/$cc"
printf '#!/bin/sh\necho broken >&2\nexit 1\n' >"$work/bin/$cc"
chmod +x "$work/bin/$cc"
fresh
expect 3 "a compiler that fails" "^$(re "$k") .* FAILED: .*broken" "^tapbuild: $(re "$k"): .*broken" 'nothing was written' -- env PATH="$work/bin" "$builder" -r "$k" -o no.tap -e "$text"
check "nothing was written" test ! -e no.tap
check "no scratch is left" no_scratch

# ---- what is missing is told before a compiler runs -----------------------------------
rm "$work/bin/$cc" "$work/bin/ld"
ln -s "$(command -v ld)" "$work/bin/ld"
printf '#!/bin/sh\n: >%s\nexec %s "$@"\n' "$work/ran" "$(command -v "$cc")" >"$work/bin/$cc"
chmod +x "$work/bin/$cc"
unasked() { # TEXT PATTERN OPTION...: the build fails and asks no compiler
	local what=$1 says=$2
	shift 2
	fresh
	rm -f "$work/ran"
	expect 3 "$what" "$says" -- env PATH="$work/bin" "$builder" -r "$k" "$@" -e "$text"
	check "$what: before compiling" test ! -e "$work/ran"
}
unasked "no signing key" "^tapbuild: no signing key '.*nokey'" --sign-key "$work/nokey" -o no.tap
chmod 644 "$work/key.key"
unasked "a signing key that all may read" "^tapbuild: .*key\.key.*0644" --sign-key "$work/key.key" -o no.tap
chmod 600 "$work/key.key"
unasked "no directory for the bundle" "^tapbuild: cannot create 'nodir/x\.tap'" -o nodir/x.tap
check "nothing is left by the trial" test -z "$(find . -name 'no.tap*')"
fresh
expect 0 "the same with key and place" '1 of 1 kernels' -- env PATH="$work/bin" "$builder" -r "$k" -o no.tap -e "$text"
check "now it was compiled" test -e "$work/ran"
rm no.tap

# ---- places -----------------------------------------------------------------------
expect 3 "output in a directory that is not there" "^tapbuild: cannot create 'nodir/x\.tap': No such file" -- \
	"$builder" -r "$k" -o nodir/x.tap -e "$hello"
mkdir dir.tap
expect 3 "output is a directory" "^tapbuild: cannot write 'dir\.tap'" -- "$builder" -r "$k" -o dir.tap -e "$hello"
expect 3 "output is a device" "^tapbuild: cannot write '/dev/null'" -- "$builder" -r "$k" -o /dev/null -e "$hello"
check "the device is still one" test -c /dev/null
"$builder" -q -r "$k" -o link-target.tap -e "$hello"
if is_root; then
	mkdir -p "$work/own" "$work/nobody/kits"
	cp "$cache/kits/${k}"_*.kit "$work/nobody/kits/"
	cp "$work/key.key" "$work/nobody/key"
	chown -R 65534 "$work/nobody"
	# The tree may lie where nobody else can look, as in root's home.
	mkdir -p "$work/shared/out"
	cp "$builder" "$work/shared/out/"
	cp -r "$top/runtime" "$top/tapset" "$work/shared/"
	chmod -R a+rX "$work/shared"
	nobody=(setpriv --reuid=65534 --clear-groups env TMPDIR=/tmp "TAP_CACHE=$work/nobody" "$work/shared/out/tapbuild" -r "$k" --sign-key "$work/nobody/key")
	expect 0 "somebody who is not root builds" '1 of 1 kernels' -- "${nobody[@]}" -o "$work/nobody/x.tap" -e "$hello"
	expect 3 "output where we may not write" "^tapbuild: cannot create '.*/own/x\.tap': Permission denied$" -- \
		"${nobody[@]}" -o "$work/own/x.tap" -e "$hello"
	rm -r "$work/nobody/obj"
	chown 0 "$work/nobody"
	expect 3 "a cache where we may not write" "^tapbuild: cannot create '.*/nobody/obj': Permission denied$" -- \
		"${nobody[@]}" -o /tmp/x.tap -e "$hello"
fi

mount_small() { # DIR SIZE
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2,mode=0755" none "$1" 2>/dev/null && mounted+=("$1")
}
if is_root && mount_small "$work/full" 16k; then
	expect 3 "no room for the bundle" "^tapbuild: '.*/full/x\.tap'.*No space left on device" -- "$builder" -r "$k" -o "$work/full/x.tap" -e "$hello"
	check "no half bundle" test -z "$(ls -A "$work/full")"
	cp /dev/null "$work/full/old.tap"
	echo old >"$work/full/old.tap"
	expect 3 "no room, and an old bundle there" 'No space left on device' -- "$builder" -r "$k" -o "$work/full/old.tap" -e "$hello"
	check "the old bundle stays" test "$(cat "$work/full/old.tap")" = old
	check "nothing beside it" test "$(ls -A "$work/full")" = old.tap

	mount_small "$work/full2" 16k
	ln -s "$cache/kits" "$work/full2/kits"
	expect 3 "no room in the cache" '^tapbuild: .*No space left on device' -- \
		env TAP_CACHE="$work/full2" "$builder" -r "$k" -o c.tap -e "$hello"
	check "no half object in it" test -z "$(find "$work/full2" -name '*.o' -size -1k)"
	check "no half tools in it" sh -c "test -z \"\$(ls -A '$work/full2/tools' 2>/dev/null)\""
	check "no bundle" test ! -e c.tap
	mount_small "$work/full3" 4k
	fresh
	expect 3 "no room for scratch" '^tapbuild: .*No space left on device' -- \
		env TMPDIR="$work/full3" "$builder" -r "$k" -o c.tap -e "$text"
	check "scratch: no bundle" test ! -e c.tap
	mount_small "$work/full4" 64k # only the linker finds it full
	expect 3 "no room for what tools write" "^tapbuild: $(re "$k"): .*No space left on device" \
		"^hint: make room: temporary files are in $(re "$work/full4") .* in $(re "$TAP_CACHE/obj") " -- \
		env TMPDIR="$work/full4" "$builder" --disable-cache -r "$k" -o c.tap "$top/tests/demo/rwlatency.stp"
	check "nothing stays there" test -z "$(ls -A "$work/full4")"
	mount_small "$work/ro" 1m
	mount -o remount,ro "$work/ro"
	expect 3 "a file system that is read-only" "Read-only file system" -- "$builder" -r "$k" -o "$work/ro/x.tap" -e "$hello"
	expect 3 "a cache that is read-only" "Read-only file system" -- env TAP_CACHE="$work/ro" "$builder" kit import "$cache/kits/$(ls "$cache/kits" | head -1)"
else
	skip host/full "not root: no small file system"
fi

# ---- time ---------------------------------------------------------------------------
# A compiler that takes its time stands for a build that is in the middle.
rm -f "$work/bin/$cc" "$work/bin/ld"
ln -s "$(command -v ld)" "$work/bin/ld"
ln -s "$(command -v sleep)" "$work/bin/sleep"
printf '#!/bin/sh\necho $$ >%s\nexec sleep 600\n' "$work/cc.pid" >"$work/bin/$cc"
chmod +x "$work/bin/$cc"
echo old >int.tap
interrupt() { # SIGNAL
	local p c i
	rm -f "$work/cc.pid"
	fresh
	# Not in the background of a shell without job control: that ignores INT.
	env --default-signal=INT "PATH=$work/bin" "$builder" -r "$k" -o int.tap -e "$text" >/dev/null 2>&1 &
	p=$!
	for ((i = 0; i < 6000; i++)); do
		[ -s "$work/cc.pid" ] && break
		sleep 0.05
	done
	check "$1: the compiler runs" test -s "$work/cc.pid"
	check "$1: scratch is in use" test -n "$(ls -A "$TMPDIR")"
	kill -"$1" "$p"
	wait "$p" 2>/dev/null
	local rc=$?
	check "$1: it ended at once by the signal" test $rc -gt 128
	check "$1: no scratch is left" no_scratch
	c=$(cat "$work/cc.pid")
	for ((i = 0; i < 6000; i++)); do
		kill -0 "$c" 2>/dev/null || break
		sleep 0.05
	done
	check "$1: the compiler is not left running" sh -c "! kill -0 $c"
	check "$1: the old bundle stays" test "$(cat int.tap)" = old
	check "$1: nothing beside it" test -z "$(find . -name 'int.tap?*')"
}
interrupt INT
interrupt TERM
interrupt KILL
check "no half object in the cache" test -z "$(find "$TAP_CACHE/obj" -size 0)"
# The first thing that is seen of a build is its scratch: a signal in that moment.
left=0
for turn in {1..10}; do
	fresh
	env --default-signal=INT "$builder" -r "$k" -o int.tap -e "$text" >/dev/null 2>&1 &
	p=$!
	until compgen -G "$TMPDIR/*" >/dev/null || ! kill -0 $p 2>/dev/null; do :; done
	kill -INT $p 2>/dev/null
	wait $p 2>/dev/null
	# nothing of this one may be there when the next begins
	no_scratch || left=$turn
done
check "INT as scratch appears: none is left" test $left -eq 0
