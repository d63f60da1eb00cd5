# shellcheck shell=sh disable=SC2086
# Ten bundles at once, each complete, each gone afterwards.
rm -f /tmp/go
i=0
while [ $((i += 1)) -le 10 ]; do
	$TAPRUN -c "sh -c 'until [ -e /tmp/go ]; do usleep 50000; done'" /cases/boot/ten-$i.tap >/tmp/out.$i 2>/tmp/err.$i &
	eval "pid$i=$!"
done
await sh -c '[ "$(ls -d /proc/tap-* | wc -l)" = 10 ]'
$TAPRUN --list-running >/tmp/out || fail "--list-running: exit $?"
[ "$(grep -c '^ten_' /tmp/out)" = 10 ] || fail "not ten in --list-running"
# an eleventh of the same bundle is refused while the first runs
$TAPRUN /cases/boot/ten-1.tap >/tmp/out 2>/tmp/err && fail "loaded twice" # attack 21
expect /tmp/err 'already loaded.*\[LOADED\]'
ticked() { [ "$(grep -c '^tick' /tmp/out.$1)" = 20 ]; }
i=0
while [ $((i += 1)) -le 10 ]; do
	await ticked $i
done
: >/tmp/go
i=0
while [ $((i += 1)) -le 10 ]; do
	eval "wait \$pid$i" || fail "ten-$i: exit $?"
	[ -s /tmp/err.$i ] && fail "ten-$i said: $(head -5 /tmp/err.$i)"
	[ "$(grep -c '^tick' /tmp/out.$i)" = 20 ] || fail "ten-$i: $(grep -c '^tick' /tmp/out.$i) ticks"
	expect /tmp/out.$i '^many hits$'
done
await no_module
disarmed || fail "functions stay hooked"
check_kernel
