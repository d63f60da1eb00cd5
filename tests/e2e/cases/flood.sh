$TAPRUN "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc -eq 0 ] || fail "exit $rc"
lines=$(grep -c '^tick' /tmp/out)
first=$(grep '^tick' /tmp/out | head -1)
[ "$first" = "tick 0" ] || fail "first is $first"
if [ "$lines" -lt 9000 ]; then
	grep -qi 'lost' /tmp/err || fail "$lines lines and no loss reported"
fi
grep '^tick' /tmp/out | awk '{ if ($2 <= last && NR > 1) bad++; last = $2 } END { exit bad > 0 }' || fail "out of order"
