. /guest/load.sh
mkfifo /tmp/efifo

# what is lost in two seconds depends on what the host lets the guest do in them
for s in 2 8 32; do
	pause $s
	[ "${lost:-0}" = 0 ] && [ -z "$failed" ] || break
done
[ "${lost:-0}" -gt 0 ] || fail "nothing was lost: the test is none"

# one that never goes on: the second signal ends it all the same
cat /tmp/fifo >/tmp/got &
c=$!
$TAPRUN -o /tmp/fifo "$TAP" quiet=1 2>/tmp/err &
t=$!
await grep -q '^handler 20 ' /tmp/got
kill -STOP $c
sleep 1
kill -INT $t
# two that come before it runs again are one
for i in 1 2 3 4 5 6 7 8 9 10; do
	sleep 1
	no_module && break
	kill -INT $t 2>/dev/null
done
no_module || fail "a stopped reader keeps the module"
kill -9 $c
wait $t
wait $c 2>/dev/null

# a reader of messages that is stopped does not hold the output up
: >/tmp/err
cat /tmp/efifo >/tmp/err &
c=$!
exec 8>/tmp/efifo
$TAPRUN -T 4 -o /tmp/got "$TAP" 2>&8 8>&- &
t=$!
await grep -q '^WARNING: warning 5 ' /tmp/err
kill -STOP $c
await stopped $c
wait $t || fail "stderr stopped: exit $?"
exec 8>&-
kill -CONT $c
wait $c
tail -1 /tmp/got | grep -q '^handlers ' || fail "the end is missing"

# a full disk: told, and what there is of output is whole
mkdir -p /tmp/small
mount -t tmpfs -o size=256k none /tmp/small
timeout 600 $TAPRUN -T 30 -o /tmp/small/out "$TAP" quiet=1 2>/tmp/err
rc=$?
[ $rc = 80 ] || fail "full disk: exit $rc"
expect /tmp/err "cannot write '/tmp/small/out': No space left on device"
head -1 /tmp/small/out | grep -q '^handler 1 line 0 ' || fail "the beginning is missing"
rm -f /tmp/small/out
timeout 600 $TAPRUN -T 30 -b -o /tmp/small/out "$TAP" quiet=1 2>/tmp/err
rc=$?
[ $rc = 80 ] || fail "full disk with -b: exit $rc"
rm -f /tmp/small/out*
timeout 600 $TAPRUN --json -T 30 -o /tmp/small/out "$TAP" quiet=1 2>/tmp/err
rc=$?
[ $rc = 80 ] || fail "full disk with --json: exit $rc"
# metrics that find no room: told once, and the run goes on
dd if=/dev/zero of=/tmp/small/fill bs=4096 2>/dev/null
timeout 600 $TAPRUN -T 1 --metrics /tmp/small/m "$TAP" quiet=1 >/tmp/got 2>/tmp/err
rc=$?
[ $rc = 3 ] || fail "no room for metrics: exit $rc"
[ -e /tmp/small/m ] && fail "an empty file of metrics"
umount /tmp/small

# the clock jumps back during a run, which ends when it should all the same # attack 8
now=$(date +%s)
: >/tmp/got
$TAPRUN -T 4 -o /tmp/got "$TAP" quiet=1 2>/tmp/err &
t=$!
await grep -q '^handler 20 ' /tmp/got
begun=$(uptime_cs)
date -s @3600 >/dev/null
wait $t || fail "the clock jumped back: exit $?"
[ $(($(uptime_cs) - begun)) -lt 3000 ] || fail "the clock jumped back: $(($(uptime_cs) - begun)) hundredths of a second"
date -s "@$((now + 10))" >/dev/null
all_there /tmp/got /tmp/err

# the clock at 1970
# (no earlier than the uptime: the kernel refuses that)
now=$(date +%s)
date -s @3600 >/dev/null
timeout 600 $TAPRUN -T 0.5 -o /tmp/clock-%Y "$TAP" quiet=1 2>/tmp/err || fail "1970: exit $?"
date -s @3600 >/dev/null
timeout 600 $TAPRUN --json -T 0.5 "$TAP" quiet=1 >/tmp/got 2>/tmp/err || fail "1970 with --json: exit $?"
date -s "@$((now + 10))" >/dev/null
expect /tmp/clock-1970 '^handlers [1-9]'
expect /tmp/got '"realtime_ns":36[0-9]{11},'
rm -f /tmp/got /tmp/clock-1970 /tmp/fifo /tmp/efifo /tmp/out
: >/tmp/out
