# SPDX-License-Identifier: GPL-2.0-only
# Helpers of the guest: one case = taprun's output against what is expected.

TAPRUN="taprun --keys /keys"
# "out-of-tree" (4096) and "unsigned" (8192) are expected; anything else is not.
ALLOWED_TAINT=12288

fail() {
	failed=1
	echo "$*" | sed 's/^/# /'
}

# expect FILE REGEX...: every extended regex matches some line
expect() {
	file=$1
	shift
	for re in "$@"; do
		grep -Eq -- "$re" "$file" || fail "no line matches '$re'"
	done
}

# refused CODE TEXT PATTERN COMMAND...: exit code, a line of stderr, and nothing on stdout
refused() {
	want=$1 text=$2 pattern=$3
	shift 3
	"$@" >/tmp/out 2>/tmp/err
	rc=$?
	[ $rc = "$want" ] || fail "$text: exit $rc, wanted $want: $(cat /tmp/err)"
	expect /tmp/err "$pattern"
	[ -s /tmp/out ] && fail "$text: output in spite of the refusal"
}

# await COMMAND...: until it succeeds, however slow the machine; five minutes are a failure
await() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		if [ $((tries += 1)) -gt 6000 ]; then
			fail "never: $*"
			return 1
		fi
		usleep 50000
	done
}

not() {
	! "$@"
}

# Its directory goes first: until the rest is gone the same module cannot be loaded.
no_module() {
	not ls -d /proc/tap-* && not grep -q ' Unloading ' /proc/modules
}

# Nothing is hooked any more; true as well where the kernel does not show it.
disarmed() {
	not grep -q . /sys/kernel/debug/tracing/enabled_functions
}

# target_twice PARAMETER REGEX [COMMAND...]: under $TAP taptarget.ko comes twice, is told
# 5, and goes when the line of REGEX is there and COMMAND succeeds.  The command of -c
# starts when the probes are in place; what a begin probe prints is read before that.
target_twice() {
	told=$1
	line=$2
	shift 2
	rm -f /tmp/armed
	: >/tmp/out
	$TAPRUN -c "sh -c 'echo >/tmp/armed; exec sleep 600'" "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await [ -e /tmp/armed ]
	for round in 1 2; do
		insmod "$mods/taptarget.ko" || fail "insmod"
		echo 5 >"/sys/module/taptarget/parameters/$told" || fail "$told"
		await sh -c "[ \$(grep -c '$line' /tmp/out) = $round ]"
		[ $# = 0 ] || await "$@"
		rmmod taptarget || fail "rmmod"
	done
	kill -INT $pid
	wait $pid || fail "exit $?"
}

# hundredths of a second since the boot
uptime_cs() {
	cut -d' ' -f1 /proc/uptime | tr -d .
}

# CPU 1 goes or comes.  A busy host may not get to it in the time that the kernel gives it.
cpu1_goes() {
	for i in 1 2 3; do
		echo 0 >/sys/devices/system/cpu/cpu1/online && return
	done
	return 1
}
cpu1_comes() {
	for i in 1 2 3; do
		echo 1 >/sys/devices/system/cpu/cpu1/online && return
	done
	return 1
}

# "bug" is a word of its own: scsi_debug: is a driver.
kernel_complains() { # FILE
	grep -Eiq -e 'warning|oops|call trace|unpatched|taprt|tap-|orc|general protection|rcu:|lockup|hung' \
		-e '(^|[^a-z])bug(:| at )' "$1"
}

# The kernel may say two things about our module and nothing else.
but_allowed() {
	grep -v -e 'loading out-of-tree module taints kernel' \
		-e 'module verification failed: signature and/or required key'
}

# What a guest's console has of the kernel's log, up to its last moment: no case looks at
# what comes after the last of them, and not every boot of its own looks at all.  That
# of -DTAP_FAULT is what the case wants.
console_complains() { # FILE
	grep -E '^\[ *[0-9]+\.[0-9]+\]' "$1" | grep -Ev 'fault [0-9]+: taprt_' | but_allowed >"$1.kernel"
	kernel_complains "$1.kernel"
}

check_kernel() {
	dmesg -c | but_allowed >/tmp/dmesg
	if kernel_complains /tmp/dmesg; then
		fail "kernel log: $(head -40 /tmp/dmesg)"
	fi
	taint=$(cat /proc/sys/kernel/tainted)
	[ $((taint & ~ALLOWED_TAINT)) -eq 0 ] || fail "taint $taint"
	ls -d /proc/tap-* >/dev/null 2>&1 && fail "a module was left behind"
}

# Default shape: exit code (CASE.rc or 0), exact stdout (CASE.out) or regex
# lines (CASE.re, CASE.err.re for stderr); CASE.args holds taprun's options.
run_default() {
	args=
	[ -f "/cases/$1.args" ] && args=$(cat "/cases/$1.args")
	want=0
	[ -f "/cases/$1.rc" ] && want=$(cat "/cases/$1.rc")
	eval "timeout 600 $TAPRUN $args /cases/$1.tap \$(cat /cases/$1.vars 2>/dev/null)" >/tmp/out 2>/tmp/err
	rc=$?
	[ "$rc" = "$want" ] || fail "exit $rc, wanted $want"
	if [ -f "/cases/$1.out" ]; then
		cmp -s "/cases/$1.out" /tmp/out || fail "stdout differs: $(diff "/cases/$1.out" /tmp/out | head -20)"
	fi
	for s in re err.re; do
		[ -f "/cases/$1.$s" ] || continue
		f=/tmp/out
		[ "$s" = err.re ] && f=/tmp/err
		while IFS= read -r re; do
			expect "$f" "$re"
		done <"/cases/$1.$s"
	done
}

# CASE.lacks: the releases, as patterns, on which the case cannot be built.
lacks() {
	while read -r of; do
		# shellcheck disable=SC2254
		case $(uname -r) in $of) return 0 ;; esac
	done <"/cases/$1.lacks" 2>/dev/null
	return 1
}

run_case() {
	failed=
	rm -f /tmp/out /tmp/err
	: >/tmp/out
	: >/tmp/err
	if [ -f "/cases/$1.unsupported" ]; then
		while read -r release why; do
			[ "$release" = "$(uname -r)" ] || continue
			if ! lacks "$1"; then
				echo "# not supported on this kernel: $why"
				echo "not ok $1 # and $1.lacks does not name the kernel"
				return
			fi
			echo "skip $1 # not supported on this kernel: $why"
			return
		done <"/cases/$1.unsupported"
	fi
	start=$(cut -d' ' -f1 /proc/uptime)
	# its own modules, not those of other cases
	mods=/lib/modules/$(uname -r)
	[ -f "$mods/$1.order" ] && cp "$mods/$1.order" "$mods/order"
	if [ -f "/cases/$1.sh" ]; then
		case=$1
		TAP=/cases/$1.tap
		. "/cases/$1.sh"
	else
		run_default "$1"
	fi
	check_kernel
	end=$(cut -d' ' -f1 /proc/uptime)
	if [ -z "$failed" ]; then
		echo "ok $1 # $start..$end s"
	else
		sed 's/^/#  out| /' /tmp/out | head -40
		sed 's/^/#  err| /' /tmp/err | head -40
		echo "not ok $1"
	fi
}

# Programs of tests/lang (tests/e2e/lang.sh): what they print, and in NAME.err the
# beginnings of what they complain of.
run_lang() {
	failed=
	want=0
	grep -q '^ERROR:' "/cases/lang/$1.err" && [ ! -f "/cases/lang/$1.rc0" ] && want=1
	# each ends by itself: one that is ended would print the same
	timeout -s KILL 600 $TAPRUN "/cases/lang/$1.tap" >/tmp/out 2>/tmp/err
	rc=$?
	[ "$rc" = "$want" ] || fail "exit $rc, wanted $want: $(head -5 /tmp/err)"
	cmp -s "/cases/lang/$1.out" /tmp/out ||
		fail "output: $(diff "/cases/lang/$1.out" /tmp/out | head -20)"
	while IFS= read -r line; do
		grep -Fq -- "$line" /tmp/err || fail "not said: $line"
	done <"/cases/lang/$1.err"
	[ "$want" = 1 ] || [ ! -s /tmp/err ] || [ -s "/cases/lang/$1.err" ] ||
		fail "said: $(head -5 /tmp/err)"
	if [ -z "$failed" ]; then echo "ok lang/$1"; else echo "not ok lang/$1"; fi
}

# A boot of its own: what cannot be undone, or needs other words for the kernel.
run_boot() {
	failed=
	skipped=
	: >/tmp/out
	: >/tmp/err
	. "/cases/$1.boot.sh"
	if [ -z "$failed" ] && [ -n "$skipped" ]; then
		echo "skip boot/$1 # $skipped"
	elif [ -z "$failed" ]; then
		echo "ok boot/$1"
	else
		sed 's/^/#  out| /' /tmp/out | head -40
		sed 's/^/#  err| /' /tmp/err | head -40
		echo "not ok boot/$1"
	fi
}
