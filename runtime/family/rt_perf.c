// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf events: one on each CPU for each probe.
 *
 * Memory: possible CPUs * 16 bytes a probe, and the kernel's events.
 *
 * A probe of one program gets every CPU's samples and runs its handler for those of
 * the program: told by the file it was started from, or by the target's number.
 */

static const char *rt_perf_type(const struct taprt_probe *p)
{
	return "perf";
}

const struct taprt_kind taprt_kind_perf = {
	.type = rt_perf_type,
	.in_irq = true,
};

#if KC_PERF

struct rt_perf {
	const struct taprt_probe *p;
	struct path file; /* of one program; else dentry is NULL */
	bool failed;
	struct perf_event **ev; /* by CPU id */
};

static struct rt_perf *rt_perfs;
static u32 rt_nperfs;
static u8 *rt_perf_lost; /* by CPU id: it went and came again */

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

	if (period < 0) {
		attr.freq = 1;
		attr.sample_freq = -period;
	}
	return perf_event_create_kernel_counter(&attr, cpu, NULL,
						rt_perf_overflow, e);
}

static void rt_perf_drop(struct rt_perf *e, u32 cpu)
{
	if (e->ev[cpu])
		perf_event_release_kernel(e->ev[cpu]);
	e->ev[cpu] = NULL;
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
			e->ev[i] = ev;
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
	rc = kern_path(e->p->text, LOOKUP_FOLLOW, &e->file);
	if (!rc)
		return;
	e->file.dentry = NULL;
	e->failed = true;
	rt_perf_warn("perf probe '", e->p->name, "' finds no such program", rc);
}

static void rt_perfs_find(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		rt_perf_find(&rt_perfs[i]);
}

static void rt_perfs_arm(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		if (!rt_perfs[i].failed)
			rt_perf_arm_one(&rt_perfs[i]);
}

static void rt_perfs_gone(u32 cpu)
{
	rt_write_once(rt_perf_lost[cpu], 1);
}

/* What a CPU had that went is of no use to it when it comes. */
static void rt_perfs_renew(void)
{
	struct perf_event *ev;
	u32 cpu, i;

	for (cpu = 0; cpu < taprt_ncpus; cpu++) {
		if (!rt_read_once(rt_perf_lost[cpu]))
			continue;
		rt_write_once(rt_perf_lost[cpu], 0);
		for (i = 0; i < rt_nperfs; i++) {
			if (rt_perfs[i].failed)
				continue;
			rt_perf_drop(&rt_perfs[i], cpu);
			ev = rt_perf_new(&rt_perfs[i], cpu);
			rt_perfs[i].ev[cpu] = IS_ERR(ev) ? NULL : ev;
		}
	}
}

static void rt_perfs_disarm(void)
{
	u32 cpu, i;

	for (i = 0; i < rt_nperfs; i++) {
		for (cpu = 0; cpu < taprt_ncpus; cpu++)
			rt_perf_drop(&rt_perfs[i], cpu);
		if (rt_perfs[i].file.dentry)
			path_put(&rt_perfs[i].file);
		rt_perfs[i].file.dentry = NULL;
	}
}

static int rt_perfs_init(void)
{
	u32 i;

	rt_perfs = taprt_alloc((taprt_program.nprobes + 1) * sizeof(*rt_perfs));
	rt_perf_lost = taprt_alloc(taprt_ncpus);
	if (!rt_perfs || !rt_perf_lost)
		return -ENOMEM;
	for (i = 0; i < taprt_program.nprobes; i++) {
		struct rt_perf *e = &rt_perfs[rt_nperfs];

		if (taprt_program.probes[i].kind != &taprt_kind_perf)
			continue;
		e->p = &taprt_program.probes[i];
		e->ev = taprt_alloc(taprt_ncpus * sizeof(*e->ev));
		if (!e->ev)
			return -ENOMEM;
		rt_nperfs++;
	}
	return 0;
}

static void rt_perfs_exit(void)
{
	u32 i;

	for (i = 0; i < rt_nperfs; i++)
		taprt_free(rt_perfs[i].ev);
	taprt_free(rt_perfs);
	taprt_free(rt_perf_lost);
}

#else

static void rt_perfs_find(void)
{
}

static void rt_perfs_arm(void)
{
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++)
		if (taprt_program.probes[i].kind == &taprt_kind_perf)
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

static int rt_perfs_init(void)
{
	return 0;
}

static void rt_perfs_exit(void)
{
}

#endif
