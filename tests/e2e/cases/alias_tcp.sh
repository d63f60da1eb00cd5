$TAPRUN -c "sh -c 'acts tcp; acts tcp6'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
p4=$(sed -n 's/^port //p' /tmp/out | head -1)
p6=$(sed -n 's/^port //p' /tmp/out | tail -1)
expect /tmp/out '^send tcp.sendmsg family 2 size 300 sock 1$' '^sent tcp.sendmsg 300$' \
	"^receive tcp.recvmsg family 2 size 8192 127.0.0.1 127.0.0.1 $p4 [1-9][0-9]*\$" "^received tcp.recvmsg 300 family 2 127.0.0.1 $p4\$" \
	"^disconnect tcp.disconnect family 2 flags [0-9]+ 127.0.0.1 127.0.0.1 $p4\$" '^disconnected tcp.disconnect 0$' \
	'^option tcp.ipv4.setsockopt family 2 level 6 1 TCP_NODELAY 4$' '^option is set tcp.ipv4.setsockopt 0$' \
	'^option tcp.ipv6.setsockopt family 10 level 41 67 ' '^option is set tcp.ipv6.setsockopt 0$' \
	"^packet tcp.ipv4.receive family 2 127.0.0.1 127.0.0.1 6 $p4 syn 1 ack 0 psh 0 fin 0 rst 0 urg 0 seq 1\$" \
	"^packet tcp.ipv4.receive family 2 127.0.0.1 127.0.0.1 6 $p4 syn 0 ack 1 psh 1 fin 0 rst 0 urg 0 seq 1\$" \
	'^packet tcp.ipv4.receive .* rst 1 ' "^packet tcp.ipv6.receive family 10 ::1 ::1 6 $p6 syn 1 ack 0 " "^from $p4 to [1-9][0-9]* headers 1\$" \
	'^send tcp.sendmsg family 10 size 300 ' "^receive tcp.recvmsg family 10 size 8192 ::1 ::1 $p6 "
