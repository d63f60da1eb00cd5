/* SPDX-License-Identifier: GPL-2.0-only */
/* How a probe enters its CPU's context, runs a handler there, and leaves. */
#ifndef RUNTIME_CORE_ENTER_H
#define RUNTIME_CORE_ENTER_H

#include "runtime/core/cpu.h"
#include "runtime/core/part.h"

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

#include "runtime/compat/kc_task.h"

/* session.c: enum tapw_state; what moves it is told there */
extern s32 taprt_state;

static inline bool rt_running(void)
{
	return likely(rt_read_once(taprt_state) == TAPW_RUNNING);
}

/* Is a probe to be in place?  A condition that does not hold says no. */
static inline bool rt_wanted(u32 probe)
{
	return !taprt_program.wanted || taprt_program.wanted[probe];
}

/* session.c */
void taprt_session_fail(const char *reason); /* any context */
/* Held while probes are put in place or taken away; sleeps. */
void taprt_session_lock(void);
void taprt_session_unlock(void);

/* context.c */
DECLARE_PER_CPU(struct rt_cpu *, taprt_this);
DECLARE_PER_CPU(u32, taprt_busy); /* a handler is running */
/* of handlers that only count, which have no struct rt_cpu */
DECLARE_PER_CPU(u64, taprt_counted_hits);
DECLARE_PER_CPU(u64, taprt_counted_skips);
void taprt_counted_measure(const struct taprt_add *a);
void taprt_skip(struct rt_cpu *r, enum taprt_skip why);
void taprt_report(struct rt_cpu *r);
void taprt_overload_check(struct rt_cpu *r, u64 now);

/* ---- entering ----------------------------------------------------------------- */

static __always_inline void rt_ctx_reset(struct rt_cpu *r,
					 const struct taprt_probe *p)
{
	struct taprt_ctx *c = &r->c;

	c->error = NULL;
	c->near = NULL;
	c->ncalls = 0;
	c->aborted = false;
	c->actions = p->actions;
	c->depth = 0;
	c->groups = 0;
	c->probe = p;
	c->frame = r->frame_mem;
	c->saved = NULL;
	c->regs = NULL;
	c->ip = 0;
	c->from = 0;
}

/* This CPU's context with interrupts off; NULL = a handler is running. */
static __always_inline struct rt_cpu *rt_enter(unsigned long *flags)
{
	struct rt_cpu *r;

	raw_local_irq_save(*flags);
	r = kc_cpu_read(taprt_this);
	if (unlikely(kc_cpu_read(taprt_busy))) {
		r->skipped[RT_SKIP_REENTRY]++;
		raw_local_irq_restore(*flags);
		return NULL;
	}
	kc_cpu_write(taprt_busy, 1);
	barrier();
	return r;
}

static __always_inline void rt_leave(struct rt_cpu *r, unsigned long flags)
{
	barrier();
	kc_cpu_write(taprt_busy, 0);
	raw_local_irq_restore(flags);
}

/* From process context with interrupts on; a handler here is never busy. */
static inline struct rt_cpu *rt_enter_task(void)
{
	struct rt_cpu *r;

	preempt_disable();
	r = kc_cpu_read(taprt_this);
	kc_cpu_write(taprt_busy, 1);
	barrier();
	return r;
}

static inline void rt_leave_task(struct rt_cpu *r)
{
	barrier();
	kc_cpu_write(taprt_busy, 0);
	preempt_enable();
}

/* Likewise for an event at one of taprt_points. */
static __always_inline void rt_point_ctx(struct rt_cpu *r, u32 point,
					 const struct taprt_probe *p)
{
	const struct taprt_point *pt = &taprt_points[point];

	rt_ctx_reset(r, p);
	r->c.point = point;
	r->c.func = taprt_strings + pt->func;
	r->c.pp = taprt_strings + pt->pp;
}

static __always_inline const struct taprt_probe *rt_point_probe(u32 point)
{
	return &taprt_program.probes[taprt_points[point].probe];
}

/* ---- running ------------------------------------------------------------------- */

/*
 * For how many hits does this one stand?  0 = it is not measured.  To read the clock
 * twice takes as long as a short handler: of the steady ones every eighth is measured,
 * on average, at distances that no pattern of events can keep in step with.
 */
static __always_inline u32 rt_overload_weight(struct rt_cpu *r, u32 flags)
{
	if (!taprt_program.overload_interval)
		return 0;
	if (!(flags & TAPRT_P_STEADY))
		return 1;
	if (likely(r->pass)) {
		r->pass--;
		return 0;
	}
	r->pace = r->pace * 5 + 1;
	r->pass = r->pace >> 29 << 1; /* 0, 2 … 14 */
	return 8;
}

static __always_inline void rt_overload_add(struct rt_cpu *r, u64 t0,
					    u32 weight)
{
	u64 now = get_cycles();

	r->cycles_used += (now - t0) * weight;
	if (unlikely(now - r->cycles_base > taprt_program.overload_interval))
		taprt_overload_check(r, now);
}

static __always_inline void rt_finish(struct rt_cpu *r)
{
	if (unlikely(r->nheld))
		taprt_release(r);
	if (unlikely(r->c.error))
		taprt_report(r);
	if (r->c.out.start || r->ring.time_ns)
		taprt_ring_end(&r->ring, &r->c.out);
}

/* Run script code in the entered context @r; false = skipped.  @flags: its probe's */
static __always_inline bool
rt_run_part(struct rt_cpu *r, void (*fn)(struct taprt_ctx *c), u32 flags)
{
	u32 weight;
	u64 t0 = 0;

	if (unlikely(kc_stack_low(taprt_program.minstack))) {
		taprt_skip(r, RT_SKIP_STACK);
		return false;
	}
	weight = rt_overload_weight(r, flags);
	if (weight)
		t0 = get_cycles();
	fn(&r->c);
	rt_finish(r);
	if (weight)
		rt_overload_add(r, t0, weight);
	return true;
}

/* With -t: by way of timing.c. */
static __always_inline void (*rt_handler(const struct taprt_probe *p))(
	struct taprt_ctx *c)
{
	return unlikely(taprt_program.timed) ? taprt_program.timed : p->handler;
}

/* Run one event's handler; false = skipped. */
static __always_inline bool rt_run(struct rt_cpu *r,
				   const struct taprt_probe *p)
{
	if (!rt_run_part(r, rt_handler(p), p->flags))
		return false;
	r->hits++;
	return true;
}

/*
 * Is it seen how long the hit after @n others takes?  One of 256, and what is periodic
 * in the events meets them as any other: multiples of the golden ratio spread evenly.
 */
enum { RT_COUNTED_WEIGHT = 256 };

static __always_inline bool rt_counted_measured(u64 n)
{
	return n * 0x9e3779b97f4a7c15ULL < ~0ULL / RT_COUNTED_WEIGHT;
}

static __always_inline void rt_add_all(const struct taprt_add *a)
{
	for (; a->to; a++)
		atomic64_add(a->by, (atomic64_t *)a->to);
}

/*
 * A handler that only counts needs no context, and no interrupts off, since each step is
 * one instruction; true = it is done.  Like any other it does not run for what happens
 * inside a handler, and some of its hits are measured.
 */
static __always_inline bool rt_counted(const struct taprt_probe *p)
{
	const struct taprt_add *a = p->adds;

	if (!a)
		return false;
	if (unlikely(kc_cpu_read(taprt_busy))) {
		kc_cpu_inc(taprt_counted_skips);
		return true;
	}
	if (unlikely(rt_counted_measured(kc_cpu_read(taprt_counted_hits))))
		taprt_counted_measure(a);
	else
		rt_add_all(a);
	kc_cpu_inc(taprt_counted_hits);
	return true;
}

#endif
