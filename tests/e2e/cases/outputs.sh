# the pipe's reader leaves: the session ends by itself
(timeout 600 $TAPRUN "$TAP" 2>/tmp/err; echo $? >/tmp/rc) | head -1 >/tmp/out
expect /tmp/out 'number 0$'
[ "$(cat /tmp/rc)" != 143 ] || fail "went on after its reader left"
timeout 600 $TAPRUN "$TAP" >/dev/full 2>/tmp/err
rc=$?
[ $rc = 80 ] || fail "full disk: exit $rc"
expect /tmp/err '^taprun: cannot write to standard output: No space left on device' # attack 18
timeout 600 $TAPRUN -T 5 -o /nosuch/file "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 3 ] || fail "-o into nowhere: exit $rc"
expect /tmp/err '/nosuch/file'
timeout 600 $TAPRUN -c "sh -c 'exit 3'" "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 1 ] || fail "a failing command: exit $rc"
expect /tmp/err 'Child process exited with status 3'
expect /tmp/out '^end$'
timeout 600 $TAPRUN -c "sh -c 'kill -9 \$\$'" "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 1 ] || fail "a killed command: exit $rc"
expect /tmp/err 'Child process terminated by signal 9'
timeout 600 $TAPRUN -c nosuchcommand "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 3 ] || fail "no such command: exit $rc"
expect /tmp/err "cannot start 'nosuchcommand'"
# without stdin, stdout and stderr
timeout 600 $TAPRUN -T 0.3 "$TAP" <&- >&- 2>&-
rc=$?
[ $rc = 0 ] || fail "closed standard files: exit $rc"
timeout 600 $TAPRUN -T 0.4 -S 1,2 -o /tmp/rot "$TAP" >/tmp/out 2>/tmp/err || fail "-S: exit $?"
cat /tmp/rot.* >/tmp/out
expect /tmp/out '^end$' 'number 899$'
rm -f /tmp/rot.*
