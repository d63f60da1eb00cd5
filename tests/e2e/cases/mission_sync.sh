# one process each time, whose number is known
cat >/tmp/work.sh <<'F'
for i in 1 2 3 4 5; do
	busybox sync &
	echo $! >>/tmp/pids
	wait
done
F
rm -f /tmp/pids
$TAPRUN -c "sh /tmp/work.sh" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
n=0
while read -r pid; do
	n=$((n + 1))
	expect /tmp/out "^sync called $n times, now by pid $pid\$"
done </tmp/pids
[ $n = 5 ] && [ "$(wc -l </tmp/out)" = 5 ] || fail "$n calls, $(wc -l </tmp/out) lines"
