# Programs come and go, compute and fault until everything was seen.
bin=/bin/work
[ -e $bin ] || ln -s "$(command -v work)" $bin
cat >/tmp/counter.sh <<'S'
until grep -q '^no: ' /tmp/out; do
	/bin/work read 1 1
	sh -c 'true; exit 0'
	i=0
	while [ $i -lt 300 ]; do i=$((i + 1)); done
done
S
timeout 600 $TAPRUN -c "sh /tmp/counter.sh" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^begin 1$' '^hw: the kernel has not got this perf counter' \
	'^no: the kernel has not got this perf counter' '^less 0 more 0 end 1$'
expect /tmp/err "^WARNING: perf probe 'perf\.type\(0\)\.config\(0\)\.counter\(\"hw\"\)' is not supported by this kernel" \
	"^WARNING: perf probe 'perf\.type\(1\)\.config\(2\)\.process\(\"/no/such/program\"\)\.counter\(\"no\"\)' finds no such program \(rc -2\)$"
