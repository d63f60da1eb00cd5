// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf events: one on each CPU for each probe.
 *
 * Memory: possible CPUs * 8 bytes a probe, and the kernel's events.
 *
 * A probe of one program gets every CPU's samples and runs its handler for those of
 * the program: told by the file it was started from, or by the target's number.
 * Counters (rt_counter.c) are events without samples.
 */

static const char *rt_perf_type(const struct taprt_probe *p)
{
	return "perf";
}

const struct taprt_kind taprt_kind_perf = {
	.type = rt_perf_type,
	.in_irq = true,
};

const struct taprt_kind taprt_kind_counter = { .type = rt_perf_type };

static bool rt_is_perf(const struct taprt_probe *p)
{
	return p->kind == &taprt_kind_perf || p->kind == &taprt_kind_counter;
}

#if KC_PERF

struct rt_perf {
	const struct taprt_probe *p;
	struct path file; /* of one program; else dentry is NULL */
	bool failed, is_counter;
	int missing;		/* why a CPU that came has none */
	struct perf_event **ev; /* by CPU id */
	/* of a counter of one program */
	s64 *mark; /* by CPU id: its count when it last changed tasks */
	struct rt_counted *tasks;
	bool full; /* some task was not counted */
};

static struct rt_perf *rt_perfs;
static u32 rt_nperfs;
static struct rt_perf **rt_counters; /* by number */
static u32 rt_ncounters;
static u8 *rt_perf_lost; /* by CPU id: it went and came again */
static u8 *rt_perf_came; /* the same while that is being mended */

/* ---- samples -------------------------------------------------------------------- */

/* exe_file is read as the kernel's own perf does: RCU keeps the file. */
static bool rt_perf_is_program(const struct rt_perf *e)
{
	struct mm_struct *mm = current->mm;
	struct file *exe;
	bool is = false;

	if (!e->p->text)
		return true;
	if (!e->file.dentry)
		return !*e->p->text && current->tgid == taprt_session_target;
	if (!mm || current->flags & PF_KTHREAD)
		return false;
	rcu_read_lock();
	exe = (struct file *)rt_read_once(mm->exe_file);
	if (exe)
		is = file_inode(exe) == d_inode(e->file.dentry);
	rcu_read_unlock();
	return is;
}

static void rt_perf_overflow(struct perf_event *ev, struct perf_sample_data *d,
			     struct pt_regs *regs)
{
	const struct rt_perf *e = ev->overflow_handler_context;

	if (rt_perf_is_program(e))
		rt_perf_fire(e->p, e->p - taprt_program.probes, e->p->name,
			     regs);
}

/* ---- events ------------------------------------------------------------------------ */

static struct perf_event *rt_perf_new(struct rt_perf *e, u32 cpu)
{
	s64 period = e->p->num[2];
	struct perf_event_attr attr = {
		.type = e->p->num[0],
		.config = e->p->num[1],
		.size = sizeof(attr),
		.sample_period = period ? period : NSEC_PER_SEC / HZ,
	};

	if (e->is_counter) {
		attr.sample_period = 0;
	} else if (period < 0) {
		attr.freq = 1;
		attr.sample_freq = -period;
	}
	if (rt_fault())
		return ERR_PTR(-ENOMEM);
	return perf_event_create_kernel_counter(
		&attr, cpu, NULL, e->is_counter ? NULL : rt_perf_overflow, e);
}

/* A handler that reads it meanwhile: the kernel frees it when RCU says so. */
static void rt_perf_drop(struct rt_perf *e, u32 cpu)
{
	struct perf_event *ev = e->ev[cpu];

	rt_write_once(e->ev[cpu], NULL);
	if (ev)
		perf_event_release_kernel(ev);
}

static void rt_perf_release(struct rt_perf *e)
{
	u32 cpu;

	for (cpu = 0; cpu < taprt_ncpus; cpu++)
		rt_perf_drop(e, cpu);
}

static void rt_perf_forget(struct rt_perf *e)
{
	if (e->file.dentry)
		path_put(&e->file);
	e->file.dentry = NULL;
}

static void rt_perf_refused(struct rt_perf *e, int rc)
{
	u32 i;

	e->failed = true;
	for (i = 0; i < taprt_ncpus; i++)
		rt_perf_drop(e, i);
	rt_perf_warn("perf probe '", e->p->name,
		     "' is not supported by this kernel", rc);
}

/* A CPU that goes meanwhile is no mistake. */
static void rt_perf_arm_one(struct rt_perf *e)
{
	struct perf_event *ev;
	u32 i;

	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpu_possible(i) || !cpu_online(i) || e->ev[i])
			continue;
		ev = rt_perf_new(e, i);
		if (!IS_ERR(ev)) {
			rt_store_release(&e->ev[i], ev);
		} else if (cpu_online(i)) {
			rt_perf_refused(e, PTR_ERR(ev));
			return;
		}
		cond_resched();
	}
	rt_perf_armed++;
}

/* The program of a probe, if it names one. */
static void rt_perf_find(struct rt_perf *e)
{
	int rc;

	if (!e->p->text || !*e->p->text)
		return;
	rc = rt_try(kern_path(e->p->text, LOOKUP_FOLLOW, &e->file));
	if (!rc)
		return;
	e->file.dentry = NULL;
	e->failed = true;
	rt_perf_warn("perf probe '", e->p->name, "' finds no such program", rc);
}

static void rt_perfs_find(bool counters)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		if (rt_perfs[i].is_counter == counters)
			rt_perf_find(&rt_perfs[i]);
}

static void rt_perfs_arm(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		if (!rt_perfs[i].failed && !rt_perfs[i].is_counter)
			rt_perf_arm_one(&rt_perfs[i]);
}

static void rt_perfs_gone(u32 cpu)
{
	rt_write_once(rt_perf_lost[cpu], 1);
}

/* After the CPUs that came: tell of what is not on each of them, and of it only once. */
static void rt_perf_renewed(struct rt_perf *e, int before)
{
	if (e->missing && !before) {
		rt_perf_armed--;
		rt_perf_warn("perf probe '", e->p->name,
			     "' is not on a CPU that came", e->missing);
	} else if (!e->missing && before) {
		rt_perf_armed++;
	}
}

static void rt_perf_renew(struct rt_perf *e, u32 cpu)
{
	struct perf_event *ev;

	rt_perf_drop(e, cpu);
	if (e->mark)
		e->mark[cpu] = 0;
	ev = rt_perf_new(e, cpu);
	if (!IS_ERR(ev)) {
		rt_store_release(&e->ev[cpu], ev);
	} else if (cpu_online(cpu)) {
		e->missing = PTR_ERR(ev);
		rt_write_once(rt_perf_lost[cpu], 1); /* the next time */
	}
}

/* What a CPU had that went is of no use to it when it comes. */
static void rt_perfs_renew(void)
{
	u32 cpu, i;
	int before;

	for (cpu = 0; cpu < taprt_ncpus; cpu++)
		rt_perf_came[cpu] = rt_xchg(&rt_perf_lost[cpu], 0);
	for (i = 0; i < rt_nperfs; i++) {
		if (rt_perfs[i].failed)
			continue;
		before = rt_perfs[i].missing;
		rt_perfs[i].missing = 0;
		for (cpu = 0; cpu < taprt_ncpus; cpu++)
			if (rt_perf_came[cpu])
				rt_perf_renew(&rt_perfs[i], cpu);
		rt_perf_renewed(&rt_perfs[i], before);
	}
}

static void rt_perfs_disarm(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		if (!rt_perfs[i].is_counter)
			rt_perf_release(&rt_perfs[i]);
}

/* No handler looks at a program any more: a grace period after disarming. */
static void rt_perfs_forget(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		if (!rt_perfs[i].is_counter)
			rt_perf_forget(&rt_perfs[i]);
}

static bool rt_counter_alloc(struct rt_perf *e);

static int rt_perf_alloc(struct rt_perf *e, const struct taprt_probe *p)
{
	e->p = p;
	e->ev = taprt_alloc(taprt_ncpus * sizeof(*e->ev));
	if (!e->ev)
		return -ENOMEM;
	e->is_counter = p->kind == &taprt_kind_counter;
	if (!e->is_counter)
		return 0;
	rt_counters[p->num[2]] = e;
	return !p->text || rt_counter_alloc(e) ? 0 : -ENOMEM;
}

static int rt_perfs_init(void)
{
	u32 i, n = taprt_program.nprobes, counters = 0;
	int rc = 0;

	for (i = 0; i < n; i++)
		if (taprt_program.probes[i].kind == &taprt_kind_counter)
			counters = max_t(u32, counters,
					 taprt_program.probes[i].num[2] + 1);
	rt_perfs = taprt_alloc((n + 1) * sizeof(*rt_perfs));
	rt_perf_lost = taprt_alloc(taprt_ncpus);
	rt_perf_came = taprt_alloc(taprt_ncpus);
	rt_counters = taprt_alloc((counters + 1) * sizeof(*rt_counters));
	if (!rt_perfs || !rt_perf_lost || !rt_perf_came || !rt_counters)
		return -ENOMEM;
	rt_ncounters = counters;
	for (i = 0; i < n && !rc; i++)
		if (rt_is_perf(&taprt_program.probes[i]))
			rc = rt_perf_alloc(&rt_perfs[rt_nperfs++],
					   &taprt_program.probes[i]);
	return rc;
}

static void rt_perfs_exit(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++) {
		taprt_free(rt_perfs[i].ev);
		taprt_free(rt_perfs[i].mark);
		taprt_free(rt_perfs[i].tasks);
	}
	taprt_free(rt_perfs);
	taprt_free(rt_perf_lost);
	taprt_free(rt_perf_came);
	taprt_free(rt_counters);
}

#else

static void rt_perfs_find(bool counters)
{
}

static void rt_perfs_arm(void)
{
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++)
		if (rt_is_perf(&taprt_program.probes[i]))
			rt_perf_warn(
				"perf probe '", taprt_program.probes[i].name,
				"' is not supported by this kernel", -ENOSYS);
}

static void rt_perfs_gone(u32 cpu)
{
}

static void rt_perfs_renew(void)
{
}

static void rt_perfs_disarm(void)
{
}

static void rt_perfs_forget(void)
{
}

static int rt_perfs_init(void)
{
	return 0;
}

static void rt_perfs_exit(void)
{
}

#endif
