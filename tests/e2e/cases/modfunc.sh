mods=/lib/modules/$(uname -r)
load() {
	while read -r m; do
		insmod "$mods/$m.ko" || fail "insmod $m"
	done <"$mods/order"
}
unload() {
	await sh -c 'rmmod scsi_debug || [ ! -d /sys/module/scsi_debug ]'
	await sh -c 'rmmod scsi_mod || [ ! -d /sys/module/scsi_mod ]'
	# what they needed, last one first
	for m in $(sed '1!G;h;$!d' "$mods/order"); do
		rmmod "$m" 2>/dev/null
	done
}
said() { # pattern count
	[ "$(grep -c "$1" /tmp/out)" = "$2" ]
}
if [ ! -f "$mods/scsi_debug.ko" ]; then
	fail "no module scsi_debug for this kernel"
else
	# Some kernels can load scsi_debug once a boot (its workqueue stays, 7.2, 7.3):
	# the case trace_module, if there is one, watches here and looks at it later.
	other=
	if [ -f /cases/trace_module.tap ]; then
		$TAPRUN /cases/trace_module.tap >/tmp/trace_module.out 2>/tmp/trace_module.err &
		other=$!
		await grep -q '^ready$' /tmp/trace_module.out
	fi
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q '^ready$' /tmp/out
	load
	if [ -n "$other" ]; then
		await grep -q '^start scsi scsi_dispatch_cmd_start 0$' /tmp/trace_module.out
		await grep -q '^done module("scsi_mod").tracepoint("scsi_dispatch_cmd_done")$' /tmp/trace_module.out
	fi
	await said '^add 1 1 [1-9]' 1
	await grep -q '^inquiry 0$' /tmp/out
	# it goes though its functions are probed, and a session without it goes on
	unload
	await said '^remove module("scsi_mod").function("scsi_remove_host").exported$' 1
	if [ -n "$other" ]; then
		echo gone >>/tmp/trace_module.out
		kill -INT $other
		wait $other || fail "trace_module: exit $?"
	fi
	kill -INT $pid
	wait $pid || fail "exit $?"
	expect /tmp/out '^first module\("scsi_debug"\)\.function\("resp_[a-z]*"\) resp_[a-z]*$' '^1 1 1$'
	[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
	# "scsi_debug:" looks like "bug:"
	dmesg -c | grep -v scsi_debug >/tmp/log
	grep -Eiq 'warning|bug:|oops|call trace|rcu:|lockup|hung' /tmp/log && fail "kernel log: $(head -40 /tmp/log)"
fi
