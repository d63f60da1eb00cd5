// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls: one hook at their entry, one at their exit, and a table by number.
 *
 * Memory: 8 bytes a point, 8 KB for the table; a return probe that keeps values of
 * the entry has RT_SYS_SLOTS places (or .maxactive) of 16 bytes and the values.
 *
 * A task is in one system call at a time, so what is kept is found by the task.
 * Only the task itself writes its place: at entry, at exit and when it dies.
 */
#include "runtime/core/enter.h"

#include <linux/log2.h>
#include <linux/sched.h>

#include "runtime/compat/kc_syscall.h"
#include "runtime/compat/kc_tracepoint.h"
#include "runtime/core/arch.h"

#define RT_SYS_NRS    512 /* above every number of the table */
#define RT_SYS_SLOTS  1024
#define RT_SYS_WINDOW 32 /* places looked at for one task */
#define RT_SYS_NONE   ((u32)-1)

enum { RT_SYS_ENTER, RT_SYS_EXIT, RT_SYS_DIRS };

struct rt_sys_slot {
	struct task_struct *task;
	u32 point;
	u32 reserved;
	char data[];
};

struct rt_sys_saved {
	char *slots;
	u32 size, mask;
	atomic_t missed;
};

extern const struct taprt_kind taprt_kind_syscall;

static struct rt_sys_saved *rt_sys_saved; /* by probe; NULL: nothing is kept */

/*
 * First points of each number and of any number, then each point's next.  Where
 * values of the entry are kept, the point is at both ends.
 */
static struct rt_sys_table {
	u32 first[RT_SYS_DIRS][2][RT_SYS_NRS];
	u32 any[RT_SYS_DIRS];
	struct {
		u32 at[RT_SYS_DIRS];
	} next[];
} * rt_sys; /* NULL: the program has no such points */

static inline bool rt_is_syscall(u32 i)
{
	return taprt_points[i].mech == TAPRT_MECH_SYSCALL;
}

/* Has the point something to do at this end? */
static inline bool rt_sys_is_at(u32 i, u32 dir)
{
	const struct taprt_probe *p = rt_point_probe(i);

	if (dir == RT_SYS_EXIT)
		return p->flags & TAPRT_P_RETURN;
	return !(p->flags & TAPRT_P_RETURN) || p->entry;
}

#if KC_TRACEPOINT

static struct tracepoint *rt_sys_tp[RT_SYS_DIRS], *rt_sys_tp_died;
static bool rt_sys_on[RT_SYS_DIRS], rt_sys_died_on;
static u32 rt_sys_armed, rt_sys_failed;

/* ---- what is kept from entry to exit --------------------------------------------------- */

static struct rt_sys_slot *rt_sys_slot(const struct rt_sys_saved *s, u32 i)
{
	return (void *)(s->slots + (size_t)(i & s->mask) * s->size);
}

/* The place of the current task, or with @take a free one; NULL: there is none. */
static struct rt_sys_slot *rt_sys_find(const struct rt_sys_saved *s, bool take)
{
	struct task_struct *t = current;
	u32 i, h = ((u64)(unsigned long)t * 0x9e3779b97f4a7c15ULL) >> 40;
	struct rt_sys_slot *e;

	for (i = 0; i < RT_SYS_WINDOW; i++) {
		e = rt_sys_slot(s, h + i);
		if (rt_read_once(e->task) == t)
			return e;
	}
	for (i = 0; take && i < RT_SYS_WINDOW; i++) {
		e = rt_sys_slot(s, h + i);
		if (!rt_read_once(e->task) && !cmpxchg(&e->task, NULL, t))
			return e;
	}
	return NULL;
}

static void rt_sys_forget(const struct rt_sys_saved *s)
{
	struct rt_sys_slot *e = rt_sys_find(s, false);

	if (e)
		rt_store_release(&e->task, (struct task_struct *)NULL);
}

KC_TRACE_FN(rt_sys_died)
{
	u32 i;

	for (i = 0; i < taprt_program.nprobes; i++)
		if (rt_sys_saved[i].slots)
			rt_sys_forget(&rt_sys_saved[i]);
}

/* ---- running handlers -------------------------------------------------------------------- */

static __always_inline u64 rt_sys_arg(u64 v, u32 kind)
{
	switch (kind & 15) {
	case TAPRT_ARG_S32:
		return (s64)(s32)v;
	case TAPRT_ARG_U32:
		return (u32)v;
	case TAPRT_ARG_U16:
		return (u16)v;
	default:
		return v;
	}
}

static void rt_sys_args(struct taprt_ctx *c, const struct pt_regs *regs,
			bool compat, u64 addr)
{
	u32 i;
	u64 kinds = addr >> TAPRT_SYS_KIND;

	rt_regs_syscall(regs, compat, c->arg);
	for (i = 0; i < 6; i++, kinds >>= 4)
		if (kinds & 15)
			c->arg[i] = rt_sys_arg(c->arg[i], kinds);
	c->stack = 0;
}

static __always_inline void rt_sys_ctx(struct rt_cpu *r, u32 point,
				       const struct taprt_probe *p, u64 nr)
{
	rt_point_ctx(r, point, p);
	r->c.func = "";
	r->c.nr = nr;
}

/* The entry of a call whose return has values to keep. */
static void rt_sys_keep(struct rt_cpu *r, u32 point,
			const struct taprt_probe *p)
{
	struct rt_sys_saved *s = &rt_sys_saved[p - taprt_program.probes];
	struct rt_sys_slot *e = rt_sys_find(s, true);

	if (!e) {
		atomic_inc(&s->missed);
		return;
	}
	e->point = point;
	r->c.saved = e->data;
	if (!rt_run_part(r, p->entry, p->flags) || r->c.error)
		rt_store_release(&e->task, (struct task_struct *)NULL);
}

static __always_inline void rt_sys_enter_one(u32 i, struct pt_regs *regs,
					     u64 nr)
{
	const struct taprt_probe *p = rt_point_probe(i);
	unsigned long flags;
	struct rt_cpu *r;

	if (rt_counted(p))
		return;
	r = rt_enter(&flags);
	if (!r)
		return;
	rt_sys_ctx(r, i, p, nr);
	if (p->flags & TAPRT_P_ARGS)
		rt_sys_args(&r->c, regs, nr >> 32, taprt_points[i].addr);
	if (p->flags & TAPRT_P_RETURN)
		rt_sys_keep(r, i, p);
	else
		rt_run(r, p);
	rt_leave(r, flags);
}

static __always_inline void rt_sys_exit_one(u32 i, struct pt_regs *regs, u64 nr,
					    u64 ret)
{
	const struct taprt_probe *p = rt_point_probe(i);
	struct rt_sys_slot *e = NULL;
	unsigned long flags;
	struct rt_cpu *r;

	if (rt_counted(p))
		return;
	if (p->entry) {
		e = rt_sys_find(&rt_sys_saved[p - taprt_program.probes], false);
		if (!e || e->point != i)
			return;
	}
	r = rt_enter(&flags);
	if (!r)
		return;
	rt_sys_ctx(r, i, p, nr);
	r->c.retval = ret;
	if (e)
		r->c.saved = e->data;
	rt_run(r, p);
	if (e)
		rt_store_release(&e->task, (struct task_struct *)NULL);
	rt_leave(r, flags);
}

static __always_inline u32 rt_sys_first(u32 dir, u32 nr, bool compat)
{
	return nr < RT_SYS_NRS ? rt_sys->first[dir][compat][nr] : RT_SYS_NONE;
}

KC_TRACE_FN(rt_sys_enter)
{
	struct pt_regs *regs = (struct pt_regs *)kc_targ(0);
	bool compat = kc_compat_syscall();
	u64 nr = rt_syscall_nr(kc_targ(1)) | (u64)compat << 32;
	u32 i;

	if (!rt_running())
		return;
	for (i = rt_sys_first(RT_SYS_ENTER, nr, compat); i != RT_SYS_NONE;
	     i = rt_sys->next[i].at[RT_SYS_ENTER])
		rt_sys_enter_one(i, regs, nr);
	for (i = rt_sys->any[RT_SYS_ENTER]; i != RT_SYS_NONE;
	     i = rt_sys->next[i].at[RT_SYS_ENTER])
		rt_sys_enter_one(i, regs, nr);
}

KC_TRACE_FN(rt_sys_exit)
{
	struct pt_regs *regs = (struct pt_regs *)kc_targ(0);
	bool compat = kc_compat_syscall();
	u64 nr = rt_syscall_nr(rt_regs_syscall_nr(regs)) | (u64)compat << 32;
	u32 i;

	if (!rt_running())
		return;
	for (i = rt_sys_first(RT_SYS_EXIT, nr, compat); i != RT_SYS_NONE;
	     i = rt_sys->next[i].at[RT_SYS_EXIT])
		rt_sys_exit_one(i, regs, nr, kc_targ(1));
	for (i = rt_sys->any[RT_SYS_EXIT]; i != RT_SYS_NONE;
	     i = rt_sys->next[i].at[RT_SYS_EXIT])
		rt_sys_exit_one(i, regs, nr, kc_targ(1));
}

/* ---- arming --------------------------------------------------------------------------------- */

static void rt_sys_find_tp(struct tracepoint *tp, void *arg)
{
	if (!strcmp(tp->name, "sys_enter"))
		rt_sys_tp[RT_SYS_ENTER] = tp;
	else if (!strcmp(tp->name, "sys_exit"))
		rt_sys_tp[RT_SYS_EXIT] = tp;
	else if (!strcmp(tp->name, "sched_process_exit"))
		rt_sys_tp_died = tp;
}

/* Is there a point at this end of a system call? */
static bool rt_sys_wanted(u32 dir)
{
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_syscall(i) && rt_sys_is_at(i, dir))
			return true;
	return false;
}

static int rt_sys_register(struct tracepoint *tp, void *fn, bool *on)
{
	int rc = tp ? rt_try(tracepoint_probe_register_prio(
			      tp, fn, NULL, TRACEPOINT_DEFAULT_PRIO))
		    : -ENOENT;

	*on = !rc;
	return rc;
}

static void rt_syscall_disarm(void);

static void rt_syscall_arm(void)
{
	static void *const fn[] = { rt_sys_enter, rt_sys_exit };
	char why[32];
	u32 i, dir;
	int rc = 0;

	if (!rt_sys)
		return;
	for_each_kernel_tracepoint(rt_sys_find_tp, NULL);
	if (rt_sys_saved)
		rc = rt_sys_register(rt_sys_tp_died, rt_sys_died,
				     &rt_sys_died_on);
	/* an exit without its entry has nothing kept: it is not run */
	for (dir = 0; dir < RT_SYS_DIRS && !rc; dir++)
		if (rt_sys_wanted(dir))
			rc = rt_sys_register(rt_sys_tp[dir], fn[dir],
					     &rt_sys_on[dir]);
	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_syscall(i) && rc)
			rt_sys_failed++;
		else if (rt_is_syscall(i))
			rt_sys_armed++;
	if (!rc)
		return;
	rt_syscall_disarm(); /* all of them or none: it is one message */
	snprintf(why, sizeof(why), "(rc %d)", rc);
	taprt_say(TAPW_REC_WARN,
		  "system call registration error [man warning::pass5]", why);
}

/* Nothing runs, nor will, when this returns. */
static void rt_syscall_disarm(void)
{
	bool any = rt_sys_died_on;

	if (rt_sys_on[RT_SYS_ENTER])
		any |= !tracepoint_probe_unregister(rt_sys_tp[RT_SYS_ENTER],
						    (void *)rt_sys_enter, NULL);
	if (rt_sys_on[RT_SYS_EXIT])
		any |= !tracepoint_probe_unregister(rt_sys_tp[RT_SYS_EXIT],
						    (void *)rt_sys_exit, NULL);
	if (rt_sys_died_on)
		tracepoint_probe_unregister(rt_sys_tp_died, (void *)rt_sys_died,
					    NULL);
	rt_sys_on[RT_SYS_ENTER] = rt_sys_on[RT_SYS_EXIT] = false;
	rt_sys_died_on = false;
	if (any)
		tracepoint_synchronize_unregister();
}

#else

static const u32 rt_sys_armed, rt_sys_failed;

static void rt_syscall_arm(void)
{
	if (rt_sys)
		taprt_say(TAPW_REC_WARN,
			  "system calls of this kernel cannot be probed", "");
}

static void rt_syscall_disarm(void)
{
}

#endif

/* ---- the session's side ----------------------------------------------------------------------- */

static void rt_syscall_counts(struct tapw_event *ev)
{
	u32 i;

	ev->points += rt_sys_armed;
	ev->points_failed += rt_sys_failed;
	for (i = 0; rt_sys_saved && i < taprt_program.nprobes; i++)
		ev->skipped_missed += atomic_read(&rt_sys_saved[i].missed);
}

static void rt_syscall_skips(void)
{
	u32 i, k;

	for (i = 0; rt_sys_saved && i < taprt_program.nprobes; i++) {
		u32 n = atomic_read(&rt_sys_saved[i].missed);

		for (k = 0; n && k < taprt_target.npoints; k++)
			if (taprt_points[k].probe == i)
				break;
		if (n && k < taprt_target.npoints)
			taprt_say_skips(
				"Skipped due to too many calls at once of",
				taprt_strings + taprt_points[k].pp, "", n);
	}
}

/* Last to first: several points of one call run in their order. */
static void rt_sys_link(u32 dir)
{
	u32 i = taprt_target.npoints;

	while (i--) {
		u64 a = taprt_points[i].addr;
		bool compat = a & TAPRT_SYS_COMPAT;
		u32 nr = a & TAPRT_SYS_NR, *head;

		if (!rt_is_syscall(i) || nr >= RT_SYS_NRS ||
		    !rt_sys_is_at(i, dir))
			continue;
		head = a & TAPRT_SYS_ANY ? &rt_sys->any[dir]
					 : &rt_sys->first[dir][compat][nr];
		rt_sys->next[i].at[dir] = *head;
		*head = i;
	}
}

static int rt_sys_saved_alloc(void)
{
	const struct taprt_probe *p = taprt_program.probes;
	u32 i, n = taprt_program.nprobes, slots;
	struct rt_sys_saved *s;

	for (i = 0; i < n; i++, p++) {
		if (p->kind != &taprt_kind_syscall || !p->entry)
			continue;
		if (!rt_sys_saved)
			rt_sys_saved = taprt_alloc(n * sizeof(*rt_sys_saved));
		if (!rt_sys_saved)
			return -ENOMEM;
		s = &rt_sys_saved[i];
		slots = p->maxactive ? p->maxactive : RT_SYS_SLOTS;
		slots = roundup_pow_of_two(slots < RT_SYS_WINDOW ? RT_SYS_WINDOW
								 : slots);
		s->mask = slots - 1;
		s->size = sizeof(struct rt_sys_slot) + ALIGN(p->saved_size, 8);
		s->slots = taprt_alloc((size_t)slots * s->size);
		if (!s->slots)
			return -ENOMEM;
	}
	return 0;
}

static int rt_syscall_init(void)
{
	u32 i, n = taprt_target.npoints;
	bool any = false;

	for (i = 0; i < n; i++)
		any |= rt_is_syscall(i);
	if (!any)
		return 0;
	rt_sys = taprt_alloc(sizeof(*rt_sys) + n * sizeof(rt_sys->next[0]));
	if (!rt_sys)
		return -ENOMEM;
	memset(rt_sys, 0xff, sizeof(*rt_sys) + n * sizeof(rt_sys->next[0]));
	rt_sys_link(RT_SYS_ENTER);
	rt_sys_link(RT_SYS_EXIT);
	return rt_sys_saved_alloc();
}

static void rt_syscall_exit(void)
{
	u32 i;

	for (i = 0; rt_sys_saved && i < taprt_program.nprobes; i++)
		taprt_free(rt_sys_saved[i].slots);
	taprt_free(rt_sys_saved);
	taprt_free(rt_sys);
}

static const char *rt_syscall_type(const struct taprt_probe *p)
{
	return "tracepoint";
}

const struct taprt_kind taprt_kind_syscall = { .type = rt_syscall_type,
					       .is_syscall = true };

const struct taprt_part taprt_part_syscall = {
	.init = rt_syscall_init,
	.exit = rt_syscall_exit,
	.arm = rt_syscall_arm,
	.disarm = rt_syscall_disarm,
	.counts = rt_syscall_counts,
	.skips = rt_syscall_skips,
};
