# A session of no probes at all lasts until it is told to end.
timeout 600 $TAPRUN -T 0.2 "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
[ -s /tmp/out ] && fail "it ran"
