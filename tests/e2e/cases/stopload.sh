work spin 600 >/dev/null &
w1=$!
work spin 600 >/dev/null &
w2=$!
for i in 1 2; do
	timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
	awk '$1 != "line" || $2 != NR - 1 { bad++ } END { exit bad > 0 || NR != 2000 }' /tmp/out || fail "summary has $(wc -l </tmp/out) lines"
done
kill $w1 $w2
wait $w1 $w2 2>/dev/null
