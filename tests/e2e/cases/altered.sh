$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "unaltered: exit $?"
size=$(wc -c <"$TAP")
for at in 0 40 700 $((size / 3)) $((size / 2)) $((size * 3 / 4)) $((size - 600)) $((size - 1)); do
	cp "$TAP" /tmp/x.tap
	b=$(dd if="$TAP" bs=1 skip=$at count=1 2>/dev/null | od -An -tu1 | tr -d ' ')
	printf "\\$(printf %o $((b ^ 4)))" | dd of=/tmp/x.tap bs=1 seek=$at conv=notrunc 2>/dev/null
	cmp -s "$TAP" /tmp/x.tap && fail "byte $at was not altered"
	$TAPRUN /tmp/x.tap >/tmp/out 2>/tmp/err
	rc=$?
	case $rc in 2? | 3? | 5?) ;; *) fail "byte $at altered: exit $rc" ;; esac
	[ -s /tmp/out ] && fail "byte $at altered: output"
done
head -c $((size - 512)) "$TAP" >/tmp/x.tap
$TAPRUN /tmp/x.tap >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 23 ] || fail "truncated: exit $rc"
# changed while it is read: what was verified is what is loaded, or nothing # attack 12
cp "$TAP" /tmp/x.tap
while :; do
	cp "$TAP" /tmp/x.tap
	dd if=/dev/zero of=/tmp/x.tap bs=100 seek=20 count=50 conv=notrunc 2>/dev/null
done &
w=$!
for i in 1 2 3 4; do
	$TAPRUN /tmp/x.tap >/tmp/out 2>/tmp/err
	rc=$?
	case $rc in
	0) grep -q '^ran$' /tmp/out || fail "changing: exit 0 and no output" ;;
	2? | 3? | 5?) [ -s /tmp/out ] && fail "changing: exit $rc and output" ;;
	*) fail "changing: exit $rc: $(cat /tmp/err)" ;;
	esac
done
kill $w
wait $w 2>/dev/null
$TAPRUN "$TAP" nosuch=1 >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 70 ] || fail "unknown parameter: exit $rc"
rm -f /tmp/x.tap
