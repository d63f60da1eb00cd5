// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probes with a condition: in place only while it holds.
 *
 * A handler that writes to what a condition reads only leaves a mark and asks for an
 * interrupt, which is allowed anywhere; that starts a work, a tick later so that
 * many changes are one; and the work looks at all conditions and has the families
 * follow.  Until then, and where a family cannot be switched, the handler's own test
 * of the condition decides.
 */
#include "runtime/core/enter.h"

#include <linux/irq_work.h>
#include <linux/workqueue.h>

static u32 rt_cond_dirty; /* the work was asked for and has not begun */
static struct irq_work rt_cond_irq;
static struct delayed_work rt_cond_work;

/* What was written is seen by the work that clears the mark, or the mark is clear. */
void taprt_cond_changed(void)
{
	rt_mb();
	if (!rt_read_once(rt_cond_dirty) && rt_running() &&
	    !rt_xchg(&rt_cond_dirty, 1u))
		irq_work_queue(&rt_cond_irq);
}

static void rt_cond_irq_fn(struct irq_work *w)
{
	schedule_delayed_work(&rt_cond_work, 1);
}

/* 0 or 1; -1: it could not be looked at now */
static int rt_cond_holds(u32 i)
{
	const struct taprt_probe *p = &taprt_program.probes[i];
	unsigned long flags;
	struct rt_cpu *r = rt_enter(&flags);
	int v = -1;

	if (!r)
		return -1;
	rt_ctx_reset(r, p);
	r->c.point = i;
	r->c.func = "";
	r->c.pp = p->name;
	r->c.retval = 0;
	r->looks = true;
	if (rt_run_part(r, p->cond, 0) && !r->c.error)
		v = r->c.retval != 0;
	r->looks = false;
	rt_leave(r, flags);
	return v;
}

/* Is any other now than it was? */
static bool rt_conds_look(void)
{
	bool changed = false;
	u32 i;
	int v;

	for (i = 0; i < taprt_program.nprobes; i++) {
		v = taprt_program.probes[i].cond ? rt_cond_holds(i) : 1;
		if (v < 0) {
			taprt_cond_changed(); /* look again */
		} else if (taprt_program.wanted[i] != v) {
			taprt_program.wanted[i] = v;
			changed = true;
		}
	}
	return changed;
}

static void rt_cond_work_fn(struct work_struct *w)
{
	const struct taprt_part *const *p;

	taprt_session_lock();
	rt_xchg(&rt_cond_dirty,
		0u); /* what is written from now on counts again */
	if (rt_running() && rt_conds_look())
		for (p = taprt_parts; *p; p++)
			if ((*p)->rearm)
				(*p)->rearm();
	taprt_session_unlock();
}

static int rt_cond_init(void)
{
	init_irq_work(&rt_cond_irq, rt_cond_irq_fn);
	INIT_DELAYED_WORK(&rt_cond_work, rt_cond_work_fn);
	return 0;
}

/* Before any other part's: they ask rt_wanted(). */
static void rt_cond_arm(void)
{
	rt_conds_look();
}

/* No handler runs any more; the work finds a session that is over. */
static void rt_cond_exit(void)
{
	if (!rt_cond_work.work.func)
		return; /* the load failed before */
	irq_work_sync(&rt_cond_irq);
	cancel_delayed_work_sync(&rt_cond_work);
}

const struct taprt_part taprt_part_cond = {
	.init = rt_cond_init,
	.exit = rt_cond_exit,
	.arm = rt_cond_arm,
};
