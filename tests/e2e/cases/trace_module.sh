mods=/lib/modules/$(uname -r)
if [ ! -f "$mods/scsi_debug.ko" ]; then
	fail "no module scsi_debug for this kernel"
elif [ -f /tmp/trace_module.out ]; then # modfunc.sh says why
	cp /tmp/trace_module.out /tmp/out
	cp /tmp/trace_module.err /tmp/err
else
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q '^ready$' /tmp/out
	while read -r m; do
		insmod "$mods/$m.ko" || fail "insmod $m"
	done <"$mods/order"
	await grep -q '^start scsi scsi_dispatch_cmd_start 0$' /tmp/out
	await grep -q '^done module("scsi_mod").tracepoint("scsi_dispatch_cmd_done")$' /tmp/out
	# it goes though its tracepoints are hooked, and a session without it goes on
	await sh -c 'rmmod scsi_debug || [ ! -d /sys/module/scsi_debug ]'
	await sh -c 'rmmod scsi_mod || [ ! -d /sys/module/scsi_mod ]'
	echo gone >>/tmp/out
	kill -INT $pid
	wait $pid || fail "exit $?"
fi
if [ -z "$failed" ]; then
	case $(uname -r) in
	5.*) ;; # its modules carry no types
	*) expect /tmp/out '^dispatch FROM_DEVICE (CREATED|RUNNING) channel 0 lun 0 id 0 1$' '^answer FROM_DEVICE (CREATED|RUNNING) lun 0$' ;;
	esac
	sed -i 's/^start.*/start/; s/^done.*/done/' /tmp/out
fi
