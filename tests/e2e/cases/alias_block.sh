mods=/lib/modules/$(uname -r)
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
tap=$!
await grep -q '^ready$' /tmp/out
while read -r m; do
	insmod "$mods/$m.ko" || fail "insmod $m"
done <"$mods/order"
dd if=/dev/zero of=/tmp/disk bs=65536 count=16 2>/dev/null
[ -b /dev/loop0 ] || mknod /dev/loop0 b 7 0
await losetup /dev/loop0 /tmp/disk
# its pages go with its last user: here one by one, while it is open
exec 9</dev/loop0
dd if=/dev/loop0 of=/dev/null bs=65536 count=4 2>/dev/null
dd if=/dev/zero of=/dev/loop0 bs=65536 count=4 2>/dev/null
sync
# of a disk's requests it is said that the request is done, not each bio
dd if=/dev/ram0 of=/dev/null bs=65536 count=1 2>/dev/null
acts dirty /dev/ram0
echo 1 >/proc/sys/vm/drop_caches
exec 9<&-
losetup -d /dev/loop0
rm /tmp/disk
# all of them: later cases begin where this one did
for m in $(sed '1!G;h;$!d' "$mods/order"); do
	await sh -c "rmmod $m || [ ! -d /sys/module/$(echo "$m" | tr - _) ]"
done
kill -INT $tap
wait $tap || fail "exit $?"
expect /tmp/out "^ioblock.end loop0 R 1\$" "^ioblock.end loop0 W 1\$" "^ioblock_trace.end ram0 R 1\$" "^ioblock_trace.end ram0 W 1\$"
for n in ioblock ioblock_trace; do
	expect /tmp/out "^$n.request loop0 R sector 1 op 0 vcnt 1 0 start 0\$" "^$n.request loop0 W sector 1 op 1 vcnt 1 0 start 0\$"
done
expect /tmp/out '^error 0$' '^elv_issue_request [a-z-]+ 7:0 1$' '^elv_completed_request [a-z-]+ 7:0 1$' '^plug 1$' \
	'^vfs.add_to_page_cache bdev 4096$' '^vfs.add_to_page_cache gave 0$' '^vfs.remove_from_page_cache bdev 1$' \
	'^vfs.__set_page_dirty_buffers 4096 bytes$'
