$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
n=0
until grep -q arming /tmp/out || [ $((n += 1)) -gt 250 ]; do usleep 20000; done
m=$(ls -d /proc/tap-* 2>/dev/null | sed 's,.*/tap-,,' | head -1)
t0=$(cut -d' ' -f1 /proc/uptime | tr -d .)
kill -9 $pid $(pidof taprun)
n=0
until rmmod "$m" 2>/dev/null || [ $((n += 1)) -gt 500 ]; do usleep 20000; done
t1=$(cut -d' ' -f1 /proc/uptime | tr -d .)
echo "removable after $((t1 - t0)) centiseconds" >>/tmp/err
[ -n "$m" ] || fail "it was not seen running"
[ $((t1 - t0)) -lt 200 ] || fail "$(tail -1 /tmp/err)"
