$TAPRUN -c "setsid env TAPVAR=a=b echo one two-three" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^begin 1 1 0 0 begin \[\] 1 1 1 1 1$' '^printk level 8 out of range$' \
	'^[^|]*taprun\|--keys\|$' '^ids( 1){13}$' \
	'^words\|.*echo one two-three\|one,two-three\|two-three\|a=b\|\|$' \
	'^point kprobe vfs_write 0 0 0 1$' '^return kretprobe vfs_write 1 14 0xe 14$' '^end runs$'
grep -q 'not after' /tmp/out && fail "abort() did not"
[ -s /tmp/err ] && fail "stderr: $(cat /tmp/err)"
dmesg | grep -q 'tap says hello' || fail "nothing from printk()"
mkdir -p /tmp/tr
if mount -t tracefs tracefs /tmp/tr 2>/dev/null; then
	grep -q 'tap-traces-this' /tmp/tr/trace || fail "nothing from ftrace(): $(tail -3 /tmp/tr/trace)"
	umount /tmp/tr
fi
