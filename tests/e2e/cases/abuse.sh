$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
w=$!
await grep -q begin /tmp/out
d=$(ls -d /proc/tap-*)
[ "$(stat -c %a $d/ctl $d/data | tr '\n' ' ')" = "600 600 " ] || fail "modes $(stat -c %a $d/ctl $d/data)"
cat $d/data >/tmp/x 2>&1 && fail "data can be opened twice"
cat $d/ctl >/tmp/x 2>&1 && fail "ctl can be opened twice"
work as 1000 cat $d/data >/tmp/x 2>&1 && fail "anybody may read data"
rmmod "${d#/proc/tap-}" 2>/dev/null && fail "rmmod of a module in use"
kill $w
wait $w || fail "exit $?"

# by hand, without taprun: load the module, send rubbish, leave it
: >/tmp/out
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
w=$!
await grep -q begin /tmp/out
kill -9 $(pidof taprun)
wait $w 2>/dev/null
await not pidof taprun
d=$(ls -d /proc/tap-* 2>/dev/null)
[ -n "$d" ] || return
echo rubbish 2>/dev/null >$d/ctl # attack 20
head -c 8 /dev/zero 2>/dev/null >$d/ctl # attack 20
head -c 5000 /dev/zero 2>/dev/null >$d/ctl # attack 20
printf '\3\0\0\0\0\0\0\0' >$d/ctl # attack 20
printf '\2\0\0\0\10\0\0\0\0\0\0\0\0\0\0\0' 2>/dev/null >$d/ctl # attack 20
head -c 100 $d/ctl >/dev/null 2>&1
head -c 100000 $d/data >/dev/null 2>&1 &
w=$!
has_opened() { # it may be done already
	not kill -0 $w || readlink /proc/$w/fd/* | grep -q /proc/tap-
}
await has_opened
kill $w 2>/dev/null
wait $w 2>/dev/null
rmmod "${d#/proc/tap-}" || fail "rmmod: $?"
