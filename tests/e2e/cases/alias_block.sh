mods=/lib/modules/$(uname -r)
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
tap=$!
await grep -q '^ready$' /tmp/out
while read -r m; do
	[ -d "/sys/module/$m" ] || insmod "$mods/$m.ko" || fail "insmod $m"
done <"$mods/order"
await test -b /dev/sda
# its pages go with its last user: here one by one, while it is open
exec 9</dev/sda
dd if=/dev/sda of=/dev/null bs=65536 count=4 2>/dev/null
dd if=/dev/zero of=/dev/sda bs=65536 count=4 2>/dev/null
sync
# of a disk's requests it is said that the request is done, not each bio
dd if=/dev/ram0 of=/dev/null bs=65536 count=1 2>/dev/null
acts dirty /dev/ram0
echo 1 >/proc/sys/vm/drop_caches
exec 9<&-
await sh -c 'rmmod brd || [ ! -d /sys/module/brd ]'
await sh -c 'rmmod scsi_debug || [ ! -d /sys/module/scsi_debug ]'
await sh -c 'rmmod sd_mod || [ ! -d /sys/module/sd_mod ]'
await sh -c 'rmmod scsi_mod || [ ! -d /sys/module/scsi_mod ]'
kill -INT $tap
wait $tap || fail "exit $?"
expect /tmp/out "^ioblock.end sda R 1\$" "^ioblock.end sda W 1\$" "^ioblock_trace.end ram0 R 1\$" "^ioblock_trace.end ram0 W 1\$"
for n in ioblock ioblock_trace; do
	expect /tmp/out "^$n.request sda R sector 1 op 0 vcnt 1 0 start 0\$" "^$n.request sda W sector 1 op 1 vcnt 1 0 start 0\$"
done
expect /tmp/out '^error 0$' '^elv_issue_request [a-z-]+ 8:0 1$' '^elv_completed_request [a-z-]+ 8:0 1$' '^plug 1$' '^unplug_io 1$' \
	'^vfs.add_to_page_cache bdev 4096$' '^vfs.add_to_page_cache gave 0$' '^vfs.remove_from_page_cache bdev 1$' \
	'^vfs.__set_page_dirty_buffers 4096 bytes$'
case $(uname -r) in
5.*) ;; # its modules carry no types
*) expect /tmp/out '^dispatch FROM_DEVICE RUNNING channel 0 lun 0 id 0 1$' '^dispatch TO_DEVICE RUNNING ' '^done FROM_DEVICE (CREATED|RUNNING) lun 0$' ;;
esac
