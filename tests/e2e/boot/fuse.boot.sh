# shellcheck shell=sh disable=SC2086
# A bundle on a file system that answers what it likes: each byte is asked for once, so
# what was verified is what is loaded, or nothing.
for m in $(cat "/lib/modules/$(uname -r)/fuse.order" 2>/dev/null); do
	insmod "/lib/modules/$(uname -r)/$m.ko" || fail "insmod $m"
done
TAP=/cases/hello.tap
mkdir -p /tmp/fuse
[ -e /dev/fuse ] || mknod /dev/fuse c 10 229
mounted() { # HOW...
	fuse "$TAP" /tmp/fuse "$@" >/tmp/served &
	server=$!
	await grep -q ' /tmp/fuse fuse' /proc/mounts
}
unmounted() {
	umount -l /tmp/fuse
	kill $server 2>/dev/null
	wait $server 2>/dev/null
}
run() {
	timeout 600 $TAPRUN /tmp/fuse/x.tap >/tmp/out 2>/tmp/err
	rc=$?
}
runs() { # HOW...
	mounted "$@"
	run
	unmounted
	[ $rc = 0 ] || fail "$*: exit $rc: $(cat /tmp/err)"
	cmp -s /tmp/out /tmp/right || fail "$*: other output"
}
refused() { # CODES TEXT HOW...
	codes=$1 text=$2
	shift 2
	mounted "$@"
	run
	unmounted
	echo "$rc" | grep -Eqx "$codes" || fail "$*: exit $rc, wanted $codes: $(cat /tmp/err)"
	expect /tmp/err "$text"
	[ -s /tmp/out ] && fail "$*: output in spite of the refusal"
	no_module || fail "$*: a module is loaded"
}
$TAPRUN "$TAP" >/tmp/right 2>/tmp/err || fail "from a plain file: exit $?"
runs same # attack 12
n=$(sed -n 's/^reads //p' /tmp/served | head -1)
[ "${n:-0}" -ge 8 ] || fail "reads: ${n:-none}"
runs again # attack 12
# each read in its turn: the first that nothing depends on would be a hole
at=0
while [ $((at += 1)) -le ${n:-0} ]; do
	refused '2[1345]|3[01]|5[0-2]' '^taprun: .*\[[A-Z-]*\]$' flip $at # attack 12
done
refused 23 '\[TRUNCATED\]$' short 1 # attack 12
refused 23 '\[TRUNCATED\]$' short 3 # attack 12
refused 23 '\[TRUNCATED\]$' short ${n:-9} # attack 12
refused '2[35]' '\[(TRUNCATED|CONTAINER)\]$' grow # attack 12
# One that never answers holds up nobody else, and its end is an error.  No signal ends
# such a read: the kernel waits for the answer.
mounted stuck 4 # attack 12
$TAPRUN /tmp/fuse/x.tap >/tmp/out 2>/tmp/err &
t=$!
sleep 1
$TAPRUN "$TAP" >/tmp/got 2>&1 || fail "another beside it: exit $?"
kill -0 $t 2>/dev/null || fail "it does not wait"
kill $server
wait $t
rc=$?
[ $rc = 3 ] || fail "stuck: exit $rc"
unmounted
expect /tmp/err "^taprun: cannot read 'x.tap': "
[ -s /tmp/out ] && fail "stuck: output"
echo "# $n reads of a bundle, each altered in its turn"
umount /tmp/fuse 2>/dev/null
check_kernel
