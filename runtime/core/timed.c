// SPDX-License-Identifier: GPL-2.0-only
/* tapbuild -t in the kernel: timing.c, and where its lines go. */
#include "runtime/core/enter.h"

#include "runtime/core/timing.c"

static struct taprt_ctx *rt_timing_enter(void)
{
	return &rt_enter_task()->c;
}

static void rt_timing_leave(struct taprt_ctx *c)
{
	struct rt_cpu *r = rt_of(c);

	taprt_ring_end(&r->ring, &c->out);
	rt_leave_task(r);
}
