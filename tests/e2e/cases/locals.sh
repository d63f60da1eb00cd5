$TAPRUN -c "echo hello" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^hello$' '^count known 1 wrong 0$' '^file known 1 wrong 0$' '^filp known 1 wrong 0$' \
	'^written 1 whole 1$' '^"swapper/0" 0$' '^1$' '^list 1$'
cmp -s /tmp/err /dev/null || fail "said: $(cat /tmp/err)"
