d=/tmp/operate
mkdir $d
cpus=$(grep -c ^processor /proc/cpuinfo)
# -b: each CPU's lines in its file, in their order
$TAPRUN -b -o $d/bulk -c "work write 3000 1" "$TAP" 2>/tmp/err || fail "-b: exit $?"
cat $d/bulk_cpu* >/tmp/out
[ "$(grep -c '^cpu' /tmp/out)" -ge 3000 ] || fail "$(grep -c '^cpu' /tmp/out) hits"
for f in $d/bulk_cpu*; do
	c=${f##*cpu}
	[ "$c" -lt "$cpus" ] || fail "a file of CPU $c"
	awk -v c="$c" '$1 == "cpu" && ($2 != c || $4 <= last) { bad = 1 } $1 == "cpu" { last = $4 } END { exit bad }' "$f" || fail "$f: another CPU's, or out of order"
done
[ "$(grep -c '^begin' /tmp/out)" = 200 ] || fail "begin"
rm -f $d/*
# with -S each CPU has a row of files; the last N of each are kept
$TAPRUN -b -S 1,2 -o $d/row-%F -c "work write 60000 1" "$TAP" 2>/tmp/err || fail "-b -S: exit $?"
ls $d >/tmp/files
expect /tmp/files "^row-$(date -u +%Y)-[0-9][0-9]-[0-9][0-9]_cpu[0-9]+\.[1-9]"
for c in $(sed 's/.*_cpu//; s/\..*//' /tmp/files | sort -u); do
	[ "$(grep -c "_cpu$c\." /tmp/files)" -le 2 ] || fail "CPU $c: $(cat /tmp/files)"
done
for f in $d/*; do
	[ "$(stat -c %s "$f")" -le 1048576 ] || fail "$f: $(stat -c %s "$f") bytes"
	# no file begins or ends inside a line
	grep -Evq '^(cpu [0-9]+ hit [0-9]+ \.+|begin [0-9]+|end [0-9]+)$' "$f" && fail "$f: half a line"
done
rm -f $d/*
# -S removes files by the names they had: the seconds have gone on
$TAPRUN -S 1,2 -o $d/t-%s -c "work write 60000 1" "$TAP" 2>/tmp/err || fail "-S: exit $?"
ls $d >/tmp/files
[ "$(grep -c . /tmp/files)" = 2 ] || fail "-S with times: $(cat /tmp/files)"
rm -f $d/*
# --metrics: every state is a whole file, and the counters are those of the module
$TAPRUN --metrics $d/m.prom "$TAP" >/dev/null 2>/tmp/err &
t=$!
await grep -q '^taprun_probes_armed{.*} [1-9]' $d/m.prom
grep -q '^taprun_up{.*} 1$' $d/m.prom || fail "up"
cp $d/m.prom /tmp/out
work write 100 1
# the next one comes within ten seconds; the one hit is the begin probe
await grep -q '^taprun_uptime_seconds{.*} [1-9][0-9]$' $d/m.prom
expect $d/m.prom '^taprun_hits_total\{.*\} [1-9]' '^taprun_relayed_records_total\{.*\} [1-9]' '^taprun_relayed_bytes_total\{.*\} 1[0-9]{3}$'
tail -1 $d/m.prom | grep -qx '# EOF' || fail "half a file"
kill -INT $t
wait $t || fail "exit $?"
expect $d/m.prom '^taprun_up\{.*\} 0$' '^taprun_exit_code\{.*\} 0$'
[ "$(ls $d)" = m.prom ] || fail "files: $(ls $d)"
# a place that cannot be written is told before anything is loaded
$TAPRUN --metrics /nosuch/m.prom "$TAP" >/tmp/more 2>&1
rc=$?
[ $rc = 3 ] || fail "--metrics into nowhere: exit $rc"
expect /tmp/more "cannot write '/nosuch/m\.prom"
rm -rf $d
