# The broker: users without any privilege, one that the policy knows and one it does not;
# Ctrl-C in the client, and its sudden death.
sock=/tmp/serve.sock
rm -rf /etc/tap/policy /var/lib/tap /var/log/tap
mkdir -p /etc/tap /var/lib/tap/user /var/log/tap
chmod 755 /var/lib/tap
chown 1234 /var/lib/tap/user /var/log/tap
printf 'keys: /keys\nallow: serve user 2000\nallow: serve group 3000 max-runtime 1\naudit: /var/log/tap/audit\n' >/etc/tap/policy
# as the unit has it: another user, two capabilities, a process for each connection
broker listen $sock 400010000 1234 taprun --serve >/tmp/broker 2>&1 &
broker=$!
await grep -q ready /tmp/broker
is_over() { # only the listener is left
	not pidof taprun && no_module && disarmed
}
work as 2000 taprun --via $sock "$TAP" say=7 >/tmp/out 2>/tmp/err || fail "user 2000: exit $?: $(cat /tmp/err)"
[ "$(sed 's/ for .*//' /tmp/out | grep -v tick | tr '\n' ' ')" = "begun 7 ended 1 " ] || fail "output: $(cat /tmp/out)"
await is_over
expect /var/log/tap/audit ' uid=2000 login=- tty=- event=loaded file=serve.tap .* params=say:7 policy=2 code=0 '
work as 2001 taprun --via $sock "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 43 ] || fail "user 2001: exit $rc"
expect /tmp/err "^taprun: no allow line of the policy fits bundle 'serve' for user 2001 \[POLICY\]$" '^hint: ask who keeps /etc/tap/policy' # attack 19
[ ! -s /tmp/out ] || fail "user 2001 has output"
tail -n 1 /var/log/tap/audit >/tmp/last
expect /tmp/last ' uid=2001 .* event=refused file=serve.tap .* code=43 reason=POLICY '
# limits of the line that allowed
work as 3000 taprun --via $sock "$TAP" stay=1 >/tmp/out 2>/tmp/err || fail "max-runtime: exit $?: $(cat /tmp/err)"
expect /tmp/out '^ended 1$'
await is_over

start() {
	rm -f /tmp/out
	: >/tmp/out
	work as 2000 taprun --via $sock "$TAP" stay=1 >/tmp/out 2>/tmp/err &
	pid=$!
	await grep -q '^tick$' /tmp/out
}
# Ctrl-C: what the end probes print arrives, and the code
start
for p in $(pidof taprun); do
	[ "$(tr '\0' ' ' <"/proc/$p/cmdline")" = "taprun --serve " ] || continue
	grep -q '^Uid:.1234.1234.1234.1234$' "/proc/$p/status" || fail "the broker is $(grep Uid "/proc/$p/status")"
	grep -q '^Name:.taprun-keeper$' "/proc/$p/status" && continue
	relay=$p
	expect "/proc/$p/status" '^CapPrm:.0000000000000000$' '^CapEff:.0000000000000000$' '^Seccomp:.2$' '^NoNewPrivs:.1$' # attack 24
	[ -z "$(tr -d '\0' <"/proc/$p/environ")" ] || fail "it has an environment"
done
[ -n "$relay" ] || fail "no relay"
kill -INT $pid
wait $pid || fail "Ctrl-C: exit $?: $(cat /tmp/err)"
[ "$(tail -n 1 /tmp/out)" = "ended 1" ] || fail "Ctrl-C: the output ends with $(tail -n 1 /tmp/out)"
await is_over
# the client is killed: nobody is left to be told, nothing stays
start
kill -9 $pid
wait $pid 2>/dev/null
await is_over # attack 20
# its output is not wanted any more
work as 2000 taprun --via $sock "$TAP" stay=1 2>/tmp/err | head -n 1 >/tmp/out
expect /tmp/out '^begun 1 '
await is_over # attack 20
# the run is killed: the client says so
start
for p in $(pidof taprun); do
	[ "$(tr '\0' ' ' <"/proc/$p/cmdline")" = "taprun --serve " ] && ! grep -q keeper "/proc/$p/comm" && kill -9 "$p"
done
wait $pid
rc=$?
[ $rc = 3 ] || fail "a broker that is killed: exit $rc"
expect /tmp/err '^taprun: the broker ended without an answer$' # attack 20
await is_over
# a client that reads nothing: the policy's limit ends the run, and after 10 s more nobody
# waits for it
: >/tmp/out
work as 3000 taprun --via $sock "$TAP" stay=1 flood=100 >/tmp/out 2>/tmp/err &
pid=$!
await grep -q '^tick$' /tmp/out
kill -STOP $pid
await no_module # attack 20
kill -CONT $pid
wait $pid || fail "a client that reads nothing: exit $?"
kill $broker
wait $broker 2>/dev/null
# with the journal for its own messages, as the unit has it: the client's are plain
rm -f $sock && mkdir /tmp/svc && chown 1234 /tmp/svc
sock=/tmp/svc/sock
: >/tmp/broker
unit 1234 broker listen $sock - 0 taprun --serve >/tmp/broker 2>&1 &
broker=$!
await grep -q ready /tmp/broker
work as 2001 taprun --via $sock "$TAP" >/tmp/out 2>/tmp/err
expect /tmp/err '^taprun: no allow line of the policy'
# who says nothing is not waited for for ever, and holds nobody else up
broker ask $sock - >/tmp/out 2>&1
expect /tmp/out '^taprun: request: the client is gone$' '^exit: 2$'
kill $broker
wait $broker 2>/dev/null
rm -rf /etc/tap/policy /var/lib/tap /var/log/tap /tmp/svc
