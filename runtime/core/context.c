// SPDX-License-Identifier: GPL-2.0-only
/*
 * The context of each CPU: entering and leaving a handler.
 *
 * A handler runs with interrupts off (timers, functions) or preemption off
 * (begin, end, error), so it never migrates; whatever hits its CPU meanwhile, an
 * NMI included, finds @busy set and is skipped and counted.  That flag is also
 * the guard against recursion through the kernel functions a handler calls.
 *
 * Memory: possible CPUs * (sizeof(struct rt_cpu) + frame_size + 8 * hist_buckets),
 * at load; with captures another sizeof(struct rt_match) + 3 * strsize each.
 */
#include "runtime/core/core.h"

#define RT_FRAME_MIN 64

static DEFINE_PER_CPU(struct rt_cpu *, rt_this);
static struct rt_cpu **rt_cpus; /* by CPU id */
u32 rt_ncpus;
u64 rt_memory, rt_memory_max;
bool rt_memory_over;

bool rt_cpu_possible(u32 cpu)
{
	return cpu < nr_cpu_ids && cpu_possible(cpu);
}

static void rt_contexts_exit(void)
{
	u32 i;

	if (!rt_cpus)
		return;
	for (i = 0; i < rt_ncpus; i++) {
		if (!rt_cpus[i])
			continue;
		per_cpu(rt_this, i) = NULL;
		kc_free(rt_cpus[i]->hist);
		kc_free(rt_cpus[i]->match);
		kc_free(rt_cpus[i]->frame_mem);
		kc_free(rt_cpus[i]);
	}
	kc_free(rt_cpus);
	rt_cpus = NULL;
}

static int rt_contexts_init(void)
{
	u32 i, frame = taprt_program.frame_size;
	u32 buckets = taprt_program.hist_buckets;
	struct rt_cpu *r;

	if (frame < RT_FRAME_MIN)
		frame = RT_FRAME_MIN;
	rt_cpus = rt_alloc(rt_ncpus * sizeof(*rt_cpus));
	if (!rt_cpus)
		return -ENOMEM;
	for (i = 0; i < rt_ncpus; i++) {
		if (!rt_cpu_possible(i))
			continue;
		r = rt_alloc_cpu(sizeof(*r), i);
		if (!r)
			return -ENOMEM;
		rt_cpus[i] = r;
		r->cpu = i;
		r->frame_mem = rt_alloc_cpu(frame, i);
		if (!r->frame_mem)
			return -ENOMEM;
		r->hist = rt_alloc_cpu(buckets * sizeof(*r->hist), i);
		if (buckets && !r->hist)
			return -ENOMEM;
		if (taprt_program.captures) {
			r->match = rt_match_new(i);
			if (!r->match)
				return -ENOMEM;
		}
		r->c.frame_end = r->frame_mem + frame;
		r->c.out.ring = &r->ring;
		r->rnd = (u64)kc_mono_ns() + i * 0x9e3779b97f4a7c15ULL + 1;
		per_cpu(rt_this, i) = r;
	}
	return 0;
}

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
}

/* This CPU's context with interrupts off; NULL = a handler is running. */
static __always_inline struct rt_cpu *rt_enter(unsigned long *flags)
{
	struct rt_cpu *r;

	raw_local_irq_save(*flags);
	r = kc_cpu_read(rt_this);
	if (unlikely(r->busy)) {
		r->skipped[RT_SKIP_REENTRY]++;
		raw_local_irq_restore(*flags);
		return NULL;
	}
	r->busy = 1;
	barrier();
	return r;
}

static __always_inline void rt_leave(struct rt_cpu *r, unsigned long flags)
{
	barrier();
	r->busy = 0;
	raw_local_irq_restore(flags);
}

/* From process context with interrupts on; a handler here is never busy. */
static struct rt_cpu *rt_enter_task(void)
{
	struct rt_cpu *r;

	preempt_disable();
	r = kc_cpu_read(rt_this);
	r->busy = 1;
	barrier();
	return r;
}

static void rt_leave_task(struct rt_cpu *r)
{
	barrier();
	r->busy = 0;
	preempt_enable();
}

/* ---- skips, errors, overload --------------------------------------------------- */

static atomic_t rt_nskipped = ATOMIC_INIT(0); /* all but re-entries */
static atomic_t rt_nerrors = ATOMIC_INIT(0);

static void rt_skip(struct rt_cpu *r, enum rt_skip why)
{
	r->skipped[why]++;
	if ((u32)atomic_inc_return(&rt_nskipped) > taprt_program.maxskipped)
		rt_session_fail(
			"Skipped too many probes, check MAXSKIPPED or try again with stap -t for more details.");
}

/* The handler ended with an error: say so, count it, perhaps stop it all. */
static noinline void rt_report(struct rt_cpu *r)
{
	struct taprt_ctx *c = &r->c;

	if (c->error == rt_abort_msg)
		return;
	if (c->error == rt_skip_lock_msg) {
		rt_skip(r, RT_SKIP_LOCK);
		return;
	}
	rt_ring_text_begin(&r->ring, &c->out);
	rt_error_put(c, &c->out);
	rt_ring_text_end(&r->ring, &c->out, TAPW_REC_ERROR);
	if ((u32)atomic_inc_return(&rt_nerrors) > taprt_program.maxerrors)
		rt_session_fail("");
}

static noinline void rt_overload_check(struct rt_cpu *r, u64 now)
{
	u64 span = now - r->cycles_base;
	/* the check is late where probes are rare: scale to one interval */
	u64 used = r->cycles_used * 16 /
		   (span * 16 / taprt_program.overload_interval);
	struct taprt_sink s;
	char b[128];

	r->cycles_base = now;
	r->cycles_used = 0;
	if (used <= taprt_program.overload_threshold)
		return;
	r->skipped[RT_SKIP_OVERLOAD]++;
	taprt_sink_buf(&s, b, sizeof(b));
	taprt_put_lit(&s, "probe overhead (", 16);
	taprt_put_dec(&s, used);
	taprt_put_lit(&s, " cycles) exceeded threshold (", 29);
	taprt_put_dec(&s, taprt_program.overload_threshold);
	taprt_put_lit(&s, " cycles) in last ", 17);
	taprt_put_dec(&s, taprt_program.overload_interval);
	taprt_put_lit(&s, " cycles", 7);
	taprt_sink_end(&s);
	rt_session_fail(b);
}

static __always_inline void rt_overload_add(struct rt_cpu *r, u64 t0)
{
	u64 now = get_cycles();

	r->cycles_used += now - t0;
	if (unlikely(now - r->cycles_base > taprt_program.overload_interval))
		rt_overload_check(r, now);
}

/* ---- running ------------------------------------------------------------------- */

static __always_inline void rt_finish(struct rt_cpu *r)
{
	if (unlikely(r->nheld))
		rt_maps_release(r);
	if (unlikely(r->c.error))
		rt_report(r);
	if (r->c.out.start || r->ring.time_ns)
		rt_ring_end(&r->ring, &r->c.out);
}

/* Run script code in the entered context @r; false = skipped. */
static __always_inline bool rt_run_part(struct rt_cpu *r,
					void (*fn)(struct taprt_ctx *c))
{
	u64 t0 = 0;

	if (unlikely(kc_stack_low(taprt_program.minstack))) {
		rt_skip(r, RT_SKIP_STACK);
		return false;
	}
	if (taprt_program.overload_interval)
		t0 = get_cycles();
	fn(&r->c);
	rt_finish(r);
	if (taprt_program.overload_interval)
		rt_overload_add(r, t0);
	return true;
}

/* With -t: what it cost, before its output and errors are seen to. */
static noinline void rt_timed(struct taprt_ctx *c)
{
	u64 t0 = rt_timing_now();

	c->probe->handler(c);
	rt_timing_add(c, t0);
}

/* Run one event's handler. */
static __always_inline void rt_run(struct rt_cpu *r,
				   const struct taprt_probe *p)
{
	if (rt_run_part(r, unlikely(rt_timing) ? rt_timed : p->handler))
		r->hits++;
}

/* A record from process context: warnings of the runtime itself. */
static void rt_say(u32 type, const char *a, const char *b)
{
	struct rt_cpu *r = rt_enter_task();

	rt_ring_text(&r->ring, &r->c.out, type, a, b);
	rt_ring_end(&r->ring, &r->c.out);
	rt_leave_task(r);
}

/* One of the lines that explain "skipped probes": WARNING: A 'NAME'B: N. */
static void rt_say_skips(const char *a, const char *name, const char *b, u64 n)
{
	struct taprt_sink s;
	char text[256];

	taprt_sink_buf(&s, text, sizeof(text));
	rt_put_text(&s, a);
	rt_put_text(&s, " '");
	rt_put_text(&s, name);
	rt_put_text(&s, "'");
	rt_put_text(&s, b);
	rt_put_text(&s, ": ");
	taprt_put_dec(&s, n);
	taprt_sink_end(&s);
	rt_say(TAPW_REC_WARN, text, NULL);
}

/* ---- -t ------------------------------------------------------------------------- */

static struct taprt_ctx *rt_timing_enter(void)
{
	return &rt_enter_task()->c;
}

static void rt_timing_leave(struct taprt_ctx *c)
{
	struct rt_cpu *r = rt_of(c);

	rt_ring_end(&r->ring, &c->out);
	rt_leave_task(r);
}
