// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware watchpoints: a debug register of every CPU for each.
 *
 * Memory: 40 bytes a probe and a point, and the kernel's events.
 */

static const char *rt_hwbp_type(const struct taprt_probe *p)
{
	return "hwbkpt";
}

const struct taprt_kind taprt_kind_hwbp = {
	.type = rt_hwbp_type,
	.in_irq = true,
};

static bool rt_is_hwbp(u32 probe)
{
	return taprt_program.probes[probe].kind == &taprt_kind_hwbp;
}

#if KC_HWBP

/**
 * struct rt_hwbp - one watchpoint
 * @point: of taprt_points if it is at a symbol, else the probe's index
 * @wanted: it could be armed once
 * @ev: NULL: not armed
 */
struct rt_hwbp {
	const struct taprt_probe *p;
	u32 point;
	const char *pp;
	bool wanted;
	unsigned long addr;
	struct perf_event *__percpu *ev;
};

static struct rt_hwbp *rt_hwbps;
static u32 rt_nhwbps;

static void rt_hwbp_hit(struct perf_event *ev, struct perf_sample_data *d,
			struct pt_regs *regs)
{
	const struct rt_hwbp *b = ev->overflow_handler_context;

	rt_perf_fire(b->p, b->point, b->pp, regs);
}

static int rt_hwbp_on(struct rt_hwbp *b)
{
	struct perf_event_attr attr;
	struct perf_event *__percpu *ev;

	hw_breakpoint_init(&attr);
	attr.bp_addr = b->addr;
	attr.bp_len = b->p->num[1]; /* HW_BREAKPOINT_LEN_n is n */
	attr.bp_type = b->p->num[2] ? HW_BREAKPOINT_RW : HW_BREAKPOINT_W;
	if (rt_fault())
		return -ENOMEM;
	ev = register_wide_hw_breakpoint(&attr, rt_hwbp_hit, b);
	if (IS_ERR((void __force *)ev))
		return PTR_ERR((void __force *)ev);
	b->ev = ev;
	return 0;
}

static void rt_hwbp_off(struct rt_hwbp *b)
{
	if (b->ev)
		unregister_wide_hw_breakpoint(b->ev);
	b->ev = NULL;
}

/* A symbol's address, if one is there: "name+0x0/…", or another name of it. */
static unsigned long rt_hwbp_addr(const struct rt_hwbp *b)
{
	char text[160], *plus;
	unsigned long at;

	if (!(b->p->flags & TAPRT_P_POINTS))
		return b->p->num[0];
	at = taprt_fn_kaddr(NULL, taprt_points[b->point].addr);
	snprintf(text, sizeof(text), "%pS", (void *)at);
	plus = strchr(text, '+');
	return plus && !strncmp(plus, "+0x0/", 5) ? at : 0;
}

static void rt_hwbp_warn(const struct rt_hwbp *b, int rc)
{
	rt_perf_warn("probe ", b->pp,
		     " registration error [man warning::pass5]", rc);
}

static void rt_hwbps_arm(void)
{
	struct rt_hwbp *b = rt_hwbps;
	u32 i;
	int rc;

	for (i = 0; i < rt_nhwbps; i++, b++) {
		b->addr = rt_hwbp_addr(b);
		rc = b->addr ? rt_hwbp_on(b) : -ENOENT;
		b->wanted = !rc;
		if (rc)
			rt_hwbp_warn(b, rc);
		else
			rt_perf_armed++;
	}
}

/*
 * The kernel has no way to arm only the CPU that came.  Where it has no register left
 * for us there is none on any CPU, until the next one comes.
 */
static void rt_hwbps_renew(void)
{
	struct rt_hwbp *b = rt_hwbps;
	bool was;
	u32 i;
	int rc;

	for (i = 0; i < rt_nhwbps; i++, b++) {
		if (!b->wanted)
			continue;
		was = b->ev;
		rt_hwbp_off(b);
		rc = rt_hwbp_on(b);
		if (rc && was) {
			rt_perf_armed--;
			rt_hwbp_warn(b, rc);
		} else if (!rc && !was) {
			rt_perf_armed++;
		}
	}
}

static void rt_hwbps_disarm(void)
{
	u32 i;

	for (i = 0; i < rt_nhwbps; i++)
		rt_hwbp_off(&rt_hwbps[i]);
}

static void rt_hwbp_add(u32 probe, u32 point, const char *pp)
{
	struct rt_hwbp *b = &rt_hwbps[rt_nhwbps++];

	b->p = &taprt_program.probes[probe];
	b->point = point;
	b->pp = pp;
}

static int rt_hwbps_init(void)
{
	const struct taprt_probe *p = taprt_program.probes;
	u32 i, n = taprt_program.nprobes + taprt_target.npoints;

	rt_hwbps = taprt_alloc((n + 1) * sizeof(*rt_hwbps));
	if (!rt_hwbps)
		return -ENOMEM;
	for (i = 0; i < taprt_program.nprobes; i++)
		if (rt_is_hwbp(i) && !(p[i].flags & TAPRT_P_POINTS))
			rt_hwbp_add(i, i, p[i].name);
	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_hwbp(taprt_points[i].probe))
			rt_hwbp_add(taprt_points[i].probe, i,
				    taprt_strings + taprt_points[i].pp);
	return 0;
}

static void rt_hwbps_exit(void)
{
	taprt_free(rt_hwbps);
}

#else

static void rt_hwbps_arm(void)
{
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++)
		if (rt_is_hwbp(i))
			rt_perf_warn("probe ", taprt_program.probes[i].name,
				     " is not supported by this kernel",
				     -ENOSYS);
}

static void rt_hwbps_renew(void)
{
}

static void rt_hwbps_disarm(void)
{
}

static int rt_hwbps_init(void)
{
	return 0;
}

static void rt_hwbps_exit(void)
{
}

#endif
