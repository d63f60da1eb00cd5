$TAPRUN -c "sh -c 'work read 1 1; true'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^begin 1 0 0 0 0 0 0$' '^child 0 1 1 1 1$' '^target set:$'
sed -n 's/^want //p' /tmp/out | sort >/tmp/want
sed -n 's/^\([0-9]* begat [0-9]*\)$/\1/p' /tmp/out | sort | cmp -s - /tmp/want || fail "$(cat /tmp/out)"
[ -s /tmp/err ] && fail "stderr: $(cat /tmp/err)"
