// SPDX-License-Identifier: GPL-2.0-only
/*
 * What guru scripts do to the kernel: keep a CPU busy, send a signal, end it all
 * (tapset/linux/guru.stp).
 */
#include "runtime/core/part.h"

#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/sched.h>

#include "runtime/compat/kc_task.h"
#include "runtime/core/cpu.h"
#if KC_HAVE_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif

#define RT_DELAY_MAX_US (10 * 1000 * 1000)

s64 taprt_fn_udelay(struct taprt_ctx *c, s64 us)
{
	if (us < 0 || us > RT_DELAY_MAX_US) {
		taprt_fail_num(c, "delay of ", us,
			       " us is not 0 to 10 seconds");
		return 0;
	}
	for (; us > 1000; us -= 1000)
		udelay(1000);
	udelay(us);
	return 0;
}

s64 taprt_fn_mdelay(struct taprt_ctx *c, s64 ms)
{
	/* more than fits is too much in any case */
	return taprt_fn_udelay(c, ms > RT_DELAY_MAX_US ? ms : ms * 1000);
}

s64 taprt_fn_panic(struct taprt_ctx *c, const char *msg)
{
	(void)c;
	panic("%s", msg);
	return 0;
}

/*
 * Signals on their way.  A handler may hold what sending takes (siglock, run
 * queues), so that an interrupt sends them, which none of that lets in.
 */
struct rt_raise {
	struct irq_work work;
	struct task_struct *task; /* reference; NULL: free */
	int signo;
	bool ready;
};
static DEFINE_PER_CPU(struct rt_raise, rt_raises);

static void rt_raise_send(struct irq_work *w)
{
	struct rt_raise *r = container_of(w, struct rt_raise, work);
	struct task_struct *t = r->task;

	send_sig(r->signo, t, 1);
	rt_store_release(&r->task, NULL);
	put_task_struct(t);
}

s64 taprt_fn_raise(struct taprt_ctx *c, s64 signo)
{
	struct rt_raise *r = this_cpu_ptr(&rt_raises);

	if (signo <= 0 || signo > _NSIG) {
		taprt_fail_num(c, "there is no signal ", signo, "");
		return 0;
	}
	if (r->task) {
		taprt_fail_num(c, "no signal ", signo,
			       " while another is on its way");
		return 0;
	}
	if (!r->ready)
		init_irq_work(&r->work, rt_raise_send);
	r->ready = true;
	r->signo = signo;
	r->task = current;
	get_task_struct(current);
	irq_work_queue(&r->work);
	return 0;
}

/* After the last handler: nothing is on its way any more. */
static void rt_raise_exit(void)
{
	u32 i;

	for (i = 0; i < taprt_ncpus; i++)
		if (taprt_cpu_possible(i) && per_cpu(rt_raises, i).ready)
			irq_work_sync(&per_cpu(rt_raises, i).work);
}

const struct taprt_part taprt_part_guru = {
	.exit = rt_raise_exit,
};
