timeout 600 $TAPRUN -T 0.3 "$TAP" >/tmp/out 2>/tmp/err || fail "-T: exit $?"
expect /tmp/out '^begin 0$' '^end none$'

work spin 600 >/dev/null &
w=$!
timeout 600 $TAPRUN -T 2 -x $w -o /tmp/file "$TAP" >/tmp/out 2>/tmp/err || fail "-x -o: exit $?"
expect /tmp/file "^begin $w\$" '^end hits$'
[ -s /tmp/out ] && fail "output in spite of -o"
rm -f /tmp/file
kill $w
wait $w 2>/dev/null

# INT is ignored in the background of this shell: a shell of its own starts it
for s in INT TERM HUP; do
	rm -f /tmp/pid /tmp/out
	sh -c "trap - INT; echo \$\$ >/tmp/pid; exec $TAPRUN $TAP" >/tmp/out 2>/tmp/err &
	w=$!
	await grep -qs begin /tmp/out
	if [ $s = TERM ]; then
		# the same bundle again, another one beside it
		timeout 600 $TAPRUN "$TAP" >/tmp/out2 2>/tmp/err2
		rc=$?
		[ $rc = 68 ] || fail "the same bundle twice: exit $rc"
		expect /tmp/err2 "already loaded .*\[LOADED\]"
		timeout 600 $TAPRUN /cases/hello.tap >/tmp/out2 2>/tmp/err2 || fail "another bundle: exit $?"
		expect /tmp/out2 '^hello, world$'
		taprun --list-running >/tmp/list 2>&1 || fail "--list-running: exit $?"
		expect /tmp/list "options.*$(cat /tmp/pid)"
	fi
	kill -$s "$(cat /tmp/pid)"
	wait $w
	rc=$?
	[ $rc = 0 ] || fail "SIG$s: exit $rc"
	expect /tmp/out '^end none$'
done

# parts of taprun killed one by one: nothing stays
for which in 1 2; do
	rm -f /tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	w=$!
	await grep -qs begin /tmp/out
	victim=$w
	[ $which = 2 ] && victim=$(pidof taprun | tr ' ' '\n' | grep -v "^$w\$" | head -1)
	if [ -z "$victim" ]; then
		kill $w
		wait $w
		continue
	fi
	kill -9 "$victim"
	sleep 1 # time to notice it alone
	[ $which = 2 ] && kill $w 2>/dev/null
	wait $w 2>/dev/null
	await not pidof taprun
	await disarmed
	if ls -d /proc/tap-* >/dev/null 2>&1; then
		taprun --reap >/tmp/out2 2>&1 || fail "killed $which: --reap: $(cat /tmp/out2)"
	fi
	ls -d /proc/tap-* >/dev/null 2>&1 && fail "killed $which: module is still there"
done
