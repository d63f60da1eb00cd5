$TAPRUN "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc -eq 0 ] || fail "exit $rc"
expect /tmp/out '^2 1 1 1$' '^end probe$'
grep -q after /tmp/out && fail "a handler went on after an error"
expect /tmp/err '^ERROR: MAXACTION exceeded near' '^ERROR: MAXNESTING exceeded near .*\(called from identifier .down. at runtime_errors.stp:3:46\).* in probe begin\(2\)$' \
	'^ERROR: Array overflow, check size limit \(3\) near .*runtime_errors.stp:6:' \
	'^ERROR: division by 0 near' '^ERROR: by hand near' '^ERROR: kernel string copy fault at 0x0*8 ' \
	'^ERROR: Array overflow, check MAXMAPENTRIES near' \
	'^WARNING: Number of errors: 7, skipped probes: 0$'
