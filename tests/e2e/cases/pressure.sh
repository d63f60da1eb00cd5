# The machine has memory, but others have taken it: the load is refused, nobody is
# killed for it, what needs little runs, and when there is memory again, so does this.
left() { sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
# what others still give back may have to be taken too, and what is missing given back
take() {
	echo $(($(cat $pages) + ($(left) - 100000) / size)) >$pages
	[ "$(left)" -lt 110000 ]
}
given_back() { [ "$(left)" -gt 300000 ]; }
sleep 600 &
w=$!
# large pages leave everybody else's memory, and need not be written for that
pages=/proc/sys/vm/nr_hugepages
size=$(sed -n 's/^Hugepagesize: *\([0-9]*\) kB/\1/p' /proc/meminfo)
for i in 1 2 3; do
	await take || fail "$(left) kB are left"
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err
	rc=$?
	[ $rc = 71 ] || fail "exit $rc"
	expect /tmp/err 'not enough memory for the module and its buffers'
	[ -s /tmp/out ] && fail "output in spite of the refusal"
	no_module || fail "a module was left"
done
# the pages that CPUs keep on lists of their own do not count as available (/proc/zoneinfo)
await take || fail "$(left) kB are left"
[ "$($TAPRUN /cases/hello.tap 2>&1)" = "$(cat /cases/hello.out)" ] || fail "hello does not run: $(left) kB are left"
echo 0 >$pages
await given_back
$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $? with memory"
expect /tmp/out '^ran$' '^1$'
kill $w || fail "a bystander was killed"
wait $w 2>/dev/null
