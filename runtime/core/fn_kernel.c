// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a script cannot read by itself: tasks by number, bitmaps, per-CPU
 * counters, load averages (tapset/linux/task.stp, proc_mem.stp, loadavg.stp,
 * memory.stp, arch.stp).
 *
 * Every loop is bounded; memory is read as a script reads it.
 */
#include "runtime/core/core.h"

#include <linux/bitops.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

#include "runtime/compat/kc_kernel.h"
#include "runtime/compat/kc_task.h"
#include "runtime/core/arch.h"

s64 taprt_fn_page_size(struct taprt_ctx *c)
{
	(void)c;
	return PAGE_SIZE;
}

/* Its thread id as the first pid namespace has it; 0: there is none. */
s64 taprt_fn_pid2task(struct taprt_ctx *c, s64 pid)
{
	struct task_struct *t = NULL;

	(void)c;
	if (pid <= 0 || pid > INT_MAX)
		return 0;
	/* the handler itself keeps RCU from freeing what is found */
	rcu_read_lock();
	t = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	rcu_read_unlock();
	return (long)t;
}

#define RT_BITS_MAX (1 << 20)

/* How many of the first @n bits at @addr are set; RT_BITS_MAX bits at most. */
s64 taprt_fn_bits_set(struct taprt_ctx *c, s64 addr, s64 n)
{
	unsigned long words[8];
	s64 set = 0;
	u32 i, some;

	if (n > RT_BITS_MAX)
		n = RT_BITS_MAX;
	for (; n > 0; n -= some * BITS_PER_LONG, addr += sizeof(words)) {
		some = n < (s64)sizeof(words) * 8
			       ? DIV_ROUND_UP((u32)n, BITS_PER_LONG)
			       : ARRAY_SIZE(words);
		if (taprt_read_mem(words, addr, some * sizeof(long), false)) {
			taprt_fail_addr(c, "kernel bitmap copy fault at ", addr,
					"");
			return 0;
		}
		if (n < some * BITS_PER_LONG)
			words[some - 1] &= ~0UL >> (some * BITS_PER_LONG - n);
		for (i = 0; i < some; i++)
			set += hweight_long(words[i]);
	}
	return set;
}

/* The sum of a per-CPU s32, given what a __percpu pointer holds. */
s64 taprt_fn_percpu_sum(struct taprt_ctx *c, s64 ptr)
{
	s64 sum = 0;
	s32 v;
	u32 i;

	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpu_possible(i))
			continue;
		if (taprt_read_mem(&v, ptr + per_cpu_offset(i), sizeof(v),
				   false)) {
			taprt_fail_addr(c, "per-CPU copy fault at ", ptr, "");
			return 0;
		}
		sum += v;
	}
	return sum;
}

/* A load average as the kernel keeps it: 11 bits of it are the fraction. */
s64 taprt_fn_loadavg(struct taprt_ctx *c, s64 i)
{
	if (i < 0 || i > 2) {
		taprt_fail_num(c, "there is no load average ", i, "");
		return 0;
	}
	return kc_loadavg(i);
}

/* The NUMA node whose memory a kernel address is; -1: none's. */
s64 taprt_fn_addr_to_node(struct taprt_ctx *c, s64 addr)
{
	unsigned long pfn;
	int nid;

	(void)c;
	if (!virt_addr_valid((void *)(long)addr))
		return -1;
	pfn = __pa(addr) >> PAGE_SHIFT;
	for_each_online_node(nid) if (pfn >= node_start_pfn(nid) &&
				      pfn < node_end_pfn(nid)) return nid;
	return -1;
}

/* 1 if the current program is a 32-bit one. */
s64 taprt_fn_user32(struct taprt_ctx *c)
{
	(void)c;
	return current->mm && rt_arch_user32(task_pt_regs(current));
}
