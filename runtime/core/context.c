// SPDX-License-Identifier: GPL-2.0-only
/*
 * The context of each CPU: entering and leaving a handler.
 *
 * A handler runs with interrupts off (timers, functions) or preemption off
 * (begin, end, error), so it never migrates; whatever hits its CPU meanwhile, an
 * NMI included, finds it busy and is skipped and counted.  That flag is also
 * the guard against recursion through the kernel functions a handler calls.
 *
 * Memory: possible CPUs * (sizeof(struct rt_cpu) + frame_size + 8 * hist_buckets),
 * at load; with captures (core/regex.c) another sizeof(struct rt_match) + 3 *
 * strsize each.
 */
#include "runtime/core/enter.h"

#define RT_FRAME_MIN 64

DEFINE_PER_CPU(struct rt_cpu *, taprt_this);
DEFINE_PER_CPU(u32, taprt_busy);
DEFINE_PER_CPU(u64, taprt_counted_hits);
DEFINE_PER_CPU(u64, taprt_counted_skips);
struct rt_cpu **taprt_cpus;
u32 taprt_ncpus;
u32 taprt_patience = 1;
u64 taprt_seed;
unsigned long taprt_kernel_low = 0xffff800000000000UL;
void (*taprt_release)(struct rt_cpu *r);

bool taprt_cpu_possible(u32 cpu)
{
	return cpu < nr_cpu_ids && cpu_possible(cpu);
}

static void rt_contexts_exit(void)
{
	u32 i;

	if (!taprt_cpus)
		return;
	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpus[i])
			continue;
		per_cpu(taprt_this, i) = NULL;
		taprt_free(taprt_cpus[i]->hist);
		taprt_free(taprt_cpus[i]->frame_mem);
		taprt_free(taprt_cpus[i]);
	}
	taprt_free(taprt_cpus);
	taprt_cpus = NULL;
}

static int rt_contexts_init(void)
{
	u32 i, frame = taprt_program.frame_size;
	u32 buckets = taprt_program.hist_buckets;
	struct rt_cpu *r;

	if (frame < RT_FRAME_MIN)
		frame = RT_FRAME_MIN;
	taprt_cpus = taprt_alloc(taprt_ncpus * sizeof(*taprt_cpus));
	if (!taprt_cpus)
		return -ENOMEM;
	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpu_possible(i))
			continue;
		r = taprt_alloc_cpu(sizeof(*r), i);
		if (!r)
			return -ENOMEM;
		taprt_cpus[i] = r;
		r->cpu = i;
		r->frame_mem = taprt_alloc_cpu(frame, i);
		if (!r->frame_mem)
			return -ENOMEM;
		r->hist = taprt_alloc_cpu(buckets * sizeof(*r->hist), i);
		if (buckets && !r->hist)
			return -ENOMEM;
		r->c.frame_end = r->frame_mem + frame;
		r->c.out.ring = &r->ring;
		r->rnd = (u64)kc_mono_ns() + i * 0x9e3779b97f4a7c15ULL + 1;
		per_cpu(taprt_this, i) = r;
	}
	return 0;
}

/* ---- skips, errors, overload --------------------------------------------------- */

static atomic_t rt_nskipped = ATOMIC_INIT(0); /* all but re-entries */
static atomic_t rt_nerrors = ATOMIC_INIT(0);

void taprt_skip(struct rt_cpu *r, enum taprt_skip why)
{
	if (r->looks)
		return;
	r->skipped[why]++;
	if ((u32)atomic_inc_return(&rt_nskipped) > taprt_program.maxskipped)
		taprt_session_fail(
			"Skipped too many probes, check MAXSKIPPED or try again with stap -t for more details.");
}

/* The handler ended with an error: say so, count it, perhaps stop it all. */
void taprt_report(struct rt_cpu *r)
{
	struct taprt_ctx *c = &r->c;

	if (c->error == taprt_abort_msg)
		return;
	if (c->error == taprt_skip_lock_msg) {
		taprt_skip(r, RT_SKIP_LOCK);
		return;
	}
	rt_ring_text_begin(&r->ring, &c->out);
	rt_error_put(c, &c->out);
	rt_ring_text_end(&r->ring, &c->out, TAPW_REC_ERROR);
	if ((u32)atomic_inc_return(&rt_nerrors) > taprt_program.maxerrors)
		taprt_session_fail("");
}

void taprt_overload_check(struct rt_cpu *r, u64 now)
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
	taprt_session_fail(b);
}

/* A handler that only counts adds @a, and it is seen how long that takes. */
void taprt_counted_measure(const struct taprt_add *a)
{
	unsigned long flags;
	struct rt_cpu *r = rt_enter(&flags);
	u64 t0;

	if (!r)
		return;
	t0 = get_cycles();
	rt_add_all(a);
	if (taprt_program.overload_interval)
		rt_overload_add(r, t0, RT_COUNTED_WEIGHT);
	rt_leave(r, flags);
}

/* ---- saying ---------------------------------------------------------------------- */

/*
 * A record from process context: warnings of the runtime itself.  With interrupts off,
 * as they may come while probes run: one in an interrupt is not to be skipped for that.
 */
void taprt_say(u32 type, const char *a, const char *b)
{
	unsigned long flags;
	struct rt_cpu *r = rt_enter(&flags);

	if (!r)
		return; /* a task never finds its CPU busy */
	taprt_ring_text(&r->ring, &r->c.out, type, a, b);
	taprt_ring_end(&r->ring, &r->c.out);
	rt_leave(r, flags);
}

/* One of the lines that explain "skipped probes": WARNING: A 'NAME'B: N. */
void taprt_say_skips(const char *a, const char *name, const char *b, u64 n)
{
	struct taprt_sink s;
	char text[256];

	taprt_sink_buf(&s, text, sizeof(text));
	taprt_put_text(&s, a);
	taprt_put_text(&s, " '");
	taprt_put_text(&s, name);
	taprt_put_text(&s, "'");
	taprt_put_text(&s, b);
	taprt_put_text(&s, ": ");
	taprt_put_dec(&s, n);
	taprt_sink_end(&s);
	taprt_say(TAPW_REC_WARN, text, NULL);
}
