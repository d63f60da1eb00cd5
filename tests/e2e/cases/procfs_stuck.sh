$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^armed$' /tmp/out
dir=$(echo /proc/systemtap/*)
await cat "$dir/out"
work stuck write "$dir/in" 2>/tmp/stuck &
w=$!
work stuck read "$dir/out" 2>>/tmp/stuck &
r=$!
waits() { grep -q handle_userfault "/proc/$1/stack"; }
await waits $w
await waits $r
[ -s /tmp/stuck ] && fail "$(cat /tmp/stuck)"
# the session ends all the same, its probes are gone; the module waits
kill -INT $t
await grep -q '^end$' /tmp/out
await disarmed
[ -d "$dir" ] || fail "the files are gone with somebody inside"
waits $w || fail "the writer is not inside any more"
kill -9 $w $r
wait $w $r 2>/dev/null
# whoever unloads it may have given up before
wait $t || $TAPRUN --reap >/dev/null 2>&1
await no_module
grep -q '^written$' /tmp/out && fail "a handler ran though nothing was written"
ls -d /proc/systemtap >/dev/null 2>&1 && fail "/proc/systemtap is still there"
