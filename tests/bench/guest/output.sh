# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# As many lines as a loop of system calls can make: how many arrive, and is each
# that does not counted?  The kernel's own trace_pipe is measured the same way.
calls=100000

rates() { # NAME FILE NS LOST
	echo "$3" | awk -v n="$calls" -v name="$1" -v lines="$(grep -c getppid "$2")" \
		-v bytes="$(wc -c <"$2")" '{
		s = $1 * n / 1e9
		printf "| output.%s.lines %d\n", name, lines
		printf "| output.%s.mbs %.1f\n", name, bytes / s / 1e6
		printf "| output.%s.lps %d\n", name, lines / s
	}'
	echo "| output.$1.lost $4"
}

ours() {
	$TAPRUN -v -o /tmp/lines -c "/cases/bin/calls $calls 1" "$TAP" >/tmp/ns 2>/tmp/err ||
		fail "exit $?"
	lost=$(sed -n 's/.*There were \([0-9]*\) lost messages.*/\1/p' /tmp/err)
	hits=$(sed -n 's/.* \([0-9]*\) hits.*/\1/p' /tmp/err)
	rates ours /tmp/lines "$(cat /tmp/ns)" "${lost:-0}"
	silent=$((hits - ${lost:-0} - $(wc -l </tmp/lines)))
	echo "| output.ours.silent ${silent#-}"
	rm -f /tmp/lines
}

by_kernel() {
	t=/sys/kernel/debug/tracing
	[ -w $t/kprobe_events ] || return
	echo 'p:tapbench __x64_sys_getppid' >$t/kprobe_events || return
	echo 1 >$t/events/kprobes/tapbench/enable
	cat $t/trace_pipe >/tmp/lines &
	reader=$!
	ns=$(/cases/bin/calls $calls 1)
	echo 0 >$t/events/kprobes/tapbench/enable
	sleep 2
	kill $reader
	wait $reader
	echo >$t/kprobe_events
	lost=$(sed -n 's/.*LOST \([0-9]*\) EVENTS.*/\1/p' /tmp/lines | awk '{ n += $1 } END { print n + 0 }')
	rates kernel /tmp/lines "$ns" "$lost"
	rm -f /tmp/lines
}

for turn in 1 2 3 4 5 6 7; do
	ours
	by_kernel
done
