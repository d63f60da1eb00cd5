// SPDX-License-Identifier: GPL-2.0-only
/* begin, end and error probes: run in order by the session, in its process. */
#include "runtime/core/enter.h"

/* ---- their kinds ------------------------------------------------------------------ */

static const char *rt_begin_type(const struct taprt_probe *p)
{
	return "begin";
}

static const char *rt_end_type(const struct taprt_probe *p)
{
	return "end";
}

static const char *rt_error_type(const struct taprt_probe *p)
{
	return "error";
}

const struct taprt_kind taprt_kind_begin = { .type = rt_begin_type };
const struct taprt_kind taprt_kind_end = { .type = rt_end_type };
const struct taprt_kind taprt_kind_error = { .type = rt_error_type };

/* ---- running ---------------------------------------------------------------------- */

/* The next probe of @kind after (@order, @index); -1 = none. */
static s64 rt_special_next(const struct taprt_kind *kind, s64 order, s64 index)
{
	const struct taprt_probe *p = taprt_program.probes;
	s64 best = -1;
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++) {
		if (p[i].kind != kind || p[i].order < order ||
		    (p[i].order == order && (s64)i <= index))
			continue;
		if (best < 0 || p[i].order < p[best].order)
			best = i;
	}
	return best;
}

static void rt_special_one(u32 i)
{
	const struct taprt_probe *p = &taprt_program.probes[i];
	struct rt_cpu *r = rt_enter_task();

	rt_ctx_reset(r, p);
	r->c.point = i;
	r->c.func = "";
	r->c.pp = p->name;
	r->hits++;
	rt_handler(p)(&r->c);
	rt_finish(r);
	rt_leave_task(r);
}

/* All probes of @kind while the state is @state and somebody is listening. */
static void rt_special_run(const struct taprt_kind *kind, s32 state)
{
	s64 i = -1, order = S64_MIN;

	while (rt_read_once(taprt_state) == state &&
	       !fatal_signal_pending(current)) {
		i = rt_special_next(kind, order, i);
		if (i < 0)
			return;
		order = taprt_program.probes[i].order;
		rt_special_one(i);
		cond_resched();
	}
}
