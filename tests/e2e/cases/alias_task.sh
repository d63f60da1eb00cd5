$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
tap=$!
await grep -q '^tick 1$' /tmp/out
acts tasks >/tmp/child
echo >/dev/ttyS0 # its interrupt
child=$(sed -n 's/^child //p' /tmp/child)
# what comes by itself, sooner or later
for re in 'process_free 1 1' 'insert' 'execute' 'soft 1' 'soft timer done' 'irq 1 .*' "release $child 1"; do
	await grep -qx "$re" /tmp/out
done
kill -INT $tap
wait $tap || fail "exit $?"
expect /tmp/out "^create $child 1\$" '^start$' '^exec "[^ ]*acts" args "acts" "tasks"' '^executed execve 1 0$' "^exit $child 7\$" "^fork $child\$" \
	'^process_exit [0-9]+ 120$' "^process_wait $child\$" "^migrate $child (0 => 1|1 => 0)\$" "^signal_send $child STOP\$" "^wait_task $child 120\$" \
	'^wakeup 1 120 cpu [01]$' '^wakeup_new 1 120 cpu [01] state 0$' '^cpu_off 1 idle 0$' '^cpu_on idle 0 from 1 1$' '^off 1 120 1 next 1 [0-9]+$' '^on 1 120 state [0-9]+ 1$' \
	'^irq 1 [^ ]+ 1 1 ' '^irq done 1 1$'
