# Ten sessions, then 30 more (90 in one boot), each ended by itself: what the kernel keeps of
# them is what it kept of the ten, so what one of them left would be seen 30 times.  What
# it takes once, when it happens to, it does not take of the next 30 again.  Only what is counted
# exactly is compared: mapped areas by who made them, memory for CPUs, pages with copied
# code, hooks and files.
facts() {
	# a stack belongs to a process, and an area that was given back is no one's
	sed 's/^[^ ]* *\([0-9]*\) \([^ +]*\).*/\2 \1/' /proc/vmallocinfo |
		grep -Ev 'dup_task|thread_stack|copy_process|kernel_clone|_do_fork|unpurged|vm_map_ram|^vm_area' | sort | uniq -c
	grep Percpu /proc/meminfo
	# a pattern would take seconds for each look at so many lines
	grep -F __builtin__ /proc/kallsyms | grep -E '\[__builtin__(kprobes|ftrace)\]' | sed 's/.* \([a-z_]*\)/\1/' | sort | uniq -c
	cat /proc/modules /sys/kernel/debug/kprobes/list /sys/kernel/debug/tracing/enabled_functions
	ls -d /proc/systemtap /proc/tap-*
	ls /sys/kernel/tracing/instances /sys/module | sort
}
# Filters and trampolines are given back by workers: what stays as it is for some seconds.
settle() {
	same=0 looks=0
	: >/tmp/facts.all
	while [ $same -lt 6 ] && [ $((looks += 1)) -lt 100 ]; do
		usleep 200000
		facts >/tmp/facts.now 2>/dev/null
		cmp -s /tmp/facts.now /tmp/facts.all && same=$((same + 1)) || same=0
		mv /tmp/facts.now /tmp/facts.all
	done
}
bad=0
n=0
sessions() { # up to the N-th
	while [ $n -lt $1 ] && [ $bad = 0 ]; do
		n=$((n + 1))
		$TAPRUN "$TAP" >/tmp/out 2>/tmp/err || bad=1
		[ -s /tmp/out ] || [ -s /tmp/err ] && bad=1
	done
}
as_then() { # given a while to become so
	looks=0
	until facts >/tmp/facts.all 2>/dev/null; cmp -s /tmp/facts.then /tmp/facts.all; do
		[ $((looks += 1)) -lt 60 ] || return 1
		usleep 200000
	done
}
sessions 10
for try in 1 2 3; do
	settle
	mv /tmp/facts.all /tmp/facts.then
	sessions $((n + ${rounds:-40} - 10))
	[ $bad = 0 ] || break
	as_then && break
	diff /tmp/facts.then /tmp/facts.all >/tmp/facts.new
	[ $try -lt 3 ] || fail "left behind, three times; now: $(head -20 /tmp/facts.new)"
done
[ $bad = 0 ] || fail "round $n"
grep -q Percpu /tmp/facts.all && grep -q '^ *[1-9]' /tmp/facts.all || fail "nothing was compared"
