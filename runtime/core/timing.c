// SPDX-License-Identifier: GPL-2.0-only
/*
 * tapbuild -t: how often and for how long each probe ran, shown after the end
 * probes; -DSTP_ALIBI: how often it would have.  Without there is one test of a
 * pointer in each hit.
 *
 * Memory: a statistic (core/stat.c) for each probe and each point, at load.
 */
#include "runtime/core/cpu.h"
#include "runtime/core/lock.h"
#include "runtime/core/part.h"
#include "runtime/core/stat.h"

static struct taprt_stat **rt_timing;	   /* by slot; NULL without -t */
static struct taprt_stat *rt_timing_start; /* of the session */
static u64 rt_timing_t0;

static const struct taprt_global rt_timing_kind = {
	.type = TAPRT_STAT,
	.keep = TAPRT_KEEP_MINMAX | TAPRT_KEEP_VARIANCE,
};

static inline u64 rt_timing_now(void)
{
	return taprt_program.timing == TAPRT_TIMING_NS ? rt_clock_ns()
						       : rt_cycles();
}

/* Probes come first, then points: the same handler at two is two lines. */
static inline u32 rt_timing_slot(const struct taprt_probe *p, u32 point)
{
	if (p->flags & TAPRT_P_POINTS)
		return taprt_program.nprobes + point;
	return p - taprt_program.probes;
}

static void rt_timing_add(struct taprt_ctx *c, u64 took)
{
	taprt_stat_add(rt_timing[rt_timing_slot(c->probe, c->point)], took);
}

/* What a handler cost, before its output and errors are seen to. */
void taprt_timed(struct taprt_ctx *c)
{
	u64 t0 = rt_timing_now();

	c->probe->handler(c);
	rt_timing_add(c, rt_timing_now() - t0);
}

/* The handler has an alibi: it was not there. */
void taprt_alibi(struct taprt_ctx *c)
{
	rt_timing_add(c, 0);
}

static u32 rt_timing_slots(void)
{
	return taprt_program.nprobes + taprt_target.npoints;
}

static void rt_timing_exit(void)
{
	u32 i;

	if (!rt_timing)
		return;
	for (i = 0; i < rt_timing_slots(); i++)
		taprt_stat_free(rt_timing[i]);
	taprt_stat_free(rt_timing_start);
	taprt_free(rt_timing);
	rt_timing = NULL;
	rt_timing_start = NULL;
}

static int rt_timing_init(void)
{
	u32 i;

	rt_timing = taprt_alloc((rt_timing_slots() + 1) * sizeof(*rt_timing));
	rt_timing_start = taprt_stat_new(&rt_timing_kind);
	if (!rt_timing || !rt_timing_start)
		return -ENOMEM;
	for (i = 0; i < rt_timing_slots(); i++) {
		rt_timing[i] = taprt_stat_new(&rt_timing_kind);
		if (!rt_timing[i])
			return -ENOMEM;
	}
	return 0;
}

/* ---- report ----------------------------------------------------------------------- */

/* The lines go where the script prints; one handler's output each. */
static struct taprt_ctx *rt_timing_enter(void);
static void rt_timing_leave(struct taprt_ctx *c);

static void rt_timing_title(const char *title)
{
	struct taprt_ctx *c = rt_timing_enter();

	taprt_put_text(&c->out, title);
	rt_timing_leave(c);
}

static void rt_timing_put(struct taprt_ctx *c, const struct taprt_statval *v)
{
	struct taprt_sink *s = &c->out;

	taprt_put_text(s, "hits: ");
	taprt_put_dec(s, v->count);
	if (taprt_program.timing == TAPRT_TIMING_HITS)
		return;
	taprt_put_text(s, taprt_program.timing == TAPRT_TIMING_NS
				  ? ", nsecs: "
				  : ", cycles: ");
	taprt_put_dec(s, v->min);
	taprt_put_text(s, "min/");
	taprt_put_dec(s, v->avg);
	taprt_put_text(s, "avg/");
	taprt_put_dec(s, v->max);
	taprt_put_text(s, "max, variance: ");
	taprt_put_dec(s, v->variance);
}

static void rt_timing_line(struct taprt_stat *st, const struct taprt_probe *p,
			   const char *name)
{
	struct taprt_ctx *c = rt_timing_enter();
	const struct taprt_statval *v = taprt_stat_get(c, st);
	struct taprt_sink *s = &c->out;

	if (v->count) {
		taprt_put_text(s, name);
		taprt_put_text(s, ", (");
		taprt_put_text(s, p->at);
		taprt_put_text(s, "), ");
		rt_timing_put(c, v);
		taprt_put_text(s, ", from: ");
		taprt_put_text(s, p->from);
		taprt_put_text(s, ", index: ");
		taprt_put_dec(s, p - taprt_program.probes);
		taprt_put_text(s, "\n");
	}
	rt_timing_leave(c);
}

static void rt_timing_locks(void)
{
	struct taprt_ctx *c;
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++) {
		if (!taprt_locks[i].contended)
			continue;
		c = rt_timing_enter();
		taprt_put_text(&c->out, "'");
		taprt_put_text(&c->out, taprt_program.globals[i].name);
		taprt_put_text(&c->out, "' lock contention occurred ");
		taprt_put_dec(&c->out, taprt_locks[i].contended);
		taprt_put_text(&c->out, " times\n");
		rt_timing_leave(c);
	}
}

static void rt_timing_report(void)
{
	const struct taprt_probe *p = taprt_program.probes;
	struct taprt_ctx *c;
	u32 i;

	rt_timing_title("----- probe hit report: \n");
	for (i = 0; i < taprt_program.nprobes; i++)
		rt_timing_line(rt_timing[i], &p[i], p[i].name);
	for (i = 0; i < taprt_target.npoints; i++)
		rt_timing_line(rt_timing[taprt_program.nprobes + i],
			       &p[taprt_points[i].probe],
			       taprt_strings + taprt_points[i].pp);
	if (taprt_program.timing == TAPRT_TIMING_HITS)
		return;
	rt_timing_title("----- module init report: \n");
	c = rt_timing_enter();
	rt_timing_put(c, taprt_stat_get(c, rt_timing_start));
	taprt_put_text(&c->out, "\n");
	rt_timing_leave(c);
	rt_timing_locks();
}

/* ---- starting the session ----------------------------------------------------------- */

static void rt_timing_begin(void)
{
	rt_timing_t0 = rt_timing_now();
}

static void rt_timing_begun(void)
{
	taprt_stat_add(rt_timing_start, rt_timing_now() - rt_timing_t0);
}

const struct taprt_part taprt_part_timing = {
	.init = rt_timing_init,
	.exit = rt_timing_exit,
	.start = rt_timing_begin,
	.started = rt_timing_begun,
	.report = rt_timing_report,
};
