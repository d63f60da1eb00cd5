// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of functions by one ftrace_ops an owner: the callback, the table from sites to
 * points, and the filter that follows which points are wanted.  A piece of
 * rt_function.c, whose tables it uses.
 */

#if KC_FTRACE

static __always_inline u32 rt_site_slot(const struct rt_sites *s,
					unsigned long ip)
{
	return ((u64)ip * 0x9e3779b97f4a7c15ULL) >> s->shift;
}

/* Point @i and those after it at the same site. */
static noinline void notrace rt_ftrace_run(u32 i, unsigned long kc_parent,
					   kc_fregs_t *kc_fregs)
{
	const struct taprt_probe *p;
	unsigned long flags;
	struct rt_cpu *r;

	for (; i != RT_NO_POINT; i = rt_points[i].next) {
		/* a return probe may have changed the stack already */
		if (rt_points[i].choosy && !rt_called_from(i, kc_parent))
			continue;
		p = rt_points[i].probe;
		if (rt_counted(p))
			continue;
		r = rt_enter(&flags);
		if (!r)
			return;
		rt_point_ctx(r, i, p);
		r->c.ip = rt_points[i].ip;
		if (taprt_program.regs)
			r->c.regs = kc_fregs_all();
		if (p->flags & TAPRT_P_ARGS) {
			r->c.arg[0] = kc_fregs_arg(0);
			r->c.arg[1] = kc_fregs_arg(1);
			r->c.arg[2] = kc_fregs_arg(2);
			r->c.arg[3] = kc_fregs_arg(3);
			r->c.arg[4] = kc_fregs_arg(4);
			r->c.arg[5] = kc_fregs_arg(5);
			r->c.stack = kc_fregs_sp() + RT_STACK_ARG_SKIP;
		}
		rt_run(r, p);
		rt_leave(r, flags);
	}
}

/* Who only counts does not pay for the registers that the rest needs. */
KC_FTRACE_FN(rt_ftrace_fn)
{
	const struct rt_sites *s = container_of(kc_ops, struct rt_sites, ops);
	u32 i, slot;

	if (!rt_running())
		return;
	for (slot = rt_site_slot(s, kc_ip); s->v[slot].ip != kc_ip;
	     slot = (slot + 1) & s->mask)
		if (!s->v[slot].ip)
			return;
	for (i = s->v[slot].first; i != RT_NO_POINT; i = rt_points[i].next)
		if (rt_points[i].choosy || !rt_counted(rt_points[i].probe)) {
			rt_ftrace_run(i, kc_parent, kc_fregs);
			return;
		}
}

/* Make @ip lead to @point as well; sites are twice as many as addresses. */
static void rt_site_add(struct rt_sites *s, unsigned long ip, u32 point,
			bool link)
{
	u32 slot = rt_site_slot(s, ip);

	while (s->v[slot].ip && s->v[slot].ip != ip)
		slot = (slot + 1) & s->mask;
	if (link)
		rt_points[point].next =
			s->v[slot].ip ? s->v[slot].first : RT_NO_POINT;
	s->v[slot].ip = ip;
	s->v[slot].first = point;
}

int taprt_fn_sites_init(struct rt_sites *s, u32 points)
{
	u32 bits = 4;

	while (bits < 31 && (1ULL << bits) < 4ULL * points)
		bits++;
	s->shift = 64 - bits;
	s->mask = (1u << bits) - 1;
	s->v = taprt_alloc(sizeof(*s->v) << bits);
	s->ops.func = rt_ftrace_fn;
	s->ops.flags = KC_FTRACE_FLAGS;
	return s->v ? 0 : -ENOMEM;
}

void taprt_fn_sites_reset(struct rt_sites *s)
{
	kc_ftrace_forget(&s->ops);
	memset(&s->ops, 0, sizeof(s->ops));
	s->ops.func = rt_ftrace_fn;
	s->ops.flags = KC_FTRACE_FLAGS;
	memset(s->v, 0, sizeof(*s->v) * (s->mask + 1ul));
}

void taprt_fn_sites_exit(struct rt_sites *s)
{
	if (s->v)
		kc_ftrace_forget(&s->ops);
	taprt_free(s->v);
	s->v = NULL;
}

static bool rt_is_ftrace(u32 i, u16 owner)
{
	return rt_points[i].state == RT_POINT_FTRACE &&
	       rt_points[i].owner == owner;
}

/*
 * Put point @i's address into the filter, or take it out, unless it is there for others:
 * the kernel would have it twice, and take one of the two out.
 */
static int rt_ftrace_set(struct rt_sites *s, u32 i, bool on)
{
	u32 k;

	for (k = 0; k < taprt_target.npoints; k++)
		if (k != i && rt_points[k].state == RT_POINT_FTRACE &&
		    rt_points[k].on && rt_points[k].ip == rt_points[i].ip)
			return 0;
	cond_resched();
	return rt_try(ftrace_set_filter_ip(&s->ops, rt_points[i].ip, !on, 0));
}

/* Put all of @owner into the filter; what the kernel refuses stays for a kprobe. */
static void rt_ftrace_filter(struct rt_sites *s, u16 owner, unsigned long *ips)
{
	u32 i, n = 0;
	bool all;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_ftrace(i, owner))
			ips[n++] = rt_points[i].ip;
	all = n && !rt_try(kc_ftrace_filter(&s->ops, ips, n, 0));
	for (i = 0; i < taprt_target.npoints; i++) {
		if (!rt_is_ftrace(i, owner))
			continue;
		if (all || !rt_ftrace_set(s, i, true))
			rt_points[i].on = true;
		else
			rt_points[i].state = RT_POINT_WANTED;
	}
}

static void rt_ftrace_one(struct rt_sites *s, u32 i, bool on)
{
	int rc = rt_ftrace_set(s, i, on);

	rt_points[i].on = on && !rc;
	if (!on || !rc)
		return;
	rt_points_armed--;
	taprt_fn_failed(i, rc);
}

static bool rt_ftrace_all(struct rt_sites *s, u16 owner, unsigned long *ips)
{
	u32 i, n = 0;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_ftrace(i, owner) && rt_wanted(taprt_points[i].probe))
			ips[n++] = rt_points[i].ip;
	if (!n || rt_try(kc_ftrace_filter(&s->ops, ips, n, 1)))
		return false;
	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_ftrace(i, owner))
			rt_points[i].on = rt_wanted(taprt_points[i].probe);
	return true;
}

/*
 * One by one: first what is new, so that the filter is never empty.  Each change of
 * what is in use is a pass over the kernel's text.
 */
static void rt_ftrace_each(struct rt_sites *s, u16 owner)
{
	u32 i, n = taprt_target.npoints;

	for (i = 0; i < n; i++)
		if (rt_is_ftrace(i, owner) && !rt_points[i].on &&
		    rt_wanted(taprt_points[i].probe))
			rt_ftrace_one(s, i, true);
	for (i = 0; i < n; i++)
		if (rt_is_ftrace(i, owner) && rt_points[i].on &&
		    !rt_wanted(taprt_points[i].probe))
			rt_ftrace_one(s, i, false);
}

/* What is wanted, of which there is something, is in the filter and nothing else. */
static void rt_ftrace_follow(struct rt_sites *s, u16 owner)
{
	unsigned long *ips;

	ips = rt_try_ptr(
		kc_zalloc(taprt_target.npoints * sizeof(*ips), rt_cpu_id()));
	if (!ips || !rt_ftrace_all(s, owner, ips))
		rt_ftrace_each(s, owner);
	kc_free(ips);
}

/* How many points are wanted?  @changed: of how many the filter knows otherwise */
static u32 rt_ftrace_wanted(u16 owner, u32 *changed)
{
	u32 i, wanted = 0;
	bool is;

	*changed = 0;
	for (i = 0; i < taprt_target.npoints; i++) {
		if (!rt_is_ftrace(i, owner))
			continue;
		is = rt_wanted(taprt_points[i].probe);
		wanted += is;
		*changed += is != rt_points[i].on;
	}
	return wanted;
}

/* All that ftrace can show is in the filter, wanted or not: only so it is known. */
static void rt_ftrace_choose(struct rt_sites *s, u16 owner)
{
	u32 i, n = taprt_target.npoints;
	unsigned long *ips =
		rt_try_ptr(kc_zalloc(n * sizeof(*ips), rt_cpu_id()));

	for (i = 0; ips && i < n; i++)
		if (rt_points[i].state == RT_POINT_WANTED &&
		    rt_points[i].owner == owner &&
		    taprt_points[i].mech == TAPRT_MECH_FTRACE) {
			rt_points[i].state = RT_POINT_FTRACE;
			rt_points[i].on = false;
		}
	if (ips)
		rt_ftrace_filter(s, owner, ips);
	kc_free(ips);
}

/* What ftrace cannot do stays WANTED for a kprobe. */
static void rt_ftrace_arm(struct rt_sites *s, u16 owner)
{
	u32 i, set, changed, n = taprt_target.npoints;
	int rc;

	rt_ftrace_choose(s, owner);
	set = rt_ftrace_wanted(owner, &changed);
	if (set && changed)
		rt_ftrace_follow(s, owner);
	/* last to first: several points of one site run in their order */
	for (i = n; i--;) {
		if (!rt_is_ftrace(i, owner))
			continue;
		rt_site_add(s, rt_points[i].ip, i, true);
		rt_site_add(s, rt_points[i].ip + RT_ENDBR, i, false);
	}
	/* an empty filter would mean every function of the kernel */
	if (taprt_program.regs)
		kc_ftrace_want_regs(&s->ops);
	rc = set ? rt_try(register_ftrace_function(&s->ops)) : 0;
	s->on = set && !rc;
	for (i = 0; i < n; i++) {
		if (!rt_is_ftrace(i, owner))
			continue;
		if (!rc) {
			rt_points_armed++;
			continue;
		}
		rt_points[i].on = false;
		/* ftrace is switched off: a kprobe there would be dead too */
		if (rc == -EBUSY)
			taprt_fn_failed(i, rc);
		else
			rt_points[i].state = RT_POINT_WANTED;
	}
}

void taprt_fn_ftrace_disarm(struct rt_sites *s)
{
	if (s->on)
		unregister_ftrace_function(&s->ops);
	s->on = false;
}

/* The filter follows the conditions; never is it empty while it is in use. */
static void rt_ftrace_rearm(struct rt_sites *s, u16 owner)
{
	u32 i, changed, n = taprt_target.npoints;
	int rc;

	if (!rt_ftrace_wanted(owner, &changed)) {
		taprt_fn_ftrace_disarm(s);
		return; /* what is in the filter is replaced when it is used */
	}
	if (changed)
		rt_ftrace_follow(s, owner);
	if (s->on)
		return;
	rc = rt_try(register_ftrace_function(&s->ops));
	s->on = !rc;
	for (i = 0; rc && i < n; i++)
		if (rt_is_ftrace(i, owner)) {
			rt_points_armed--;
			taprt_fn_failed(i, rc);
		}
}

#else

int taprt_fn_sites_init(struct rt_sites *s, u32 points)
{
	(void)s, (void)points;
	return 0;
}

void taprt_fn_sites_reset(struct rt_sites *s)
{
	(void)s;
}

void taprt_fn_sites_exit(struct rt_sites *s)
{
	(void)s;
}

static void rt_ftrace_arm(struct rt_sites *s, u16 owner)
{
	(void)s, (void)owner;
}

void taprt_fn_ftrace_disarm(struct rt_sites *s)
{
	(void)s;
}

static void rt_ftrace_rearm(struct rt_sites *s, u16 owner)
{
	(void)s, (void)owner;
}

#endif
