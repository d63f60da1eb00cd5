# 100 sessions, each ended by itself: what the kernel keeps of them is what it keeps of
# ten.  Only what is counted exactly is compared: mapped areas by who made them, memory
# for CPUs, pages with copied code, hooks and files.
facts() {
	# a stack belongs to a process, as does a filter, which a worker gives back;
	# and an area that was given back is no one's
	sed 's/^[^ ]* *\([0-9]*\) \([^ +]*\).*/\2 \1/' /proc/vmallocinfo |
		grep -Ev 'dup_task|thread_stack|copy_process|kernel_clone|_do_fork|unpurged|vm_map_ram|^vm_area|bpf_(prog|jit)' | sort | uniq -c
	grep Percpu /proc/meminfo
	grep -E '\[__builtin__(kprobes|ftrace)\]' /proc/kallsyms | sed 's/.* \([a-z_]*\)/\1/' | sort | uniq -c
	cat /proc/modules /sys/kernel/debug/kprobes/list /sys/kernel/debug/tracing/enabled_functions
	ls -d /proc/systemtap /proc/tap-*
	ls /sys/kernel/tracing/instances /sys/module | sort
}
bad=0
n=0
while [ $n -lt 100 ] && [ $bad = 0 ]; do
	n=$((n + 1))
	$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || bad=1
	[ -s /tmp/out ] || [ -s /tmp/err ] && bad=1
	[ $n = 10 ] && facts >/tmp/facts.10 2>/dev/null
done
[ $bad = 0 ] || fail "round $n"
# More than then, or what was not there then.  What the kernel gives back late may be
# there at either time: one that every round leaves behind would be there 90 times.
settled() {
	facts >/tmp/facts.all 2>/dev/null
	awk '{ key = $0; n = 1 }
		/^ *[0-9]+ / { n = $1; sub(/^ *[0-9]+ /, "", key) }
		NR == FNR { had[key] = n; next }
		n > had[key] + 0 { print }' /tmp/facts.10 /tmp/facts.all >/tmp/grew
	[ ! -s /tmp/grew ]
}
await settled || fail "left behind: $(head -20 /tmp/grew)"
grep -q Percpu /tmp/facts.all && grep -q '^ *[1-9]' /tmp/facts.all || fail "nothing was compared"
