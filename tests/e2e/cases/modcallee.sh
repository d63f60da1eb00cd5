target_twice pair '^right 12$'
printf '%s\n' 'tt_left 5' 'left 5' 'tt_right 5' 'right 12' \
	'tt_left 5' 'left 5' 'tt_right 5' 'right 12' 2 2 4 >/tmp/want
cmp -s /tmp/out /tmp/want || fail "got: $(cat /tmp/out)"
[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
