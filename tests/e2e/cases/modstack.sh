ko=/lib/modules/$(uname -r)/taptarget.ko
par=/sys/module/taptarget/parameters
insmod "$ko" || fail "insmod"
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
pid=$!
# until each of the probes is armed
await sh -c "echo 5 >$par/stack; [ \$(cut -d' ' -f1 /tmp/out | sort -u | wc -l) = 5 ]"
echo 6 >$par/stack
# the module says itself where its table was
at=$(cat $par/stack_at)
await grep -q '^inlined 700 ' /tmp/out
kill -INT $pid
wait $pid || fail "exit $?"
rmmod taptarget || fail "rmmod"
cat >/tmp/want <<END
entry 6
label 6 at $at
call 6 7 8 9: 3 9 -7 stack at $at
pushed 9 3
inlined 600 601 602
label 6 at $at
call 7 8 9 10: 3 9 -7 stack at $at
pushed 10 3
inlined 700 701 702
END
sed -n '/^entry 6$/,$p' /tmp/out >/tmp/got
cmp -s /tmp/got /tmp/want || fail "table at $at, got: $(cat /tmp/got)"
[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
