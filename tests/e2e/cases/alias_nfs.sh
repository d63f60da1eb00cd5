. /guest/nfs.sh
nfs_traced nfs

for v in 3 4; do
	for n in lookup create remove rename rename_setup rename_done read read_setup read_done \
		write write_setup write_done commit_setup commit_done; do
		# version 4 makes its files by opening them
		[ $v$n = 4create ] || expect /tmp/out "^return nfs.proc$v.$n\$"
	done
done
expect /tmp/out '^return nfs.proc.open$' '^nfs.aop.set_page_dirty 1$'
for n in fop.open fop.read_iter fop.write_iter fop.llseek fop.lock fop.mmap fop.fsync aop.write_begin aop.write_end \
	aop.writepages; do
	expect /tmp/out "^return nfs.$n "
done
if [ -n "$typed" ]; then
	for n in open llseek read_iter write_iter mmap lock flush fsync release; do
		expect /tmp/out "^entries nfs.fop.$n\$" "^return nfs.fop.$n "
	done
	expect /tmp/out '^return nfs.fop.open 0$' '^return nfs.fop.read_iter 5000$' '^return nfs.fop.write_iter 5000$' \
		'^return nfs.fop.llseek 5000$'
	expect /tmp/out '^nfs.fop.open 1 one 2 0$' '^nfs.fop.llseek 1 0 SEEK_END 1$' '^nfs.fop.release 1 mode 3$' \
		'^nfs.fop.flush 1 mode 3 dirty 0$' '^nfs.fop.fsync 1 dirty 2$' '^nfs.fop.check_flags 2048$' \
		'^nfs.fop.read_iter 1 / one 5000 at 0 known 1 [0-9]+$' '^nfs.fop.write_iter 1 / one 5000 at 0$' \
		'^nfs.fop.mmap 1 / one 4096 shared 8 known 1 [0-9]+$' '^nfs.fop.lock 1 mode 100640 type 1 16-47 posix 1$' \
		'^nfs.fop.lock 1 mode 100640 type 2 16-47 posix 1$'
	for n in read_page_folio read_pages_ahead write_begin write_end writepages; do
		expect /tmp/out "^entries nfs.aop.$n\$" "^return nfs.aop.$n "
	done
	expect /tmp/out '^nfs.aop.readfolio 1$' '^nfs.aop.readahead 1 pages 2 fit 4096 1 size 8192$' \
		'^nfs.aop.write_begin 1 page 0 0-[0-9]+ size [0-9]+$' '^nfs.aop.write_end 1 page 0 0-[0-9]+ size [0-9]+$' \
		'^nfs.aop.writepages 1 fit 4096 1 wants 1$'
	for v in 3 4; do
		p=nfs.proc$v
		mask=$([ $v = 4 ] && echo 1 || echo 0)
		expect /tmp/out "^$p.lookup 127.0.0.1 6 v$v 7 missing mask $mask\$" "^$p.remove 127.0.0.1 v$v 7 another 1\$" \
			"^$p.rename 127.0.0.1 v$v 3 one 7 another 1\$" "^$p.rename_setup 127.0.0.1 v$v 1\$" \
			"^$p.rename_done 127.0.0.1 v$v status 0 sent 1 1\$" \
			"^$p.read 127.0.0.1 v$v 4096 bytes at 0\$" "^$p.read_setup 127.0.0.1 v$v 4096 bytes at 4096\$" \
			"^$p.read_done 127.0.0.1 v$v 4096 status 4096 sent 1\$" "^$p.read_done 127.0.0.1 v$v 904 status 904 sent 1\$" \
			"^$p.write_setup 127.0.0.1 v$v 4096 at 0 how 0 mask $mask\$" "^$p.write_setup 127.0.0.1 v$v 904 at 4096 how 0 mask $mask\$" \
			"^$p.write_done 127.0.0.1 v$v 4096 status 4096 sent 1\$" "^$p.commit_setup 127.0.0.1 v$v 1\$" \
			"^$p.commit_done 127.0.0.1 v$v status 0 sent 1\$"
		for n in lookup remove rename rename_setup rename_done read_setup read_done write_setup write_done \
			commit_setup commit_done; do
			expect /tmp/out "^entries $p.$n\$"
		done
	done
	expect /tmp/out '^nfs.proc3.create 127.0.0.1 v3 3 one 100640 1$' '^nfs.proc.open 127.0.0.1 v3 one$' \
		'^nfs.proc4.handle_exception v4 -2$'
fi
