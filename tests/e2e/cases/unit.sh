mkdir -p /tmp/svc /var/lib/tap/user && chown 1234 /tmp/svc /var/lib/tap/user
unit 1234 $TAPRUN --notify NOTIFY --metrics /tmp/svc/m.prom -o /tmp/svc/out-%Y "$TAP" >/tmp/out 2>/tmp/err &
u=$!
await grep -q '^notify: READY=1$' /tmp/out
expect /tmp/out '^notify: STATUS=unit_[0-9a-f]+: 1 probe points armed, 0 could not be$' '^journal: <4>WARNING: look out$'
await grep -q '^taprun_up{.*} 1$' /tmp/svc/m.prom
# the relay: not root, no capability, seccomp
for p in $(pidof taprun); do
	grep -q '^Uid:.1234.1234.1234.1234$' /proc/$p/status || fail "uid of $p"
	grep -q '^Seccomp:.2$' /proc/$p/status && relay=$p
done
[ -n "$relay" ] || fail "no relay"
grep -q '^CapEff:.0000000000000000$' "/proc/$relay/status" || fail "the relay has capabilities"
grep -q '^CapPrm:.0000000000000000$' "/proc/$relay/status" || fail "the relay may have capabilities"
expect /tmp/svc/m.prom '^taprun_up\{bundle="unit",module="unit_[0-9a-f]+"\} 1$' '^taprun_probes_armed\{.*\} 1$'
kill -TERM $u
await grep -q '^exit ' /tmp/out
wait $u
expect /tmp/out '^notify: STOPPING=1$' '^notify: STATUS=ended with exit code 0$' '^exit 0$'
expect "/tmp/svc/out-$(date -u +%Y)" '^begin$' '^end 1$'
expect /tmp/svc/m.prom '^taprun_up\{.*\} 0$' '^taprun_exit_code\{.*\} 0$' '^taprun_hits_total\{.*\} [1-9]' '^# EOF$'
[ "$(ls /tmp/svc)" = "$(printf 'm.prom\nout-%s' "$(date -u +%Y)")" ] || fail "files: $(ls /tmp/svc)"
# a manager that is not there, and none
$TAPRUN --notify /nosuch/socket "$TAP" >/tmp/more 2>&1
rc=$?
[ $rc = 3 ] || fail "--notify to nowhere: exit $rc"
expect /tmp/more "cannot reach '/nosuch/socket'"
$TAPRUN --notify "" -T 0.1 "$TAP" >/tmp/more 2>/dev/null || fail "--notify '': exit $?"
# without CAP_SYS_MODULE nothing is loaded
work as 1234 $TAPRUN "$TAP" >/tmp/more 2>&1
rc=$?
[ $rc = 60 ] || fail "as a user without capabilities: exit $rc"
[ -s /var/lib/tap/user/unit.ran ] || fail "no memory of what the service ran"
rm -rf /tmp/svc /var/lib/tap/user
