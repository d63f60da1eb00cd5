mkdir /tmp/ram
mount -t ramfs ram /tmp/ram
$TAPRUN -c "sh -c 'acts files /tmp; acts files /tmp/ram'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
umount /tmp/ram
rmdir /tmp/ram
case $(uname -r) in
7.2.*) ;; # nothing passes there
*) expect /tmp/out '^generic.fop.llseek 100 SEEK_SET 1 ramfs 1$' '^generic.fop.llseek gave 100$' ;;
esac
expect /tmp/out '^generic.fop.mmap 8192 1$' \
	'^generic.fop.write_iter pos 0 count 8192 bytes buf 1$' '^generic.fop.read_iter pos 100 count 700 bytes buf 1$' \
	'^generic.fop.read_iter pos 1824 count 1024 bytes buf 1$' '^generic.fop.read_iter gave 700$'
expect /tmp/out '^vfs.open /tmp/acts.file /tmp/acts.file$' '^vfs.open gave 0$' '^vfs.write /tmp/acts.file pos 0 bytes 8192 tmpfs 1$' '^vfs.write gave 8192 0 8192$' \
	'^vfs.read /tmp/acts.file pos 100 bytes 700 tmpfs 1$' '^vfs.read gave 700 0 700$' '^vfs.writev pos 800 vlen 2 bytes 1024$' \
	'^vfs.writev gave 1024$' '^vfs.readv pos 1824 vlen 2 bytes 1024$' '^vfs.readv gave 1024$' '^vfs.do_sync_read 700 bytes$' \
	'^vfs.do_sync_write 8192 bytes$'
