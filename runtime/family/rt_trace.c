// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints, of the kernel and of modules that come and go.
 *
 * Memory: 24 bytes a point.  The kernel's own are found by their address, which
 * the name must confirm; a module's by name whenever the module arrives.
 */
#include "runtime/core/enter.h"

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "runtime/compat/kc_tracepoint.h"
#include "runtime/core/arch.h"

enum rt_trace_state {
	RT_TRACE_OFF,
	RT_TRACE_WAITS, /* the module is not there */
	RT_TRACE_ON,
	RT_TRACE_FAILED,
};

struct rt_trace {
	struct tracepoint *tp;
	u32 point;
	u32 state;
};

static struct rt_trace *rt_traces; /* by point; other families' unused */

static inline bool rt_is_trace(u32 i)
{
	return taprt_points[i].mech == TAPRT_MECH_TRACEPOINT;
}

#if KC_TRACEPOINT

static u32 rt_traces_armed, rt_traces_failed;
static bool rt_trace_notified;

/* "SYSTEM:NAME" */
static const char *rt_trace_name(u32 i)
{
	const char *p = taprt_strings + taprt_points[i].func;
	const char *colon = strchr(p, ':');

	return colon ? colon + 1 : p;
}

/* ---- running handlers ------------------------------------------------------------- */

KC_TRACE_FN(rt_trace_fn)
{
	const struct rt_trace *t = kc_data;
	const struct taprt_probe *p = rt_point_probe(t->point);
	unsigned long flags;
	struct rt_cpu *r;

	if (!rt_running() || rt_counted(p))
		return;
	r = rt_enter(&flags);
	if (!r)
		return;
	rt_point_ctx(r, t->point, p);
	r->c.func = "";
	if (p->flags & TAPRT_P_ARGS) {
		r->c.arg[0] = kc_targ(0);
		r->c.arg[1] = kc_targ(1);
		r->c.arg[2] = kc_targ(2);
		r->c.arg[3] = kc_targ(3);
		r->c.arg[4] = kc_targ(4);
		r->c.arg[5] = kc_targ(5);
		r->c.stack = kc_tstack();
	}
	rt_run(r, p);
	rt_leave(r, flags);
}

/* ---- finding and arming ------------------------------------------------------------ */

static void rt_trace_failed(u32 i, const char *what, int rc)
{
	char text[200], why[48];

	rt_traces[i].state = RT_TRACE_FAILED;
	rt_traces_failed++;
	snprintf(text, sizeof(text),
		 "probe %.120s registration error [man warning::pass5]",
		 taprt_strings + taprt_points[i].pp);
	if (what)
		snprintf(why, sizeof(why), "(%s)", what);
	else
		snprintf(why, sizeof(why), "(rc %d)", rc);
	taprt_say(TAPW_REC_WARN, text, why);
}

static void rt_trace_on(u32 i, struct tracepoint *tp)
{
	int rc = rt_try(tracepoint_probe_register_prio(
		tp, (void *)rt_trace_fn, &rt_traces[i],
		TRACEPOINT_DEFAULT_PRIO));

	if (rc) {
		rt_trace_failed(i, NULL, rc);
		return;
	}
	rt_traces[i].tp = tp;
	rt_traces[i].state = RT_TRACE_ON;
	rt_traces_armed++;
}

static void rt_trace_off(struct rt_trace *t)
{
	tracepoint_probe_unregister(t->tp, (void *)rt_trace_fn, t);
	t->tp = NULL;
	t->state = RT_TRACE_OFF;
}

struct rt_trace_find {
	unsigned long slide;
	bool by_name;
};

static void rt_trace_find(struct tracepoint *tp, void *arg)
{
	const struct rt_trace_find *f = arg;
	u64 addr = (unsigned long)tp - f->slide;
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++) {
		if (!rt_is_trace(i) || rt_traces[i].tp ||
		    rt_traces[i].state == RT_TRACE_WAITS ||
		    (!f->by_name && taprt_points[i].addr != addr))
			continue;
		if (!strcmp(rt_trace_name(i), tp->name))
			rt_traces[i].tp = tp;
	}
}

static int rt_trace_module(struct notifier_block *nb, unsigned long what,
			   void *data)
{
	struct module *mod = ((struct tp_module *)data)->mod;
	u32 i, k;

	for (i = 0; i < taprt_target.npoints; i++) {
		struct rt_trace *t = &rt_traces[i];

		if (!rt_is_trace(i) || !taprt_points[i].module ||
		    strcmp(taprt_strings + taprt_points[i].module, mod->name))
			continue;
		for (k = 0; k < mod->num_tracepoints; k++) {
			struct tracepoint *tp = kc_module_tracepoint(mod, k);

			if (strcmp(rt_trace_name(i), tp->name))
				continue;
			if (what == MODULE_STATE_COMING &&
			    t->state == RT_TRACE_WAITS) {
				rt_trace_on(i, tp);
			} else if (what == MODULE_STATE_GOING && t->tp == tp) {
				rt_trace_off(t);
				t->state = RT_TRACE_WAITS;
			}
		}
	}
	return 0;
}

static struct notifier_block rt_trace_nb = { .notifier_call = rt_trace_module };

/* Those of modules wait; @any of them? */
static bool rt_trace_wait(void)
{
	bool any = false;
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_trace(i) && taprt_points[i].module) {
			rt_traces[i].state = RT_TRACE_WAITS;
			any = true;
		}
	return any;
}

/* Calls us for the modules that are there. */
static void rt_trace_notify(void)
{
	int rc = rt_try(register_tracepoint_module_notifier(&rt_trace_nb));
	u32 i;

	rt_trace_notified = !rc;
	for (i = 0; rc && i < taprt_target.npoints; i++)
		if (rt_traces[i].state == RT_TRACE_WAITS)
			rt_trace_failed(i, NULL, rc);
}

static void rt_trace_arm(void)
{
	struct rt_trace_find f = {
		.slide = (unsigned long)register_kprobe -
			 (unsigned long)taprt_target.ref_addr
	};
	bool modules = rt_trace_wait();
	u32 i, missing = 0, n = taprt_target.npoints;

	for_each_kernel_tracepoint(rt_trace_find, &f);
	for (i = 0; i < n; i++)
		missing += rt_is_trace(i) && !rt_traces[i].tp &&
			   rt_traces[i].state == RT_TRACE_OFF;
	f.by_name = true;
	if (missing)
		for_each_kernel_tracepoint(rt_trace_find, &f);
	for (i = 0; i < n; i++) {
		if (!rt_is_trace(i) || rt_traces[i].state != RT_TRACE_OFF)
			continue;
		if (rt_traces[i].tp)
			rt_trace_on(i, rt_traces[i].tp);
		else
			rt_trace_failed(i, "no such tracepoint", 0);
		cond_resched();
	}
	if (modules)
		rt_trace_notify();
}

/* Nothing runs, nor will, when this returns. */
static void rt_trace_disarm(void)
{
	bool any = rt_trace_notified;
	u32 i;

	/* calls us for the modules that are there, as if they went */
	if (rt_trace_notified)
		unregister_tracepoint_module_notifier(&rt_trace_nb);
	rt_trace_notified = false;
	for (i = 0; i < taprt_target.npoints; i++) {
		if (!rt_is_trace(i) || rt_traces[i].state != RT_TRACE_ON)
			continue;
		rt_trace_off(&rt_traces[i]);
		any = true;
	}
	if (any)
		tracepoint_synchronize_unregister();
}

static void rt_trace_counts(struct tapw_event *ev)
{
	ev->points += rt_traces_armed;
	ev->points_failed += rt_traces_failed;
}

#else

static void rt_trace_arm(void)
{
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_trace(i)) {
			taprt_say(TAPW_REC_WARN,
				  "tracepoints of this kernel cannot be probed",
				  "");
			return;
		}
}

static void rt_trace_disarm(void)
{
}

static void rt_trace_counts(struct tapw_event *ev)
{
	(void)ev;
}

#endif

static int rt_trace_init(void)
{
	u32 i, n = taprt_target.npoints;

	rt_traces = taprt_alloc((n + 1) * sizeof(*rt_traces));
	for (i = 0; rt_traces && i < n; i++)
		rt_traces[i].point = i;
	return rt_traces ? 0 : -ENOMEM;
}

static void rt_trace_exit(void)
{
	taprt_free(rt_traces);
}

static const char *rt_trace_type(const struct taprt_probe *p)
{
	return "tracepoint";
}

const struct taprt_kind taprt_kind_trace = { .type = rt_trace_type };

const struct taprt_part taprt_part_trace = {
	.init = rt_trace_init,
	.exit = rt_trace_exit,
	.arm = rt_trace_arm,
	.disarm = rt_trace_disarm,
	.counts = rt_trace_counts,
};
