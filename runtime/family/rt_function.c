// SPDX-License-Identifier: GPL-2.0-only
/*
 * Function probes: entries by one ftrace_ops, else kprobes; exits by kretprobes.
 *
 * Memory: 32 bytes a point, 64 to 128 more for its sites, a kprobe or kretprobe where
 * one is used (a kretprobe's instances: maxactive * (saved_size + about 100 bytes)).
 *
 * A kernel symbol's ftrace site is at the symbol or after its ENDBR, and a
 * callback is told the site: both addresses are in the table of sites.
 */
#include "runtime/family/function.h"

#include "runtime/compat/kc_mem.h"
#include "runtime/core/arch.h"
#if KC_HAVE_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif

#define RT_NO_POINT ((u32)-1)

struct rt_kprobe {
	struct kprobe kp;
	u32 point;
};

struct rt_kretprobe {
	struct kretprobe rp;
	u32 point;
};

const char *taprt_fn_type(const struct taprt_probe *p)
{
	return p->flags & TAPRT_P_RETURN ? "kretprobe" : "kprobe";
}

const struct taprt_kind taprt_kind_function = {
	.type = taprt_fn_type,
};

struct rt_point *taprt_fn_points;
#define rt_points taprt_fn_points
DEFINE_MUTEX(taprt_fn_mutex);
static u32 rt_points_armed;
static unsigned long rt_slide; /* from link-time addresses to those here */
static u32 rt_points_failed;
static struct rt_sites rt_kernel_sites;

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
	unsigned long from = rt_points[i].owner ? rt_points[i].ip : rt_slide;
	u32 k;

	for (k = 0; k < p->ncallers; k++)
		if ((unsigned long)taprt_nums[p->caller + k] + from == to)
			return true;
	return false;
}

/* The same by the stack, which is as the call left it. */
static __always_inline bool rt_call_counts(u32 i, const struct pt_regs *regs)
{
	return likely(!rt_points[i].choosy) ||
	       rt_called_from(i, kc_return_address(rt_regs_sp(regs)));
}

static noinline int rt_kprobe_run(u32 point, struct pt_regs *regs)
{
	const struct taprt_probe *p = rt_points[point].probe;
	unsigned long flags;
	struct rt_cpu *r;

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

static int rt_kprobe_fn(struct kprobe *kp, struct pt_regs *regs)
{
	u32 point = container_of(kp, struct rt_kprobe, kp)->point;

	if (!rt_running() || !rt_call_counts(point, regs) ||
	    rt_counted(rt_points[point].probe))
		return 0;
	return rt_kprobe_run(point, regs);
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
	rc = !rt_run_part(r, p->entry, p->flags) || r->c.error;
	rt_leave(r, flags);
	return rc;
}

static noinline int rt_kret_run(u32 point, struct kretprobe_instance *ri,
				struct pt_regs *regs)
{
	const struct taprt_probe *p = rt_points[point].probe;
	unsigned long flags;
	struct rt_cpu *r;

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

static int rt_kret_fn(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct kretprobe *rp = kc_ri_kretprobe(ri);
	u32 point;

	if (!rp || !rt_running()) /* unregistered meanwhile */
		return 0;
	point = container_of(rp, struct rt_kretprobe, rp)->point;
	if (rt_counted(rt_points[point].probe))
		return 0;
	return rt_kret_run(point, ri, regs);
}

u64 taprt_stack_arg(struct taprt_ctx *c, u32 n)
{
	if (!c->stack || n < 6) {
		taprt_fail(c, "argument on the stack is not known here");
		return 0;
	}
	return taprt_kread_u64(c, c->stack + (n - 6) * sizeof(u64));
}

#include "runtime/family/rt_ftrace.c"

/* ---- is it the right function? -------------------------------------------------------- */

/* Under taprt_fn_mutex. */
static char rt_symbol_text[KSYM_SYMBOL_LEN];

/* The compiler's ".isra.0" may follow the name: "name+0xoffset/0xsize" is the text. */
bool taprt_fn_is(unsigned long ip, const char *name)
{
	size_t n = strlen(name);
	char *plus;

	sprint_symbol(rt_symbol_text, ip);
	plus = strchr(rt_symbol_text, '+');
	return plus && !strncmp(plus, "+0x0/", 5) &&
	       !strncmp(rt_symbol_text, name, n) &&
	       (rt_symbol_text[n] == '+' || rt_symbol_text[n] == '.');
}

static int rt_ignore(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

/*
 * Where the kernel's function @name begins, or 0.  Kprobes look names up, those of the
 * kernel itself first, and may be behind the ENDBR.
 */
unsigned long taprt_fn_named(const char *name)
{
	struct kprobe *kp = rt_try_ptr(kc_zalloc(sizeof(*kp), rt_cpu_id()));
	unsigned long at = 0;
	char *plus;

	if (!kp)
		return 0;
	kp->symbol_name = name;
	kp->pre_handler = rt_ignore;
	kp->flags = KPROBE_FLAG_DISABLED;
	if (!rt_try(register_kprobe(kp))) {
		at = (unsigned long)kp->addr;
		unregister_kprobe(kp);
	}
	kc_free(kp);
	if (!at)
		return 0;
	sprint_symbol(rt_symbol_text, at);
	plus = strchr(rt_symbol_text, '+');
	if (plus && !strncmp(plus, "+0x4/", 5))
		return at - RT_ENDBR;
	return plus && !strncmp(plus, "+0x0/", 5) ? at : 0;
}

/* ---- kprobes --------------------------------------------------------------------------- */

/*
 * register_kprobe() of x86 decodes the whole function to see if a jump may replace the
 * breakpoint (can_optimize()), and takes what is behind the last function of a module,
 * up to the end of the page, for a part of it.  An instruction that seems to go on there
 * makes it read behind the module's text, which may be unmapped from 6.4 on: an oops.
 */
static bool rt_kprobe_runs_out(unsigned long ip)
{
	unsigned long off, size, end;
	char *plus;

	sprint_symbol(rt_symbol_text, ip);
	plus = strchr(rt_symbol_text, '+');
	if (!plus || sscanf(plus, "+0x%lx/0x%lx", &off, &size) != 2)
		return true;
	end = ip - off + size;
	if (end & (PAGE_SIZE - 1))
		return false;
	sprint_symbol(rt_symbol_text, end);
	return !strncmp(rt_symbol_text, "0x", 2);
}

void taprt_fn_failed(u32 i, int rc)
{
	char why[32];

	rt_points_failed++;
	rt_points[i].state = RT_POINT_REFUSED;
	if (rt_points[i].told)
		return;
	rt_points[i].told = true;
	if (rc)
		snprintf(why, sizeof(why), "(rc %d)", rc);
	else
		snprintf(why, sizeof(why), "(other function there)");
	snprintf(rt_symbol_text, sizeof(rt_symbol_text),
		 "probe %.400s registration error [man warning::pass5]",
		 taprt_strings + taprt_points[i].pp);
	taprt_say(TAPW_REC_WARN, rt_symbol_text, why);
}

void taprt_fn_gone(u32 i)
{
	if (rt_points[i].state == RT_POINT_REFUSED)
		rt_points_failed--;
	else if (rt_points[i].state > RT_POINT_WANTED)
		rt_points_armed--;
	rt_points[i].state = RT_POINT_OFF;
}

static int rt_kprobe_arm(u32 i)
{
	struct rt_kprobe *k =
		rt_points[i].kp
			? container_of(rt_points[i].kp, struct rt_kprobe, kp)
			: NULL;
	int rc;

	/* a module's comes and goes, and the memory stays */
	if (!k)
		k = taprt_alloc(sizeof(*k));
	if (!k)
		return -ENOMEM;
	memset(k, 0, sizeof(*k));
	rt_points[i].kp = &k->kp;
	k->point = i;
	k->kp.addr = (kprobe_opcode_t *)rt_points[i].ip;
	k->kp.pre_handler = rt_kprobe_fn;
	rt_points[i].on = rt_wanted(taprt_points[i].probe);
	k->kp.flags = rt_points[i].on ? 0 : KPROBE_FLAG_DISABLED;
	rc = rt_try(register_kprobe(&k->kp));
	if (!rc)
		rt_points[i].state = RT_POINT_KPROBE;
	return rc;
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
	struct rt_kretprobe *k = rt_points[i].krp
					 ? container_of(rt_points[i].krp,
							struct rt_kretprobe, rp)
					 : NULL;
	int rc;

	if (!k)
		k = taprt_alloc(sizeof(*k));
	if (!k)
		return -ENOMEM;
	memset(k, 0, sizeof(*k));
	rt_points[i].krp = &k->rp;
	k->point = i;
	k->rp.kp.addr = (kprobe_opcode_t *)rt_points[i].ip;
	k->rp.handler = rt_kret_fn;
	rt_points[i].on = rt_wanted(taprt_points[i].probe);
	k->rp.kp.flags = rt_points[i].on ? 0 : KPROBE_FLAG_DISABLED;
	k->rp.entry_handler =
		p->entry || taprt_points[i].ncallers ? rt_kret_entry : NULL;
	k->rp.data_size = p->saved_size;
	k->rp.maxactive = rt_maxactive(p);
	rc = rt_try(register_kretprobe(&k->rp));
	if (!rc)
		rt_points[i].state = RT_POINT_KRETPROBE;
	return rc;
}

/* @callers: those that look at who calls, or those that do not */
static void rt_kprobes_arm_some(u16 owner, bool callers)
{
	u32 i;
	int rc;

	for (i = 0; i < taprt_target.npoints; i++) {
		if (rt_points[i].state != RT_POINT_WANTED ||
		    rt_points[i].owner != owner ||
		    callers != (taprt_points[i].ncallers != 0))
			continue;
		/* each takes milliseconds; who closes ctl next waits for us */
		if (fatal_signal_pending(current))
			return;
		if (rt_points[i].owner && rt_kprobe_runs_out(rt_points[i].ip))
			rc = -EFAULT;
		else if (taprt_points[i].mech == TAPRT_MECH_KRETPROBE)
			rc = rt_kretprobe_arm(i);
		else
			rc = rt_kprobe_arm(i);
		if (rc)
			taprt_fn_failed(i, rc);
		else
			rt_points_armed++;
		cond_resched();
	}
}

/* Of one function what comes last runs first, and sees the stack as the call left it. */
static void rt_kprobes_arm(u16 owner)
{
	rt_kprobes_arm_some(owner, false);
	rt_kprobes_arm_some(owner, true);
}

/* It cannot be switched on.  What is refused is not registered. */
static void rt_kprobe_refuse(u32 i, int rc)
{
	if (rt_points[i].state == RT_POINT_KPROBE)
		unregister_kprobe(rt_points[i].kp);
	else
		unregister_kretprobe(rt_points[i].krp);
	rt_points_armed--;
	taprt_fn_failed(i, rc);
}

static void rt_kprobes_rearm(u16 owner)
{
	struct rt_point *p = rt_points;
	struct kprobe *kp;
	bool on;
	u32 i;
	int rc;

	for (i = 0; i < taprt_target.npoints; i++, p++) {
		if (p->owner != owner || (p->state != RT_POINT_KPROBE &&
					  p->state != RT_POINT_KRETPROBE))
			continue;
		on = rt_wanted(taprt_points[i].probe);
		kp = p->state == RT_POINT_KPROBE ? p->kp : &p->krp->kp;
		if (on == p->on)
			continue;
		rc = rt_try(on ? enable_kprobe(kp) : disable_kprobe(kp));
		if (!rc)
			p->on = on;
		else if (on)
			rt_kprobe_refuse(i, rc);
		cond_resched();
	}
}

bool taprt_fn_by_ftrace(const struct rt_point *p)
{
#ifdef KPROBE_FLAG_FTRACE
	if (p->state == RT_POINT_KPROBE)
		return p->kp->flags & KPROBE_FLAG_FTRACE;
	if (p->state == RT_POINT_KRETPROBE)
		return p->krp->kp.flags & KPROBE_FLAG_FTRACE;
#endif
	return p->state == RT_POINT_FTRACE;
}

/* Those of @owner, or all; one grace period for all of them. */
void taprt_fn_kprobes_disarm(u16 owner, bool of_ftrace)
{
	u32 i, n = taprt_target.npoints, nk = 0, nr = 0;
	void **v = rt_try_ptr(kc_zalloc((n + 1) * sizeof(*v), rt_cpu_id()));

	for (i = 0; i < n; i++) {
		const struct rt_point *p = &rt_points[i];

		if ((owner != RT_OWNER_ANY && p->owner != owner) ||
		    (of_ftrace && !taprt_fn_by_ftrace(p)))
			continue;
		if (p->state == RT_POINT_KPROBE && !v)
			unregister_kprobe(p->kp);
		else if (p->state == RT_POINT_KRETPROBE && !v)
			unregister_kretprobe(p->krp);
		else if (p->state == RT_POINT_KPROBE)
			v[nk++] = p->kp;
		else if (p->state == RT_POINT_KRETPROBE)
			v[n - ++nr] = p->krp;
	}
	if (nk)
		unregister_kprobes((struct kprobe **)v, nk);
	if (nr)
		unregister_kretprobes((struct kretprobe **)v + (n - nr), nr);
	kc_free(v);
}

/* ---- the session's side ------------------------------------------------------------------ */

void taprt_fn_arm(struct rt_sites *s, u16 owner)
{
	rt_ftrace_arm(s, owner);
	rt_kprobes_arm(owner);
}

/* @exactly: another kernel may have there what was made of @name, "NAME.cold". */
static bool rt_point_is(unsigned long ip, const char *name, bool exactly)
{
	return taprt_fn_is(ip, name) &&
	       (!exactly || rt_symbol_text[strlen(name)] == '+');
}

/* Where point @i is in this kernel, if that is what it was found in. */
static void rt_point_place(u32 i)
{
	const struct taprt_point *p = &taprt_points[i];
	const char *name = taprt_strings + (p->symbol ?: p->func);
	bool by_name = taprt_target.flags & TAPRT_T_BY_NAME;
	unsigned long named;

	rt_points[i].ip = (unsigned long)p->addr;
	if (p->mech != TAPRT_MECH_ABSOLUTE) {
		rt_points[i].ip += rt_slide;
		if (!rt_point_is(rt_points[i].ip, name, by_name)) {
			named = taprt_fn_named(name);
			if (!named || (!by_name && named != rt_points[i].ip)) {
				taprt_fn_failed(i, 0);
				return;
			}
			rt_points[i].ip = named;
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
	mutex_lock(&taprt_fn_mutex);
	for (i = 0; i < taprt_target.npoints; i++) {
		if (rt_point_probe(i)->kind != &taprt_kind_function)
			continue;
		rt_point_place(i);
		cond_resched();
	}
	taprt_fn_arm(&rt_kernel_sites, RT_OWNER_KERNEL);
	mutex_unlock(&taprt_fn_mutex);
}

void taprt_fn_rearm(struct rt_sites *s, u16 owner)
{
	rt_ftrace_rearm(s, owner);
	rt_kprobes_rearm(owner);
}

static void rt_function_rearm(void)
{
	mutex_lock(&taprt_fn_mutex);
	taprt_fn_rearm(&rt_kernel_sites, RT_OWNER_KERNEL);
	mutex_unlock(&taprt_fn_mutex);
}

/* Nothing runs, nor will, when this returns. */
static void rt_function_disarm(void)
{
	taprt_fn_ftrace_disarm(&rt_kernel_sites);
	taprt_fn_kprobes_disarm(RT_OWNER_ANY, false);
	synchronize_rcu();
}

u64 taprt_fn_missed(const struct rt_point *p)
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
		ev->skipped_missed += taprt_fn_missed(&rt_points[i]);
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
		if (!taprt_fn_missed(p))
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
	for (i = 0; i < taprt_target.npoints; i++) {
		if (taprt_points[i].probe >= taprt_program.nprobes)
			return -EINVAL;
		rt_points[i].probe = rt_point_probe(i);
		rt_points[i].choosy = taprt_points[i].ncallers;
	}
	return taprt_fn_sites_init(&rt_kernel_sites, taprt_target.npoints);
}

static void rt_function_exit(void)
{
	struct rt_point *p = rt_points;
	u32 i;

	taprt_fn_sites_exit(&rt_kernel_sites);
	for (i = 0; p && i < taprt_target.npoints; i++, p++) {
		if (!p->kp)
			continue;
		if (taprt_points[i].mech == TAPRT_MECH_KRETPROBE)
			kc_free(container_of(p->krp, struct rt_kretprobe, rp));
		else
			kc_free(container_of(p->kp, struct rt_kprobe, kp));
	}
	kc_free(rt_points);
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
