# run WHAT COMMAND...: all lines in order, none lost; "maps N": N mappings of the relay
run() {
	what=$1
	shift
	"$@" -c "sh -c 'echo maps \$(grep -c /proc/tap- /proc/\$PPID/maps); work both 500 7779'" "$TAP" >/tmp/out 2>/tmp/err ||
		fail "$what: exit $?"
	grep '^seq' /tmp/out | awk '$2 != NR { bad++ } END { exit bad > 0 || NR != 1000 }' ||
		fail "$what: $(grep -c '^seq' /tmp/out) lines, out of order or lost"
	expect /tmp/out '^end 1000$'
	[ -s /tmp/err ] && fail "$what: messages"
}
run "all calls" $TAPRUN
grep -q '^maps [1-9]' /tmp/out || fail "the relay is not mapped: the next ones prove nothing"
run "without mmap" work without shared_mmap $TAPRUN
expect /tmp/out '^maps 0$'
run "without finit_module" work without finit_module $TAPRUN
run "without both" work without finit_module work without shared_mmap $TAPRUN
expect /tmp/out '^maps 0$'
# where the filter leaves neither, nothing is loaded: it is the filter that decides above
work without finit_module work without init_module $TAPRUN "$TAP" >/tmp/out 2>/tmp/err
rc=$?
[ $rc = 61 ] || fail "neither call: exit $rc"
expect /tmp/err 'without loadable modules'
