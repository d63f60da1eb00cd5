rm -f /tmp/proof /tmp/proof2 /tmp/rot.*
timeout 600 $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "refused: exit $?"
expect /tmp/out '^before$' '^after$'
expect /tmp/err 'system\(\): not run without --allow-system: echo from the command' \
	'2 commands of system\(\) were not run'
[ "$(grep -c 'not run without' /tmp/err)" = 1 ] || fail "refused, and said so twice"
[ -e /tmp/proof ] && fail "a command ran without being allowed"
timeout 600 $TAPRUN --allow-system -c "sleep 10" "$TAP" >/tmp/out 2>/tmp/err || fail "allowed: exit $?: $(cat /tmp/err)"
# nobody waits for the commands
await test -s /tmp/proof
await test -s /tmp/proof2
expect /tmp/proof '^from the command$'
expect /tmp/proof2 '^at the end$'
grep -q system /tmp/err && fail "allowed, but: $(cat /tmp/err)"
timeout 600 $TAPRUN -S 1,5 -o /tmp/rot "$TAP" >/tmp/out 2>/tmp/err || fail "-S: exit $?"
expect /tmp/rot.0 '^before$'
expect /tmp/rot.1 '^after$'
grep -q after /tmp/rot.0 && fail "after the switch, but in the first file"
rm -f /tmp/proof /tmp/proof2 /tmp/rot.*
