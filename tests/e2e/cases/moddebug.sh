target_twice poke '^return 5 15$'
{
	for round in 1 2; do
		printf '%s\n' 'args 1 6 8' 'inlined 1000 5' 'inlined 1005 31' 'entry 5' \
			'inlined 0 1' 'inlined 1 2' 'inlined 3 3' 'inlined 6 4' 'inlined 10 5' \
			'out 10 of 5' 'line tt_both 5' 'return 5 15'
	done
	echo 1
} >/tmp/want
cmp -s /tmp/out /tmp/want || fail "got: $(cat /tmp/out)"
[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
