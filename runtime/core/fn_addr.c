// SPDX-License-Identifier: GPL-2.0-only
/* One part of the runtime: where the kernel's data is in this boot. */
#include "runtime/core/core.h"

#include <linux/kprobes.h>
#include <linux/percpu.h>

#include "runtime/core/cpu.h"

static u64 rt_slide(void)
{
	return (unsigned long)register_kprobe - taprt_target.ref_addr;
}

s64 taprt_fn_kaddr(struct taprt_ctx *c, s64 link)
{
	(void)c;
	return link + rt_slide();
}

/*
 * Per-CPU data is linked from 0 on, or, since 6.15, beside the rest of the kernel
 * (x86/percpu: Remove PER_CPU_FIRST_PAGE_SECTION); only that is moved with it.
 */
s64 taprt_fn_kaddr_cpu(struct taprt_ctx *c, s64 link)
{
	u64 at = link < 0 ? link + rt_slide() : link;

	(void)c;
	return at + per_cpu_offset(rt_cpu_id());
}
