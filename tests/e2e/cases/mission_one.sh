# "sysc count 40": 80 getppid (native and 32-bit), 40 openat, 80 close
$TAPRUN -c "sysc count 40" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^getppid = 80$' '^openat = 40$' '^close = 80$' '^exit_group = 1$'
grep -Ev '^[a-z_0-9]+ = [1-9][0-9]*$' /tmp/out | grep -q . && fail "another shape"
true
