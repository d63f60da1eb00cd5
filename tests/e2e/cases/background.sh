# --background, --attach, --stop: started without a terminal, looked at, ended.
log=/tmp/background.out
is_gone() { ! [ -d "/proc/$1" ]; }
start() { # the pid is $pid
	rm -f $log
	$TAPRUN --background -o $log "$TAP" >/tmp/out 2>>/tmp/err || fail "exit $?: $(cat /tmp/err)"
	pid=$(cat /tmp/out)
	[ -n "$pid" ] && [ -d "/proc/$pid" ] || fail "no process '$pid'"
}
# nothing is lost where messages have no place to go to
$TAPRUN --background -o $log "$TAP" 2>&1 >/tmp/out | cat >/tmp/err
expect /tmp/err 'no syslog for its messages' '^hint: 2>FILE keeps them'
no_module || fail "a run without a place for messages"
$TAPRUN --background "$TAP" 2>/tmp/err && fail "without -o"
expect /tmp/err '^taprun: --background needs -o FILE$'

: >/tmp/err
start
expect /tmp/err '^taprun: background_[0-9a-f]*: [0-9]+ probe points armed, 0 could not be'
[ -f $log ] || fail "no output file"
[ "$(cut -d' ' -f6 "/proc/$pid/stat")" = "$pid" ] || fail "it has the caller's session"
[ "$(readlink "/proc/$pid/fd/0")" = /dev/null ] || fail "it has the caller's input"
$TAPRUN --list-running >/tmp/out
expect /tmp/out "^background_[0-9a-f]* +pid $pid\$"
# another user sees that it runs, and neither ends nor unloads it
other() { # CODE TEXT PATTERN WORD...
	want=$1 text=$2 pattern=$3
	shift 3
	work as 1000 "$@" >/tmp/out 2>/tmp/err2
	rc=$?
	[ $rc = "$want" ] || fail "$text: exit $rc: $(cat /tmp/out /tmp/err2)"
	cat /tmp/err2 >>/tmp/out
	expect /tmp/out "$pattern"
}
other 0 "another user's --list-running" '^background_[0-9a-f]* +in use; only root sees by whom$' taprun --list-running
other 3 "another user's --stop" "^taprun: 'background_[0-9a-f]*' is in use by a process that user 1000 cannot see$" taprun --stop background # attack 21
other 0 "another user's --reap" "^taprun: background_[0-9a-f]* is in use$" taprun --reap # attack 21
m=$(ls -d /proc/tap-* | sed 's,.*/tap-,,')
work as 1000 rmmod "$m" 2>/dev/null && fail "another user unloaded it" # attack 21
[ -d "/proc/$pid" ] && [ -d "/proc/tap-$m" ] || fail "another user ended it"
# a second one of the same module is the caller's failure
$TAPRUN --background -o /tmp/second.out "$TAP" >/tmp/out 2>/tmp/err2
rc=$?
[ $rc = 68 ] || fail "loaded twice: exit $rc"
expect /tmp/err2 'already loaded.*\[LOADED\]$'
[ ! -s /tmp/out ] || fail "a pid in spite of the failure"
await grep -q 'told later' /tmp/err
# look on, leave it alone
$TAPRUN --attach background >/tmp/seen 2>/tmp/err2 &
looker=$!
await grep -q '^tick' /tmp/seen
kill -INT $looker
wait $looker || fail "--attach: exit $?"
expect /tmp/err2 "^taprun: 'background_[0-9a-f]*' goes on \(pid $pid\)"
grep -q '^begun' /tmp/seen && fail "--attach began at the beginning"
[ -d "/proc/$pid" ] || fail "the run ended with who looked on"
# one that looks on until the end
$TAPRUN --attach "$(ls -d /proc/tap-* | sed 's,.*/tap-,,')" >/tmp/seen.2 2>/tmp/err3 &
looker=$!
await grep -q '^tick' /tmp/seen.2
# one that does not end: as long as the operator says, or until it has, which is said
kill -STOP "$pid"
start=$(uptime_cs)
$TAPRUN --stop background -T 1 2>/tmp/err2
rc=$?
[ $rc = 3 ] || fail "--stop -T 1: exit $rc: $(cat /tmp/err2)"
[ $(($(uptime_cs) - start)) -lt 3000 ] || fail "--stop -T 1 took $(($(uptime_cs) - start)) cs"
expect /tmp/err2 'has not ended in the time of -T$' '^hint: .*--stop again'
: >/tmp/err2
$TAPRUN --stop background 2>/tmp/err2 &
stopper=$!
await grep -q "^taprun: waiting for 'background_" /tmp/err2
[ -d "/proc/$stopper" ] || fail "--stop did not wait"
kill -CONT "$pid"
wait $stopper || fail "--stop: exit $?: $(cat /tmp/err2)"
expect /tmp/err2 '^taprun: ended background_'
wait $looker || fail "--attach to the end: exit $?"
expect /tmp/seen.2 '^ended$'
await is_gone "$pid" || fail "it is still there"
[ "$(tail -1 $log)" = ended ] || fail "its output ends with $(tail -1 $log)"
[ "$(head -1 $log | cut -c1-5)" = begun ] || fail "its output begins with $(head -1 $log)"
[ "$(grep -c '^tick' $log)" = "$(tail -2 $log | sed -n 's/^tick //p')" ] || fail "a tick is missing"
no_module || fail "its module stays"
$TAPRUN --stop background 2>/tmp/err2
rc=$?
[ $rc = 3 ] || fail "--stop of nothing: exit $rc"
expect /tmp/err2 "no run is called 'background'"

# syslog, where stderr is not a file
if command -v syslogd >/dev/null; then
	syslogd -n -O /tmp/messages &
	daemon=$!
	await [ -e /dev/log ]
	rm -f $log
	pid=$({ $TAPRUN --background -o $log "$TAP" 2>&1 1>&3 | cat >/tmp/err2; } 3>&1)
	[ -d "/proc/$pid" ] || fail "no process '$pid' with syslog"
	await grep -q "daemon.warn taprun\[$pid\]: WARNING: told later" /tmp/messages
	$TAPRUN --stop background 2>/dev/null || fail "--stop: exit $?"
	kill $daemon
	rm -f /dev/log
fi
: >/tmp/err
