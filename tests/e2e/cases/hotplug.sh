on=/sys/devices/system/cpu/cpu1/online
[ -w $on ] || fail "CPU 1 cannot be taken away"
cmd="work both 100 7778; echo 0 >$on; work write 100 7778 0; sleep 0.7; echo 1 >$on; work both 100 7778"
$TAPRUN -c "sh -c '$cmd'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
# started with a CPU away: it comes while probes run
echo 0 >$on
expect /tmp/out '^500 1 1 timers 1$'
$TAPRUN -c "sh -c 'sleep 0.6; work write 300 7778 0; echo 1 >$on; work write 200 7778 1'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
echo 1 >$on 2>/dev/null
expect /tmp/out '^500 1 1 timers 1$'
dmesg >/tmp/x
grep -Eiq 'bug:|call trace' /tmp/x && fail "$(cat /tmp/x)"
dmesg -c >/dev/null
