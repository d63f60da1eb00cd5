$TAPRUN -c "work both 300 7776" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^b 600 caught 103 d 343 a 515$'
expect /tmp/err '^ERROR: seven near ' '^WARNING: Number of errors: 85, skipped probes: 0$'
