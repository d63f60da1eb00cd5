// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions of modules, which come and go: armed while their module is there.
 *
 * Memory: 32 bytes a module that the script names, 32 bytes a point, and from the
 * first time on that the module is there an ftrace_ops and a table of its sites
 * (64 to 128 bytes a point of it).
 *
 * A point says how far from the beginning of its module's text the function is, which
 * the kernel's symbols must confirm; where it does not say, or is wrong, they are
 * asked for the name.
 */
#include "runtime/family/function.h"

#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>

#include "runtime/compat/kc_mem.h"
#include "runtime/compat/kc_module.h"
#include "runtime/compat/kc_modsym.h"

const struct taprt_kind taprt_kind_modfunc = { .type = taprt_fn_type };

/* One module that the script names; its owner is its index + 1.  What is here changes
 * under taprt_fn_mutex, which is not held where the chain of notifiers changes. */
struct rt_mod {
	const char *name;
	u32 points;
	bool here, leaves;
	unsigned long text;
	struct rt_sites *sites; /* from its first arrival on */
};

static struct rt_mod *rt_mods;
static u32 rt_nmods;
static u64 *rt_mod_missed; /* by point: of the times before this one */
static bool rt_mod_notified;

static bool rt_is_modfunc(u32 i)
{
	return rt_point_probe(i)->kind == &taprt_kind_modfunc;
}

/* ---- one module --------------------------------------------------------------------- */

static struct rt_mod *rt_mod_find(const char *name);

/*
 * The address of @m's symbol @name, of several the one at @ip if there is one; or 0.
 *
 * register_kprobe() would look it up as well, but then do what it must not with the
 * last function of a module (rt_kprobe_runs_out()), and wait for a grace period.
 */
static unsigned long rt_mod_symbol(const struct rt_mod *m, const char *name,
				   unsigned long ip)
{
	const struct list_head *pos;
	unsigned long found = 0;
	const char *names;
	const Elf_Sym *s;
	u32 i, n;

	rcu_read_lock_sched();
	kc_for_each_other_module(pos)
	{
		const struct module *mod = list_entry(pos, struct module, list);

		if (rt_mod_find(mod->name) != m ||
		    (mod->state != MODULE_STATE_LIVE &&
		     mod->state != MODULE_STATE_COMING))
			continue;
		s = kc_module_symbols(mod, &n, &names);
		for (i = 1; i < n && (!found || found != ip); i++)
			if (s[i].st_shndx != SHN_UNDEF &&
			    (!found || s[i].st_value == ip) &&
			    !strcmp(names + s[i].st_name, name))
				found = s[i].st_value;
	}
	rcu_read_unlock_sched();
	return found;
}

/*
 * Find the function of point @i, by its place or by its name; 0 or -errno.  A probe
 * inside of a function, or of calls from one, is at home in one build of the module
 * only: where the place is known it has to be right.
 */
static int rt_mod_function(const struct rt_mod *m, u32 i, unsigned long *ip)
{
	const struct taprt_point *p = &taprt_points[i];
	const char *name = taprt_strings + (p->symbol ?: p->func);
	unsigned long at = m->text + (unsigned long)p->addr;
	bool is_known = p->addr != TAPRT_ADDR_BY_NAME;

	*ip = at;
	if (is_known && taprt_fn_is(at, name))
		return 0;
	*ip = rt_mod_symbol(m, name, at);
	if (is_known && *ip != at && (p->offset || p->ncallers))
		return -ENOENT;
	return *ip ? 0 : -ENOENT;
}

static int rt_mod_place(const struct rt_mod *m, u32 i)
{
	unsigned long ip = 0;
	int rc = rt_mod_function(m, i, &ip);

	taprt_fn_points[i].ip = ip + taprt_points[i].offset;
	return rc;
}

static int rt_mod_sites(struct rt_mod *m)
{
	int rc;

	if (m->sites)
		return 0;
	m->sites = taprt_alloc(sizeof(*m->sites));
	if (!m->sites)
		return -ENOMEM;
	rc = taprt_fn_sites_init(m->sites, m->points);
	if (rc) {
		taprt_free(m->sites);
		m->sites = NULL;
	}
	return rc;
}

static void rt_mod_arm(struct rt_mod *m, unsigned long text)
{
	u16 owner = m - rt_mods + 1;
	int rc = rt_mod_sites(m), bad;
	u32 i;

	m->here = true;
	m->text = text;
	for (i = 0; i < taprt_target.npoints; i++) {
		struct rt_point *p = &taprt_fn_points[i];

		if (p->owner != owner)
			continue;
		bad = rc ?: rt_mod_place(m, i);
		if (bad)
			taprt_fn_failed(i, bad);
		else
			p->state = RT_POINT_WANTED;
		cond_resched();
	}
	if (!rc)
		taprt_fn_arm(m->sites, owner);
}

/* The points of @owner are disarmed: all, or those that ftrace calls. */
static void rt_mod_forget(u16 owner, bool of_ftrace)
{
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++) {
		struct rt_point *p = &taprt_fn_points[i];

		if (p->owner != owner || (of_ftrace && !taprt_fn_by_ftrace(p)))
			continue;
		rt_mod_missed[i] += taprt_fn_missed(p);
		taprt_fn_gone(i);
	}
}

/* Before kprobes give it up: what is in ftrace's filter. */
static void rt_mod_leaves(struct rt_mod *m)
{
	u16 owner = m - rt_mods + 1;

	m->here = false;
	m->leaves = true;
	m->text = 0;
	if (m->sites)
		taprt_fn_ftrace_disarm(m->sites);
	taprt_fn_kprobes_disarm(owner, true);
	rt_mod_forget(owner, true);
}

/* After that: the rest, which does not run any more. */
static void rt_mod_left(struct rt_mod *m)
{
	u16 owner = m - rt_mods + 1;

	m->leaves = false;
	taprt_fn_kprobes_disarm(owner, false);
	rt_mod_forget(owner, false);
	if (m->sites)
		taprt_fn_sites_reset(m->sites);
}

/* ---- arriving and leaving ------------------------------------------------------------- */

static struct rt_mod *rt_mod_find(const char *name)
{
	u32 i;

	for (i = 0; i < rt_nmods; i++)
		if (!strncmp(rt_mods[i].name, name, MODULE_NAME_LEN))
			return &rt_mods[i];
	return NULL;
}

static int rt_mod_after(struct notifier_block *nb, unsigned long what,
			void *data)
{
	const struct module *mod = data;
	struct rt_mod *m = rt_mod_find(mod->name);

	if (!m)
		return NOTIFY_DONE;
	mutex_lock(&taprt_fn_mutex);
	if (what == MODULE_STATE_COMING && !m->here)
		rt_mod_arm(m, kc_module_text(mod));
	else if (what == MODULE_STATE_GOING && m->leaves)
		rt_mod_left(m);
	mutex_unlock(&taprt_fn_mutex);
	return NOTIFY_DONE;
}

static int rt_mod_before(struct notifier_block *nb, unsigned long what,
			 void *data)
{
	const struct module *mod = data;
	struct rt_mod *m = rt_mod_find(mod->name);

	if (!m || what != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mutex_lock(&taprt_fn_mutex);
	if (m->here)
		rt_mod_leaves(m);
	mutex_unlock(&taprt_fn_mutex);
	return NOTIFY_DONE;
}

/*
 * The notifier of kprobes itself stands between these two (priority 0,
 * kernel/kprobes.c).  It learns what a module that comes forbids to probe: before that
 * nothing may be probed there.  And it gives up the probes of a module that goes:
 *
 * - Until 0c76ef3f26d5 (6.1) it leaves them in ftrace's filter, and whatever was loaded
 *   to the same place later was hooked: these we take away before.
 * - One that was optimized to a jump and is unregistered already, which the kernel does
 *   with a delay, stays in its table for ever (kill_optimized_kprobe() as of 6.1): with
 *   a warning nothing could be probed where the module came again, as 7.2 showed.  So we
 *   do that after.
 */
static struct notifier_block rt_mod_after_nb = {
	.notifier_call = rt_mod_after,
	.priority = -1,
};
static struct notifier_block rt_mod_before_nb = {
	.notifier_call = rt_mod_before,
	.priority = 1,
};

/* What goes is told from before anything that comes is. */
static int rt_mod_listen(void)
{
	int rc = rt_try(register_module_notifier(&rt_mod_before_nb));

	if (rc)
		return rc;
	rc = rt_try(register_module_notifier(&rt_mod_after_nb));
	if (rc)
		unregister_module_notifier(&rt_mod_before_nb);
	return rc;
}

/* Those of ours that are loaded: m->text is set. */
static u32 rt_mods_look(void)
{
	const struct list_head *pos;
	u32 n = 0;

	rcu_read_lock_sched();
	kc_for_each_other_module(pos)
	{
		const struct module *mod = list_entry(pos, struct module, list);
		struct rt_mod *m = rt_mod_find(mod->name);

		if (!m || m->here ||
		    (mod->state != MODULE_STATE_LIVE &&
		     mod->state != MODULE_STATE_COMING))
			continue;
		m->text = kc_module_text(mod);
		n++;
	}
	rcu_read_unlock_sched();
	return n;
}

/*
 * Whatever goes from here on waits for the lock, so that what was seen stays until it
 * is armed; what comes is told to us, or seen.
 */
static void rt_modfunc_arm(void)
{
	int rc = rt_mod_listen();
	u32 i;

	for (i = 0; rc && i < taprt_target.npoints; i++)
		if (rt_is_modfunc(i))
			taprt_fn_failed(i, rc);
	if (rc)
		return;
	rt_mod_notified = true;
	mutex_lock(&taprt_fn_mutex);
	if (rt_mods_look())
		for (i = 0; i < rt_nmods; i++)
			if (rt_mods[i].text && !rt_mods[i].here)
				rt_mod_arm(&rt_mods[i], rt_mods[i].text);
	mutex_unlock(&taprt_fn_mutex);
}

static void rt_modfunc_rearm(void)
{
	u32 i;

	mutex_lock(&taprt_fn_mutex);
	for (i = 0; i < rt_nmods; i++)
		if (rt_mods[i].here && rt_mods[i].sites)
			taprt_fn_rearm(rt_mods[i].sites, i + 1);
	mutex_unlock(&taprt_fn_mutex);
}

/* Kprobes are left to the part "function", which is disarmed after this one. */
static void rt_modfunc_disarm(void)
{
	u32 i;

	if (rt_mod_notified) {
		unregister_module_notifier(&rt_mod_after_nb);
		unregister_module_notifier(&rt_mod_before_nb);
	}
	rt_mod_notified = false;
	for (i = 0; i < rt_nmods; i++)
		if (rt_mods[i].sites)
			taprt_fn_ftrace_disarm(rt_mods[i].sites);
}

static void rt_modfunc_counts(struct tapw_event *ev)
{
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++)
		ev->skipped_missed += rt_mod_missed[i];
}

static void rt_modfunc_skips(void)
{
	u32 i;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_mod_missed[i])
			taprt_say_skips("Skipped due to missed probe on",
					taprt_strings + taprt_points[i].pp,
					" of a module that went",
					rt_mod_missed[i]);
}

/* ---- the table of modules --------------------------------------------------------------- */

/* Points come module by module, and each probe has them in the same order. */
static u32 rt_mod_of(const char *name, u32 after)
{
	u32 i, n = rt_nmods;

	for (i = 0; i < n; i++) {
		u32 at = (after + i) % n;

		if (!strcmp(rt_mods[at].name, name))
			return at;
	}
	if (n == RT_OWNER_MAX)
		return n;
	rt_mods[n].name = name;
	rt_nmods++;
	return n;
}

static int rt_modfunc_init(void)
{
	u32 i, at = 0, last = 0, n = 0;

	for (i = 0; i < taprt_target.npoints; i++)
		if (rt_is_modfunc(i) && taprt_points[i].module != last) {
			last = taprt_points[i].module;
			n++;
		}
	rt_mods = taprt_alloc((n + 1) * sizeof(*rt_mods));
	rt_mod_missed = taprt_alloc((taprt_target.npoints + 1) *
				    sizeof(*rt_mod_missed));
	if (!rt_mods || !rt_mod_missed)
		return -ENOMEM;
	for (i = 0; i < taprt_target.npoints; i++) {
		if (!rt_is_modfunc(i))
			continue;
		at = rt_mod_of(taprt_strings + taprt_points[i].module, at);
		if (at == RT_OWNER_MAX)
			return -E2BIG;
		rt_mods[at].points++;
		taprt_fn_points[i].owner = at + 1;
	}
	return 0;
}

static void rt_modfunc_exit(void)
{
	u32 i;

	for (i = 0; rt_mods && i < rt_nmods; i++) {
		if (!rt_mods[i].sites)
			continue;
		taprt_fn_sites_exit(rt_mods[i].sites);
		taprt_free(rt_mods[i].sites);
	}
	taprt_free(rt_mods);
	taprt_free(rt_mod_missed);
}

const struct taprt_part taprt_part_modfunc = {
	.init = rt_modfunc_init,
	.exit = rt_modfunc_exit,
	.arm = rt_modfunc_arm,
	.rearm = rt_modfunc_rearm,
	.disarm = rt_modfunc_disarm,
	.counts = rt_modfunc_counts,
	.skips = rt_modfunc_skips,
};
