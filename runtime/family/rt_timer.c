// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timer probes: hrtimers (ns) and ordinary timers (jiffies).
 *
 * Each is armed for its next time before its handler runs, at the previous time
 * plus the interval, so the phase is kept.  A timer that fell far behind (the
 * machine stood still) skips ahead instead of firing in a row.
 */
#include "runtime/core/enter.h"

#include <linux/jiffies.h>

#define RT_TIMER_BEHIND 8 /* intervals */

struct rt_timer {
	const struct taprt_probe *p;
	union {
		struct hrtimer hr;
		struct timer_list tl;
	};
	bool armed;
};

static struct rt_timer *rt_timers; /* by probe index; of other kinds unused */

static const char *rt_timer_type(const struct taprt_probe *p)
{
	return p->flags & TAPRT_P_JIFFIES ? "timer" : "hrtimer";
}

const struct taprt_kind taprt_kind_timer = {
	.type = rt_timer_type,
	.in_irq = true,
};

static void rt_timer_fire(const struct rt_timer *t)
{
	const struct taprt_probe *p = t->p;
	unsigned long flags;
	struct rt_cpu *r = rt_enter(&flags);

	if (!r)
		return;
	rt_ctx_reset(r, p);
	r->c.point = p - taprt_program.probes;
	r->c.func = "";
	r->c.pp = p->name;
	rt_run(r, p);
	rt_leave(r, flags);
}

/* The interval, or with randomize one in [interval - m, interval + m]. */
static u64 rt_timer_interval(const struct taprt_probe *p)
{
	u64 m = p->randomize, v = p->interval;

	if (m) {
		if (m > v)
			m = v;
		v = v - m + rt_random(kc_cpu_read(taprt_this)) % (2 * m + 1);
	}
	return v ? v : 1;
}

static enum hrtimer_restart rt_hrtimer_fn(struct hrtimer *hr)
{
	struct rt_timer *t = container_of(hr, struct rt_timer, hr);
	u64 step = rt_timer_interval(t->p), now, next;

	if (!rt_running())
		return HRTIMER_NORESTART;
	now = ktime_to_ns(ktime_get());
	next = ktime_to_ns(hrtimer_get_expires(hr)) + step;
	if (now > next && now - next > RT_TIMER_BEHIND * t->p->interval)
		next = now + step;
	hrtimer_set_expires(hr, ns_to_ktime(next));
	rt_timer_fire(t);
	return rt_running() ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

KC_TIMER_FN(rt_jiffies_fn)
{
	struct rt_timer *t = kc_timer_of(struct rt_timer, tl);

	if (!rt_running())
		return;
	mod_timer(&t->tl, jiffies + rt_timer_interval(t->p));
	rt_timer_fire(t);
}

static void rt_timer_arm(struct rt_timer *t, const struct taprt_probe *p)
{
	u64 step;

	preempt_disable();
	step = rt_timer_interval(p);
	preempt_enable();
	t->p = p;
	t->armed = true;
	if (p->flags & TAPRT_P_JIFFIES) {
		kc_timer_init(&t->tl, rt_jiffies_fn);
		mod_timer(&t->tl, jiffies + step);
	} else {
		kc_hrtimer_init(&t->hr, rt_hrtimer_fn);
		hrtimer_start(&t->hr, ktime_add_ns(ktime_get(), step),
			      KC_HRTIMER_ABS);
	}
}

static void rt_timer_disarm(struct rt_timer *t)
{
	if (!t->armed)
		return;
	if (t->p->flags & TAPRT_P_JIFFIES)
		kc_timer_stop(&t->tl);
	else
		hrtimer_cancel(&t->hr);
	t->armed = false;
}

/* A timer whose condition comes true begins a new interval. */
static void rt_timers_arm(void)
{
	const struct taprt_probe *p = taprt_program.probes;
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++) {
		if (p[i].kind != &taprt_kind_timer)
			continue;
		if (!rt_wanted(i))
			rt_timer_disarm(&rt_timers[i]);
		else if (!rt_timers[i].armed)
			rt_timer_arm(&rt_timers[i], &p[i]);
	}
}

static void rt_timers_disarm(void)
{
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++)
		rt_timer_disarm(&rt_timers[i]);
}

static int rt_timers_init(void)
{
	rt_timers =
		taprt_alloc((taprt_program.nprobes + 1) * sizeof(*rt_timers));
	return rt_timers ? 0 : -ENOMEM;
}

static void rt_timers_exit(void)
{
	taprt_free(rt_timers);
}

const struct taprt_part taprt_part_timer = {
	.init = rt_timers_init,
	.exit = rt_timers_exit,
	.rearm = rt_timers_arm,
	.run = rt_timers_arm,
	.disarm = rt_timers_disarm,
};
