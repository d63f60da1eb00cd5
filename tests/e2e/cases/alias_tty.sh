mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
$TAPRUN -c "acts tty" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
umount /dev/pts
expect /tmp/out '^init pty_master ptm$' '^open [0-9]+ 1 mode 3$' '^ioctl ptmx 5414 1$' '^resize pts[0-9]+ 0x0 => 81x25 0$' '^write ptmx pty_master 6 typed\\n$' \
	'^write [0-9]+ pty_slave 5 shown$' '^read [0-9]+ pty_slave 8192$' '^poll [0-9]+$' '^receive pty_slave pts[0-9]+ 6 typed\\n$' '^release [0-9]+ 1$' '^release ptmx 1$'
