// SPDX-License-Identifier: GPL-2.0-only
/*
 * Function probes: entries by one ftrace_ops, else kprobes; exits by kretprobes.
 *
 * Memory: 24 bytes a point, 32 a site, a kprobe or kretprobe where one is used
 * (a kretprobe's instances: maxactive * (saved_size + about 100 bytes)).
 *
 * A kernel symbol's ftrace site is at the symbol or after its ENDBR, and a
 * callback is told the site: both addresses are in the table of sites.
 */
#include "runtime/core/enter.h"

#include <linux/kallsyms.h>

#include "runtime/compat/kc_ftrace.h"
#include "runtime/compat/kc_kprobe.h"
#include "runtime/compat/kc_mem.h"
#include "runtime/core/arch.h"
#if KC_HAVE_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif

#define RT_NO_POINT ((u32)-1)
#define RT_ENDBR    4

enum rt_point_state {
	RT_POINT_OFF,
	RT_POINT_REFUSED, /* not the function it should be */
	RT_POINT_WANTED,  /* to be armed */
	RT_POINT_FTRACE,
	RT_POINT_KPROBE,
	RT_POINT_KRETPROBE,
};

struct rt_point {
	unsigned long ip; /* run-time address of the function */
	u32 next;	  /* other point of the same site */
	u8 state;
	bool on; /* FTRACE: in the filter; KPROBE, KRETPROBE: enabled */
	union {
		struct kprobe *kp;
		struct kretprobe *krp;
	};
};

struct rt_kprobe {
	struct kprobe kp;
	u32 point;
};

struct rt_kretprobe {
	struct kretprobe rp;
	u32 point;
};

struct rt_site {
	unsigned long ip;
	u32 first;
};

static const char *rt_function_type(const struct taprt_probe *p)
{
	return p->flags & TAPRT_P_RETURN ? "kretprobe" : "kprobe";
}

const struct taprt_kind taprt_kind_function = {
	.type = rt_function_type,
};

static struct rt_point *rt_points;
static unsigned long rt_slide; /* from link-time addresses to those here */
static u32 rt_points_armed, rt_points_failed;

/* ---- running handlers ------------------------------------------------------------- */

static __always_inline void rt_ctx_args(struct taprt_ctx *c,
					const struct pt_regs *regs)
{
	c->arg[0] = rt_regs_arg(regs, 0);
	c->arg[1] = rt_regs_arg(regs, 1);
	c->arg[2] = rt_regs_arg(regs, 2);
	c->arg[3] = rt_regs_arg(regs, 3);
	c->arg[4] = rt_regs_arg(regs, 4);
	c->arg[5] = rt_regs_arg(regs, 5);
	c->stack = rt_regs_sp(regs) + RT_STACK_ARG_SKIP;
}

/* Is the call into point @i that returns to @to one of those that count? */
static bool rt_called_from(u32 i, unsigned long to)
{
	const struct taprt_point *p = &taprt_points[i];
	u32 k;

	for (k = 0; k < p->ncallers; k++)
		if ((unsigned long)taprt_nums[p->caller + k] + rt_slide == to)
			return true;
	return false;
}

/* The same by the stack, which is as the call left it. */
static __always_inline bool rt_call_counts(u32 i, const struct pt_regs *regs)
{
	return likely(!taprt_points[i].ncallers) ||
	       rt_called_from(i, kc_return_address(rt_regs_sp(regs)));
}

static int rt_kprobe_fn(struct kprobe *kp, struct pt_regs *regs)
{
	u32 point = container_of(kp, struct rt_kprobe, kp)->point;
	const struct taprt_probe *p = rt_point_probe(point);
	unsigned long flags;
	struct rt_cpu *r;

	if (!rt_running() || !rt_call_counts(point, regs))
		return 0;
	r = rt_enter(&flags);
	if (!r)
		return 0;
	rt_point_ctx(r, point, p);
	r->c.ip = rt_points[point].ip;
	r->c.regs = regs;
	if (p->flags & TAPRT_P_ARGS)
		rt_ctx_args(&r->c, regs);
	rt_run(r, p);
	rt_leave(r, flags);
	return 0;
}

/* Non-zero: do not follow this call to its return. */
static int rt_kret_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = kc_ri_kretprobe(ri);
	const struct taprt_probe *p;
	unsigned long flags;
	struct rt_cpu *r;
	u32 point;
	int rc;

	if (!rp || !rt_running()) /* unregistered meanwhile: 5.11 … 5.17 */
		return 1;
	point = container_of(rp, struct rt_kretprobe, rp)->point;
	p = rt_point_probe(point);
	if (!rt_call_counts(point, regs))
		return 1;
	if (!p->entry)
		return 0;
	r = rt_enter(&flags);
	if (!r)
		return 1;
	rt_point_ctx(r, point, p);
	r->c.ip = rt_points[point].ip;
	r->c.regs = regs;
	if (p->flags & TAPRT_P_ARGS)
		rt_ctx_args(&r->c, regs);
	r->c.saved = ri->data;
	rc = !rt_run_part(r, p->entry) || r->c.error;
	rt_leave(r, flags);
	return rc;
}

static int rt_kret_fn(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = kc_ri_kretprobe(ri);
	const struct taprt_probe *p;
	unsigned long flags;
	struct rt_cpu *r;
	u32 point;

	if (!rp || !rt_running()) /* unregistered meanwhile */
		return 0;
	point = container_of(rp, struct rt_kretprobe, rp)->point;
	p = rt_point_probe(point);
	r = rt_enter(&flags);
	if (!r)
		return 0;
	rt_point_ctx(r, point, p);
	r->c.ip = kc_ri_ret_addr(ri);
	r->c.from = rt_points[point].ip;
	r->c.regs = regs;
	r->c.retval = regs_return_value(regs);
	r->c.saved = ri->data;
	rt_run(r, p);
	rt_leave(r, flags);
	return 0;
}

u64 taprt_stack_arg(struct taprt_ctx *c, u32 n)
{
	if (!c->stack || n < 6) {
		taprt_fail(c, "argument on the stack is not known here");
		return 0;
	}
	return taprt_kread_u64(c, c->stack + (n - 6) * sizeof(u64));
}

static void rt_point_failed(u32 i, int rc);

/* ---- ftrace ------------------------------------------------------------------------ */

static struct rt_site
	*rt_sites; /* open addressing; first = RT_NO_POINT: empty */
static u32 rt_site_shift;

static __always_inline u32 rt_site_slot(unsigned long ip)
{
	return ((u64)ip * 0x9e3779b97f4a7c15ULL) >> rt_site_shift;
}

#if KC_FTRACE

static u32 rt_site_mask;
static bool rt_ftrace_on;

KC_FTRACE_FN(rt_ftrace_fn)
{
	const struct taprt_probe *p;
	unsigned long flags;
	struct rt_cpu *r;
	u32 i, slot;

	if (!rt_running())
		return;
	for (slot = rt_site_slot(kc_ip); rt_sites[slot].ip != kc_ip;
	     slot = (slot + 1) & rt_site_mask)
		if (!rt_sites[slot].ip)
			return;
	for (i = rt_sites[slot].first; i != RT_NO_POINT;
	     i = rt_points[i].next) {
		/* a return probe may have changed the stack already */
		if (taprt_points[i].ncallers && !rt_called_from(i, kc_parent))
			continue;
		r = rt_enter(&flags);
		if (!r)
			return;
		p = rt_point_probe(i);
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

static struct ftrace_ops rt_ftrace_ops = {
	.func = rt_ftrace_fn,
	.flags = KC_FTRACE_FLAGS,
};

/* Make @ip lead to @point as well; sites are twice as many as addresses. */
static void rt_site_add(unsigned long ip, u32 point, bool link)
{
	u32 slot = rt_site_slot(ip);

	while (rt_sites[slot].ip && rt_sites[slot].ip != ip)
		slot = (slot + 1) & rt_site_mask;
	if (link)
		rt_points[point].next =
			rt_sites[slot].ip ? rt_sites[slot].first : RT_NO_POINT;
	rt_sites[slot].ip = ip;
	rt_sites[slot].first = point;
}

static int rt_sites_alloc(u32 points)
{
	u32 bits = 4;

	while (bits < 31 && (1ULL << bits) < 4ULL * points)
		bits++;
	rt_site_shift = 64 - bits;
	rt_site_mask = (1u << bits) - 1;
	rt_sites = taprt_alloc(sizeof(*rt_sites) << bits);
	return rt_sites ? 0 : -ENOMEM;
}

/* Put all wanted entry points into the filter; returns how many are in it. */
static u32 rt_ftrace_filter(unsigned long *ips)
{
	u32 i, n = 0, set = 0;
	int rc;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_points[i].on)
			ips[n++] = rt_points[i].ip;
	if (!n)
		return 0;
	if (!kc_ftrace_filter(&rt_ftrace_ops, ips, n, 0))
		return n;
	for (i = 0; i < taprt_target.npoints; i++) {
		if (!rt_points[i].on)
			continue;
		rc = ftrace_set_filter_ip(&rt_ftrace_ops, rt_points[i].ip, 0,
					  0);
		if (rc) {
			rt_points[i].state = RT_POINT_WANTED;
			rt_points[i].on = false;
		} else {
			set++;
		}
	}
	return set;
}

/* What ftrace cannot do stays WANTED for a kprobe. */
static void rt_ftrace_arm(void)
{
	u32 i, set = 0, n = taprt_target.npoints;
	unsigned long *ips = kc_zalloc(n * sizeof(*ips), rt_cpu_id());
	int rc;

	for (i = 0; ips && i < n; i++)
		if (rt_points[i].state == RT_POINT_WANTED &&
		    taprt_points[i].mech == TAPRT_MECH_FTRACE) {
			rt_points[i].state = RT_POINT_FTRACE;
			rt_points[i].on = rt_wanted(taprt_points[i].probe);
		}
	if (ips)
		set = rt_ftrace_filter(ips);
	kc_free(ips);
	/* last to first: several points of one site run in their order */
	for (i = n; i--;) {
		if (rt_points[i].state != RT_POINT_FTRACE)
			continue;
		rt_site_add(rt_points[i].ip, i, true);
		rt_site_add(rt_points[i].ip + RT_ENDBR, i, false);
	}
	/* an empty filter would mean every function of the kernel */
	if (taprt_program.regs)
		kc_ftrace_want_regs(&rt_ftrace_ops);
	rc = set ? register_ftrace_function(&rt_ftrace_ops) : 0;
	rt_ftrace_on = set && !rc;
	for (i = 0; i < n; i++) {
		if (rt_points[i].state != RT_POINT_FTRACE)
			continue;
		if (!rc) {
			rt_points_armed++;
			continue;
		}
		rt_points[i].on = false;
		/* ftrace is switched off: a kprobe there would be dead too */
		if (rc == -EBUSY)
			rt_point_failed(i, rc);
		else
			rt_points[i].state = RT_POINT_WANTED;
	}
}

static void rt_ftrace_disarm(void)
{
	if (rt_ftrace_on)
		unregister_ftrace_function(&rt_ftrace_ops);
	rt_ftrace_on = false;
}

static void rt_ftrace_exit(void)
{
	kc_ftrace_forget(&rt_ftrace_ops);
}

/* Set point @i's address in the filter, or take it out unless others need it. */
static void rt_ftrace_one(u32 i, bool on)
{
	u32 k;
	int rc;

	rt_points[i].on = on;
	for (k = 0; !on && k < taprt_target.npoints; k++)
		if (rt_points[k].state == RT_POINT_FTRACE && rt_points[k].on &&
		    rt_points[k].ip == rt_points[i].ip)
			return;
	rc = ftrace_set_filter_ip(&rt_ftrace_ops, rt_points[i].ip, !on, 0);
	if (!rc || !on)
		return;
	rt_points[i].on = false;
	rt_points_armed--;
	rt_point_failed(i, rc);
}

static bool rt_ftrace_all(unsigned long *ips, u32 *n)
{
	u32 i;

	*n = 0;
	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_points[i].state == RT_POINT_FTRACE &&
		    rt_wanted(taprt_points[i].probe))
			ips[(*n)++] = rt_points[i].ip;
	if (!*n || kc_ftrace_filter(&rt_ftrace_ops, ips, *n, 1))
		return false;
	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_points[i].state == RT_POINT_FTRACE)
			rt_points[i].on = rt_wanted(taprt_points[i].probe);
	return true;
}

/* The filter follows the conditions; never is it empty while it is in use. */
static void rt_ftrace_rearm(void)
{
	u32 i, wanted = 0, n = taprt_target.npoints;
	unsigned long *ips;
	int rc;

	for (i = 0; i < n; i++)
		wanted += rt_points[i].state == RT_POINT_FTRACE &&
			  rt_wanted(taprt_points[i].probe);
	if (!wanted) {
		rt_ftrace_disarm();
		return; /* what is in the filter is replaced when it is used */
	}
	ips = kc_zalloc(n * sizeof(*ips), rt_cpu_id());
	if (!ips || !rt_ftrace_all(ips, &wanted)) {
		for (i = 0; i < n; i++)
			if (rt_points[i].state == RT_POINT_FTRACE &&
			    rt_wanted(taprt_points[i].probe))
				rt_ftrace_one(i, true);
		for (i = 0; i < n; i++)
			if (rt_points[i].state == RT_POINT_FTRACE &&
			    rt_points[i].on &&
			    !rt_wanted(taprt_points[i].probe))
				rt_ftrace_one(i, false);
	}
	kc_free(ips);
	if (rt_ftrace_on)
		return;
	rc = register_ftrace_function(&rt_ftrace_ops);
	rt_ftrace_on = !rc;
	for (i = 0; rc && i < n; i++)
		if (rt_points[i].state == RT_POINT_FTRACE) {
			rt_points_armed--;
			rt_point_failed(i, rc);
		}
}

#else

static int rt_sites_alloc(u32 points)
{
	(void)points;
	return 0;
}

static void rt_ftrace_arm(void)
{
}

static void rt_ftrace_disarm(void)
{
}

static void rt_ftrace_exit(void)
{
}

static void rt_ftrace_rearm(void)
{
}

#endif

/* ---- is it the right function? -------------------------------------------------------- */

static char rt_symbol_text[KSYM_SYMBOL_LEN]; /* under rt_mutex */

static int rt_ignore(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

/* Another name of the same address: ask the kernel where @name is. */
static bool rt_symbol_is_alias(unsigned long ip, const char *name)
{
	struct kprobe *kp = kc_zalloc(sizeof(*kp), rt_cpu_id());
	unsigned long at = 0;

	if (!kp)
		return false;
	kp->symbol_name = name;
	kp->pre_handler = rt_ignore;
	kp->flags = KPROBE_FLAG_DISABLED;
	if (!register_kprobe(kp)) {
		at = (unsigned long)kp->addr;
		unregister_kprobe(kp);
	}
	kc_free(kp);
	return at == ip || at == ip + RT_ENDBR;
}

/*
 * Does @ip begin the function @name?  The compiler's ".isra.0" may follow the name.
 * The text is "name+0xoffset/0xsize".
 */
static bool rt_symbol_check(unsigned long ip, const char *name)
{
	size_t n = strlen(name);
	char *plus;

	sprint_symbol(rt_symbol_text, ip);
	plus = strchr(rt_symbol_text, '+');
	if (!plus || strncmp(plus, "+0x0/", 5))
		return false;
	if (!strncmp(rt_symbol_text, name, n) &&
	    (rt_symbol_text[n] == '+' || rt_symbol_text[n] == '.'))
		return true;
	return rt_symbol_is_alias(ip, name);
}

/* ---- kprobes --------------------------------------------------------------------------- */

static void rt_point_failed(u32 i, int rc)
{
	char why[32];

	rt_points_failed++;
	rt_points[i].state = RT_POINT_REFUSED;
	if (rc)
		snprintf(why, sizeof(why), "(rc %d)", rc);
	else
		snprintf(why, sizeof(why), "(other function there)");
	snprintf(rt_symbol_text, sizeof(rt_symbol_text),
		 "probe %.400s registration error [man warning::pass5]",
		 taprt_strings + taprt_points[i].pp);
	taprt_say(TAPW_REC_WARN, rt_symbol_text, why);
}

static int rt_kprobe_arm(u32 i)
{
	struct rt_kprobe *k = taprt_alloc(sizeof(*k));
	int rc;

	if (!k)
		return -ENOMEM;
	k->point = i;
	k->kp.addr = (kprobe_opcode_t *)rt_points[i].ip;
	k->kp.pre_handler = rt_kprobe_fn;
	rt_points[i].on = rt_wanted(taprt_points[i].probe);
	k->kp.flags = rt_points[i].on ? 0 : KPROBE_FLAG_DISABLED;
	rc = register_kprobe(&k->kp);
	if (rc) {
		kc_free(k);
		return rc;
	}
	rt_points[i].kp = &k->kp;
	rt_points[i].state = RT_POINT_KPROBE;
	return 0;
}

static int rt_maxactive(const struct taprt_probe *p)
{
	u32 n = 6 * num_possible_cpus();

	if (p->maxactive)
		return p->maxactive;
	if (taprt_program.kretactive)
		return taprt_program.kretactive;
	return n < 15 ? 15 : n;
}

static int rt_kretprobe_arm(u32 i)
{
	const struct taprt_probe *p = rt_point_probe(i);
	struct rt_kretprobe *k = taprt_alloc(sizeof(*k));
	int rc;

	if (!k)
		return -ENOMEM;
	k->point = i;
	k->rp.kp.addr = (kprobe_opcode_t *)rt_points[i].ip;
	k->rp.handler = rt_kret_fn;
	rt_points[i].on = rt_wanted(taprt_points[i].probe);
	k->rp.kp.flags = rt_points[i].on ? 0 : KPROBE_FLAG_DISABLED;
	k->rp.entry_handler =
		p->entry || taprt_points[i].ncallers ? rt_kret_entry : NULL;
	k->rp.data_size = p->saved_size;
	k->rp.maxactive = rt_maxactive(p);
	rc = register_kretprobe(&k->rp);
	if (rc) {
		kc_free(k);
		return rc;
	}
	rt_points[i].krp = &k->rp;
	rt_points[i].state = RT_POINT_KRETPROBE;
	return 0;
}

static void rt_kprobes_arm(void)
{
	u32 i;
	int rc;

	for (i = 0; i < taprt_target.npoints; i++) {
		if (rt_points[i].state != RT_POINT_WANTED)
			continue;
		/* each takes milliseconds; who closes ctl next waits for us */
		if (fatal_signal_pending(current))
			return;
		if (taprt_points[i].mech == TAPRT_MECH_KRETPROBE)
			rc = rt_kretprobe_arm(i);
		else
			rc = rt_kprobe_arm(i);
		if (rc)
			rt_point_failed(i, rc);
		else
			rt_points_armed++;
		cond_resched();
	}
}

static void rt_kprobes_rearm(void)
{
	struct rt_point *p = rt_points;
	struct kprobe *kp;
	bool on;
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++, p++) {
		if (p->state != RT_POINT_KPROBE &&
		    p->state != RT_POINT_KRETPROBE)
			continue;
		on = rt_wanted(taprt_points[i].probe);
		kp = p->state == RT_POINT_KPROBE ? p->kp : &p->krp->kp;
		if (on == p->on ||
		    (on ? enable_kprobe(kp) : disable_kprobe(kp)))
			continue;
		p->on = on;
		cond_resched();
	}
}

/* One grace period for all of them. */
static void rt_kprobes_disarm(void)
{
	u32 i, n = taprt_target.npoints, nk = 0, nr = 0;
	void **v = kc_zalloc((n + 1) * sizeof(*v), rt_cpu_id());

	for (i = 0; i < n; i++) {
		if (rt_points[i].state == RT_POINT_KPROBE && !v)
			unregister_kprobe(rt_points[i].kp);
		else if (rt_points[i].state == RT_POINT_KRETPROBE && !v)
			unregister_kretprobe(rt_points[i].krp);
		else if (rt_points[i].state == RT_POINT_KPROBE)
			v[nk++] = rt_points[i].kp;
		else if (rt_points[i].state == RT_POINT_KRETPROBE)
			v[n - ++nr] = rt_points[i].krp;
	}
	if (nk)
		unregister_kprobes((struct kprobe **)v, nk);
	if (nr)
		unregister_kretprobes((struct kretprobe **)v + (n - nr), nr);
	kc_free(v);
}

/* ---- the session's side ------------------------------------------------------------------ */

/* Where point @i is in this kernel, if that is what it was found in. */
static void rt_point_place(u32 i)
{
	const struct taprt_point *p = &taprt_points[i];

	rt_points[i].ip = (unsigned long)p->addr;
	if (p->mech != TAPRT_MECH_ABSOLUTE) {
		rt_points[i].ip += rt_slide;
		if (!rt_symbol_check(rt_points[i].ip,
				     taprt_strings + (p->symbol ?: p->func))) {
			rt_point_failed(i, 0);
			return;
		}
		rt_points[i].ip += p->offset;
	}
	rt_points[i].state = RT_POINT_WANTED;
}

static void rt_function_arm(void)
{
	u32 i;

	rt_slide = (unsigned long)register_kprobe -
		   (unsigned long)taprt_target.ref_addr;
	for (i = 0; i < taprt_target.npoints; i++) {
		if (rt_point_probe(i)->kind != &taprt_kind_function)
			continue;
		rt_point_place(i);
		cond_resched();
	}
	rt_ftrace_arm();
	rt_kprobes_arm();
}

static void rt_function_rearm(void)
{
	rt_ftrace_rearm();
	rt_kprobes_rearm();
}

/* Nothing runs, nor will, when this returns. */
static void rt_function_disarm(void)
{
	rt_ftrace_disarm();
	rt_kprobes_disarm();
	synchronize_rcu();
}

static u64 rt_point_missed(const struct rt_point *p)
{
	if (p->state == RT_POINT_KPROBE)
		return p->kp->nmissed;
	if (p->state == RT_POINT_KRETPROBE)
		return p->krp->nmissed + p->krp->kp.nmissed;
	return 0;
}

static void rt_function_counts(struct tapw_event *ev)
{
	u32 i;

	ev->points += rt_points_armed;
	ev->points_failed += rt_points_failed;
	for (i = 0; i < taprt_target.npoints; i++)
		ev->skipped_missed += rt_point_missed(&rt_points[i]);
}

#define RT_SKIPS_MAX \
	20 /* points named in the report; a wildcard has hundreds */

/* Report the points whose hits the kernel could not deliver. */
static void rt_function_skips(void)
{
	const struct rt_point *p = rt_points;
	u32 i, said = 0;
	const char *pp;

	for (i = 0; i < taprt_target.npoints && said < RT_SKIPS_MAX; i++, p++) {
		if (!rt_point_missed(p))
			continue;
		said++;
		pp = taprt_strings + taprt_points[i].pp;
		if (p->state == RT_POINT_KPROBE)
			taprt_say_skips("Skipped due to missed kprobe on", pp,
					"", p->kp->nmissed);
		else if (p->krp->nmissed)
			taprt_say_skips("Skipped due to missed kretprobe/1 on",
					pp, "", p->krp->nmissed);
		if (p->state == RT_POINT_KRETPROBE && p->krp->kp.nmissed)
			taprt_say_skips("Skipped due to missed kretprobe/2 on",
					pp, "", p->krp->kp.nmissed);
	}
}

static int rt_function_init(void)
{
	u32 i;

	rt_points =
		taprt_alloc((taprt_target.npoints + 1) * sizeof(*rt_points));
	if (!rt_points)
		return -ENOMEM;
	for (i = 0; i < taprt_target.npoints; i++)
		if (taprt_points[i].probe >= taprt_program.nprobes)
			return -EINVAL;
	return rt_sites_alloc(taprt_target.npoints);
}

static void rt_function_exit(void)
{
	struct rt_point *p = rt_points;
	u32 i;

	rt_ftrace_exit();
	for (i = 0; p && i < taprt_target.npoints; i++, p++) {
		if (p->state == RT_POINT_KPROBE)
			kc_free(container_of(p->kp, struct rt_kprobe, kp));
		else if (p->state == RT_POINT_KRETPROBE)
			kc_free(container_of(p->krp, struct rt_kretprobe, rp));
	}
	kc_free(rt_points);
	kc_free(rt_sites);
}

const struct taprt_part taprt_part_function = {
	.init = rt_function_init,
	.exit = rt_function_exit,
	.arm = rt_function_arm,
	.rearm = rt_function_rearm,
	.disarm = rt_function_disarm,
	.counts = rt_function_counts,
	.skips = rt_function_skips,
};
