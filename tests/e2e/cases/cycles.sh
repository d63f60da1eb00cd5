# KB in use that a module could leave: page tables, per-CPU, slab, vmalloc
used() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(VmallocUsed|Percpu|SUnreclaim|KernelStack):/ { n += $2 } END { print n }' /proc/meminfo
}
for i in 1 2 3; do $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"; done
before=$(used)
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do $TAPRUN "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"; done
# a map of this script alone has 256 KB; the kernel frees some of it when it finds time
settled() {
	after=$(used)
	[ $((after - before)) -lt 1500 ]
}
await settled || fail "memory in use grew from $before to $after KB in 12 runs"
expect /tmp/out '^1$'
