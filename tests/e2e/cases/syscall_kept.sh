cat >/tmp/kept.sh <<'F'
i=0
while [ $i -lt 100 ]; do
	sysc count 3
	i=$((i + 1))
done
F
$TAPRUN -c "sh /tmp/kept.sh" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^kept 300 wrong 0$'
grep -qi 'skipped' /tmp/err && fail "skipped: $(cat /tmp/err)"
grep -q returned /tmp/out && fail "a call that does not return did"
true
