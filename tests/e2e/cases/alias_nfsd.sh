. /guest/nfs.sh
nfs_traced nfsd

expect /tmp/out '^return sunrpc.svc.process' '^return sunrpc.clnt.call_sync' '^return sunrpc.sched.execute'
if [ -n "$typed" ]; then
	dir='8: 00010001( 00000000){5}'
	file='[0-9]+:( [0-9a-f]{8}){6}'
	expect /tmp/out \
		'^nfsd.dispatch 127.0.0.1 6 v3 xid 1 proc 1$' '^nfsd.dispatch 127.0.0.1 6 v4 xid 1 proc 1$' \
		"^nfsd.lookup 127.0.0.1 $dir 7 missing\$" '^return nfsd.lookup 33554432' \
		"^nfsd.write 127.0.0.1 $file bytes 4096 at 0\$" "^nfsd.read 127.0.0.1 $file bytes 4096 at 0\$" \
		"^nfsd.commit 127.0.0.1 $file bytes [0-9]+ at [0-9]+\$" \
		"^nfsd.create 127.0.0.1 $dir 3 dir\$" "^nfsd.unlink 127.0.0.1 $dir 7 another\$" \
		"^nfsd.rename 127.0.0.1 $dir 3 one\$" '^nfsd.rename to 7 another$'
	for n in lookup read write commit create unlink rename; do
		expect /tmp/out "^entries nfsd.$n\$" "^return nfsd.$n "
	done
	for v in 3 4; do
		p=nfsd.proc$v
		who="127.0.0.1 6 v$v uid 0 gid 0 fh 1"
		expect /tmp/out "^$p.lookup $who 7 missing\$" "^$p.remove $who 7 another\$" "^$p.rename 3 one 7 another 1\$" \
			"^$p.read $who bytes 4096 at 0\$" "^$p.write $who bytes 4096 at 0\$" "^$p.commit $who bytes [0-9]+ at [0-9]+\$" \
			"^$p.create $who 3 $([ $v = 3 ] && echo one || echo dir)\$"
		for n in lookup read write commit create remove rename; do
			expect /tmp/out "^entries $p.$n\$" "^return $p.$n "
		done
		expect /tmp/out "^sunrpc.clnt.create_client 127.0.0.1 nfs 100003 v$v 6 port 2049\$" \
			"^sunrpc.clnt.shutdown_client nfs v$v calls 1 sent 1 received 1\$" \
			"^sunrpc.sched.execute v$v 6\$" "^sunrpc.svc.process nfsd v$v 6 127.0.0.1\$" \
			"^sunrpc.svc.send nfsd v$v 6\$" "^sunrpc.svc.authorise nfsd v$v 6\$"
	done
	expect /tmp/out '^sunrpc.clnt.call_sync 127.0.0.1 v3 REMOVE 12$' \
		'^sunrpc.svc.create lockd 100021$' '^sunrpc.svc.register lockd 100021 6 port [0-9]+$' '^sunrpc.svc.destroy lockd 100021$'
fi
