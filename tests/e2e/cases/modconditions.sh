mods=/lib/modules/$(uname -r)
target=$mods/taptarget.ko
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
t=$!
await grep -q '^armed$' /tmp/out
file=$(echo /proc/systemtap/*)/command
await cat "$file"
poke() {
	echo 5 >/sys/module/taptarget/parameters/poke
	mkdir /tmp/modconditions && rmdir /tmp/modconditions
}
grown() { # since $1 $2 $3
	poke
	set -- "$@" $(cat "$file")
	[ "$4" -gt "$1" ] && [ "$5" -gt "$2" ] && [ "$6" -gt "$3" ]
}
still() {
	before=$(cat "$file")
	poke
	[ "$(cat "$file")" = "$before" ]
}

insmod "$target" || fail "insmod"
poke
[ "$(cat "$file")" = '0 0 0' ] || fail "counted though the condition is false: $(cat "$file")"
echo 1 >"$file" # while the module is there
await grown 0 0 0
echo 0 >"$file"
await still
still || fail "counted while off: $before, then $(cat "$file")"
rmmod taptarget || fail "rmmod"
echo 1 >"$file" # while it is away
insmod "$target" || fail "insmod again"
await grown $(cat "$file")
rmmod taptarget || fail "rmmod while it is probed"
insmod "$target" || fail "insmod for the third time"
await grown $(cat "$file")
echo 0 >"$file"
await still
kill -INT $t
wait $t || fail "exit $?: $(cat /tmp/err)"
rmmod taptarget || fail "rmmod at the end"
[ -s /tmp/err ] && fail "said: $(head -3 /tmp/err)"
