ip link set lo mtu 1400
$TAPRUN -c "sh -c 'acts tcp; ping -A -c 1 -s 2000 127.0.0.1'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
ip link set lo mtu 65536
# two connections are asked for, one comes about; a ping of two parts, and its answer
expect /tmp/out '^established 1: 2 to 1$' '^established 1: 3 to 1$' '^failed in 2$' '^active 2 passive 1 in [1-9][0-9]* out [1-9][0-9]* resets 1$' \
	'^net [0-9]+ parts 2 4 again 0$' '^packets 1$'
