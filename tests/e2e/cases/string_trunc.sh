text=abcdefghijklmnopqrstuvwxyz
$TAPRUN -c "sh -c 'for i in 1 2 3; do echo $text; done'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^"abcde"' "^\"$text.n\"\$"
[ "$(grep -c '^"abcde"' /tmp/out)" = 2 ] || fail "not the first two: $(cat /tmp/out)"
