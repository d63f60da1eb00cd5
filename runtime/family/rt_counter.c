// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf counters, which @perf() reads: one event on each CPU for each.
 *
 * Memory: 64 KiB more for each counter of one program.
 *
 * A counter of one program is made of that of the CPU: whenever a CPU changes tasks,
 * what it counted since it last did goes to the task that leaves, if it is one of the
 * program's.  The kernel's own counters of tasks would have to be made for each task
 * that comes, by someone who may sleep.
 */

#if KC_PERF

/* ---- reading ------------------------------------------------------------------- */

/*
 * What this CPU counted until now, with interrupts off.  As the kernel's
 * perf_event_read_local(), which no module can call, also in an NMI: an event that is
 * on this CPU stays there, and its driver brings the count up to date.
 */
static bool rt_counter_now(const struct rt_perf *e, u32 cpu, s64 *ret)
{
	struct perf_event *ev = rt_read_once(e->ev[cpu]);
	int on;

	if (!ev)
		return false;
	on = rt_read_once(ev->oncpu);
	if (on == (int)cpu)
		ev->pmu->read(ev);
	else if (on != -1)
		return false; /* one for several CPUs, counted by another */
	*ret = local64_read(&ev->count);
	return true;
}

/* ---- of one program --------------------------------------------------------------- */

#if KC_TRACEPOINT

enum {
	RT_TASKS_BITS = 12,
	RT_TASKS = 1 << RT_TASKS_BITS,
	RT_TASKS_NEAR = 16, /* a task is so near the place of its hash */
};

/* A task is on one CPU at a time, and only that one changes what is the task's. */
struct rt_counted {
	struct task_struct *task;
	s64 n;
};

static struct tracepoint *rt_counter_tp[2]; /* a task leaves; a task ends */
static bool rt_counter_on[2];

static struct rt_counted *rt_counter_task(struct rt_perf *e, bool add)
{
	u32 i, h = hash_ptr(current, RT_TASKS_BITS);
	struct rt_counted *t;

	for (i = 0; i < RT_TASKS_NEAR; i++) {
		t = &e->tasks[(h + i) % RT_TASKS];
		if (rt_read_once(t->task) == current)
			return t;
	}
	for (i = 0; add && i < RT_TASKS_NEAR; i++) {
		t = &e->tasks[(h + i) % RT_TASKS];
		if (!rt_read_once(t->task) &&
		    !rt_cmpxchg(&t->task, NULL, current))
			return t;
	}
	return NULL;
}

/* Interrupts are off.  A task that is ending has had its rt_counter_end(). */
static void rt_counter_leaves(struct rt_perf *e, u32 cpu)
{
	struct rt_counted *t;
	s64 now, was;

	if (!rt_counter_now(e, cpu, &now))
		return;
	was = e->mark[cpu];
	e->mark[cpu] = now;
	if (!rt_perf_is_program(e))
		return;
	t = rt_counter_task(e, !(current->flags & PF_EXITING));
	if (t)
		t->n += now - was;
	else if (!(current->flags & PF_EXITING))
		rt_write_once(e->full, true);
}

KC_TRACE_FN(rt_counter_switch)
{
	u32 i, cpu = rt_cpu_id();

	for (i = 0; i < rt_ncounters; i++)
		if (rt_counters[i] && rt_counters[i]->tasks)
			rt_counter_leaves(rt_counters[i], cpu);
}

KC_TRACE_FN(rt_counter_end)
{
	struct rt_counted *t;
	u32 i;

	for (i = 0; i < rt_ncounters; i++) {
		if (!rt_counters[i] || !rt_counters[i]->tasks)
			continue;
		t = rt_counter_task(rt_counters[i], false);
		if (!t)
			continue;
		t->n = 0;
		rt_store_release(&t->task, NULL);
	}
}

/* What this task had of what @now says of its CPU. */
static bool rt_counter_mine(struct rt_perf *e, u32 cpu, s64 now, s64 *ret)
{
	struct rt_counted *t = rt_counter_task(e, false);

	if (!t && rt_read_once(e->full))
		return false;
	*ret = t ? t->n : 0;
	if (rt_perf_is_program(e))
		*ret += now - e->mark[cpu];
	return true;
}

static void rt_counter_find_tp(struct tracepoint *tp, void *arg)
{
	if (!strcmp(tp->name, "sched_switch"))
		rt_counter_tp[0] = tp;
	else if (!strcmp(tp->name, "sched_process_exit"))
		rt_counter_tp[1] = tp;
}

static void *const rt_counter_fn[] = { rt_counter_switch, rt_counter_end };

static int rt_counter_hook(void)
{
	int i, rc = 0;

	for_each_kernel_tracepoint(rt_counter_find_tp, NULL);
	for (i = 1; i >= 0 && !rc; i--) {
		rc = rt_counter_tp[i]
			     ? rt_try(tracepoint_probe_register_prio(
				       rt_counter_tp[i], rt_counter_fn[i], NULL,
				       TRACEPOINT_DEFAULT_PRIO))
			     : -ENOENT;
		rt_counter_on[i] = !rc;
	}
	return rc;
}

static void rt_counter_unhook(void)
{
	bool any = false;
	int i;

	for (i = 0; i < 2; i++) {
		if (!rt_counter_on[i])
			continue;
		tracepoint_probe_unregister(rt_counter_tp[i], rt_counter_fn[i],
					    NULL);
		rt_counter_on[i] = false;
		any = true;
	}
	if (any)
		tracepoint_synchronize_unregister();
}

static bool rt_counter_alloc(struct rt_perf *e)
{
	e->mark = taprt_alloc(taprt_ncpus * sizeof(*e->mark));
	e->tasks = taprt_alloc(RT_TASKS * sizeof(*e->tasks));
	return e->mark && e->tasks;
}

#else

static bool rt_counter_mine(struct rt_perf *e, u32 cpu, s64 now, s64 *ret)
{
	return false;
}

static int rt_counter_hook(void)
{
	return -ENOSYS;
}

static void rt_counter_unhook(void)
{
}

static bool rt_counter_alloc(struct rt_perf *e)
{
	return true;
}

#endif

s64 taprt_fn_perf_counter(struct taprt_ctx *c, s64 id)
{
	struct rt_perf *e = rt_counters[id];
	unsigned long flags;
	s64 now = 0;
	bool ok;
	u32 cpu;

	raw_local_irq_save(flags);
	cpu = rt_cpu_id();
	ok = rt_counter_now(e, cpu, &now);
	if (ok && e->p->text)
		ok = rt_counter_mine(e, cpu, now, &now);
	raw_local_irq_restore(flags);
	return ok ? now : TAPRT_NO_COUNT;
}

s64 taprt_fn_perf_value(struct taprt_ctx *c, s64 id, s64 count)
{
	if (count != TAPRT_NO_COUNT)
		return count;
	taprt_fail(c, rt_counters[id]->failed
			      ? "the kernel has not got this perf counter"
			      : "this perf counter cannot be read here");
	return 0;
}

/* ---- from before the begin probes until after the end probes ------------------------ */

static void rt_counters_arm(void)
{
	bool tasks = false;
	u32 i;
	int rc;

	for (i = 0; i < rt_ncounters; i++)
		tasks |= rt_counters[i] && rt_counters[i]->p->text;
	rc = tasks ? rt_counter_hook() : 0;
	for (i = 0; i < rt_ncounters; i++) {
		struct rt_perf *e = rt_counters[i];

		if (!e || e->failed)
			continue;
		if (rc && e->p->text)
			rt_perf_refused(e, rc);
		else
			rt_perf_arm_one(e);
	}
}

static void rt_counters_disarm(void)
{
	u32 i;

	rt_counter_unhook();
	for (i = 0; i < rt_ncounters; i++)
		if (rt_counters[i]) {
			rt_perf_release(rt_counters[i]);
			rt_perf_forget(rt_counters[i]);
		}
}

#else

s64 taprt_fn_perf_counter(struct taprt_ctx *c, s64 id)
{
	return TAPRT_NO_COUNT;
}

s64 taprt_fn_perf_value(struct taprt_ctx *c, s64 id, s64 count)
{
	taprt_fail(c, "the kernel has not got this perf counter");
	return 0;
}

static void rt_counters_arm(void)
{
}

static void rt_counters_disarm(void)
{
}

#endif
