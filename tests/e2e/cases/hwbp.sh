timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^kernel\.data\("jiffies_64"\)\.length\(8\)\.write hwbkpt 1 0$' '^in [a-z_]+[a-z0-9_.]* of kernel$' '^stack 1 kernel$' '^all 0$'
expect /tmp/err '^WARNING: probe kernel\.data\("loops_per_jiffy"\)\.write registration error \[man warning::pass5\] \(rc -28\)$'
[ "$(grep -c WARNING /tmp/err)" = 1 ] || fail "warnings: $(cat /tmp/err)"
