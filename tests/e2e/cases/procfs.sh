# start: taprun in the background, until its probes are armed
start() {
	: >/tmp/out
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err &
	t=$!
	await grep -q '^armed$' /tmp/out
	dir=$(echo /proc/systemtap/*)
	# armed is said before the state is RUNNING
	await cat "$dir/command"
}

mode() {
	[ "$(stat -c %a "$dir/$1")" = "$2" ] || fail "$1: mode $(stat -c %a "$dir/$1"), wanted $2"
}

is() { # text command...
	want=$1
	shift
	got=$("$@" 2>&1)
	[ "$got" = "$want" ] || fail "$*: '$got', wanted '$want'"
}

start
mode command 600
mode dir/sub/once 444
mode dir/other 222
mode small 400
is "n=7
cat" cat "$dir/command"
echo 41 >"$dir/command"
is "n=41
cat" cat "$dir/command"

# an open file keeps the text of its first read
exec 8<"$dir/dir/sub/once" 9<"$dir/dir/sub/once"
is 1 head -c 1 <&8
is 2 head -c 1 <&9
is "" head -n 1 <&8
is 3 cat "$dir/dir/sub/once"
is 12345678 cat "$dir/small"
[ "$(cat "$dir/large" | wc -c)" = 5000 ] || fail "large: $(cat "$dir/large" | wc -c) bytes"
dd if="$dir/large" bs=1 count=3000 2>/dev/null | tail -c 4 | grep -q '^6789$' || fail "a large file byte by byte"

# more than a string holds comes in parts
head -c 1000 /dev/zero | tr '\0' x >"$dir/dir/other"

cat "$dir/bad" >/dev/null 2>&1 && fail "an error in the handler is not told"
is fine cat "$dir/bad"

# readers of one file beside each other, a writer among them
for i in 1 2 3 4; do
	(j=0; while [ $j -lt 10 ]; do cat "$dir/dir/sub/once" "$dir/command" >/dev/null; j=$((j + 1)); done) &
	pids="$pids $!"
done
j=0
while [ $j -lt 10 ]; do echo 5 >"$dir/command"; j=$((j + 1)); done
wait $pids
is 44 cat "$dir/dir/sub/once" # 4 so far

# the files go though two of them are held open and one is being written
exec 7>"$dir/dir/other"
echo stop >"$dir/command"
wait $t || fail "exit $?"
ls -d /proc/systemtap >/dev/null 2>&1 && fail "/proc/systemtap is still there"
head -c 1 <&9 >/dev/null 2>&1 && fail "a file without a session was read"
echo x >&7 2>/dev/null && fail "a file without a session was written"
exec 7>&- 8<&- 9<&-
expect /tmp/out '^caught buffer size exceeded, consider \.maxsize\(N\)\.' '^other 511 <xxxx>$' '^other 489 <xxxx>$' '^end n=0 written=41$' '^stop$'
expect /tmp/err 'ERROR: not now'

# killed while a file is open: the keeper unloads all the same
start
exec 9<"$dir/dir/sub/once"
kill -9 $t
wait $t 2>/dev/null
await no_module
ls -d /proc/systemtap >/dev/null 2>&1 && fail "/proc/systemtap is still there after kill -9"
exec 9<&-
