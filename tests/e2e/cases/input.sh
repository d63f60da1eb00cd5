# from a pipe, which ends long before the session does
printf 'first\n\nthe \0third line\nno end, quit\nquit\n' | timeout 600 $TAPRUN -i "$TAP" >/tmp/out 2>/tmp/err || fail "pipe: exit $?"
expect /tmp/out '^one <first>$' '^two 5$' '^one <>$' '^one <the third line>$' '^one <quit>$' '^two 4$' '^chars 41 zero 1$'

# the command of -c leaves the input alone
: >/tmp/out
printf 'a\nquit\n' | timeout 600 $TAPRUN -i -c "sh -c 'cat; exec sleep 60'" "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^two 4$' /tmp/out
await killall sleep
wait $t
expect /tmp/out '^one <a>$' '^two 1$' '^one <quit>$'

# the end of the input does not end the session
: >/tmp/out
timeout 600 $TAPRUN -i -T 1 "$TAP" </dev/null >/tmp/out 2>/tmp/err || fail "no input: exit $?"
expect /tmp/out '^chars 0 zero 0$'

# a terminal gives characters at once, and is set back however taprun ends
tty=/dev/ttyS0
was=$(stty -g <$tty)
raw() { stty -a <$tty | grep -q -e '-icanon'; }
same() { [ "$(stty -g <$tty)" = "$was" ]; }
raw && fail "the terminal gives characters at once already"
for how in INT 9; do
	: >/tmp/out
	$TAPRUN -i "$TAP" <$tty >/tmp/out 2>/tmp/err &
	t=$!
	await grep -q '^armed$' /tmp/out
	raw || fail "the terminal waits for lines"
	kill -$how $t
	wait $t 2>/dev/null
	await no_module
	await same
done
