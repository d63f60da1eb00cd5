$TAPRUN -c "sh -c 'acts udp; acts sock'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
port=$(sed -n 's/^port //p' /tmp/out)
expect /tmp/out '^udp.sendmsg 50 family 2 127.0.0.1 127.0.0.1 1$' '^udp.sendmsg gave 50$' \
	'^udp.recvmsg 8192 family 2 127.0.0.1 127.0.0.1 1$' "^udp.recvmsg gave 50 port $port\$" \
	'^udp.disconnect family 2 flags [0-9]+ 127.0.0.1$' '^udp.disconnect gave 0$' \
	'^socket.create INET DGRAM requester 0$' '^socket.create gave success 1$' '^socket.close INET DGRAM$' '^socket.close is over$' \
	'^socket.create LOCAL STREAM requester 0$' '^socket.close LOCAL STREAM$'
# send, sendmsg; write, writev.  Newer kernels do not say of such a pair that it is
# connected.
count() { # TIMES LINE
	[ "$(grep -cx "$2" /tmp/out)" = "$1" ] || fail "$(grep -cx "$2" /tmp/out) times, not $1: $2"
}
for way in send recv; do
	count 4 "socket.${way}msg 5 LOCAL STREAM 0 [UN]*CONNECTED"
	count 4 "socket.${way}msg gave 5 success 1"
done
count 2 'socket.write_iter 5 LOCAL STREAM 0 [UN]*CONNECTED'
count 2 'socket.write_iter gave 5 success 1'
count 2 'socket.read_iter 5 LOCAL STREAM 0 [UN]*CONNECTED'
count 2 'socket.read_iter gave 5 success 1'
