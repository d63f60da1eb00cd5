# The program computes, faults and sleeps until everything was seen.
bin=/bin/work
[ -e $bin ] || ln -s "$(command -v work)" $bin
timeout 600 $TAPRUN -c "sh -c 'until grep -q ^all /tmp/out; do $bin read 1 1; i=0; while [ \$i -lt 3000 ]; do i=\$((i+1)); done; done'" \
	"$TAP" >/tmp/out 2>/tmp/err || fail "exit $?: $(cat /tmp/err)"
expect /tmp/out '^stack 0xf[0-9a-f]{15}' '^perf perf\.type\(1\)\.config\(0\)\.hz\(500\) perf\.sw\.cpu_clock\.hz\(500\)$' '^all 0$'
expect /tmp/err "^WARNING: perf probe 'perf\.type\(77777\)\.config\(1\)' is not supported by this kernel \(rc -2\)$" \
	"^WARNING: perf probe 'perf\.type\(1\)\.config\(0\)\.process\(\"/no/such/program\"\)' finds no such program \(rc -2\)$" \
	"^WARNING: perf probe 'perf\.type\(0\)\.config\(0\)' is not supported by this kernel"
