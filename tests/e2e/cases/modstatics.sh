insmod /lib/modules/$(uname -r)/taptarget.ko || fail "insmod"
twins=/sys/module/taptarget/parameters/twins
# the command is started when the probes are in place
$TAPRUN -c "sh -c 'echo 5 >$twins; echo 5 >$twins'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
rmmod taptarget || fail "rmmod"
many="several variables of the module have this name"
printf '%s\n' 'tt_twin_one 31' "$many" 'tt_twin_two 62' "$many" \
	'tt_twin_one 36' "$many" 'tt_twin_two 67' "$many" >/tmp/want
cmp -s /tmp/out /tmp/want || fail "got: $(cat /tmp/out)"
