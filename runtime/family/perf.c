// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf events, counters and hardware watchpoints: one part of the runtime,
 * since both are perf events, whose header costs a kit more than all the rest.
 *
 * What fires may be an NMI (rt_perf_fire()).
 */
#include "runtime/core/enter.h"

#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "runtime/compat/kc_perf.h"
#include "runtime/compat/kc_tracepoint.h"

static DEFINE_MUTEX(rt_perf_mutex); /* arming, disarming, a CPU that came */
static u32 rt_perf_armed, rt_perf_failed;

/*
 * An event of the probe, on this CPU.
 *
 * Safe in an NMI: the context is this CPU's own, and an NMI that hits a handler finds
 * it busy and is counted as skipped; what handlers wait for (locks of globals, of
 * maps) is held by handlers only, so by other CPUs, and waited for a bounded time;
 * output goes to this CPU's ring, without locks; the reader is woken by a timer, not
 * by us; clocks are the kernel's NMI-safe ones and reads of memory do not sleep.
 */
static void rt_perf_fire(const struct taprt_probe *p, u32 point, const char *pp,
			 struct pt_regs *regs)
{
	unsigned long flags;
	struct rt_cpu *r;

	if (!rt_running() || rt_counted(p))
		return;
	r = rt_enter(&flags);
	if (!r)
		return;
	rt_ctx_reset(r, p);
	r->c.regs = regs;
	r->c.point = point;
	r->c.func = "";
	r->c.pp = pp;
	rt_run(r, p);
	rt_leave(r, flags);
}

/* By one at a time, for the text's sake. */
static void rt_perf_warn(const char *before, const char *name,
			 const char *after, int rc)
{
	static char text[320];

	rt_perf_failed++;
	snprintf(text, sizeof(text), "%s%.200s%s (rc %d)", before, name, after,
		 rc);
	taprt_say(TAPW_REC_WARN, text, NULL);
}

#include "runtime/family/rt_perf.c"
#include "runtime/family/rt_counter.c"
#include "runtime/family/rt_hwbp.c"

/* ---- CPUs that come ------------------------------------------------------------- */

/*
 * The kernel takes a CPU's events away when it goes.  When it comes again, making
 * them takes locks that bringing it up holds: a worker does it.
 */
static int rt_perf_hp = -1;
static bool rt_perf_on; /* under rt_perf_mutex */

static void rt_perf_come(struct work_struct *w)
{
	(void)w;
	mutex_lock(&rt_perf_mutex);
	if (rt_perf_on) {
		rt_perfs_renew();
		rt_hwbps_renew();
	}
	mutex_unlock(&rt_perf_mutex);
}

static DECLARE_WORK(rt_perf_work, rt_perf_come);

static int rt_perf_online(unsigned int cpu)
{
	rt_perfs_gone(cpu);
	schedule_work(&rt_perf_work);
	return 0;
}

/* ---- the session's side ----------------------------------------------------------- */

static void rt_perf_arm_work(struct work_struct *w)
{
	mutex_lock(&rt_perf_mutex);
	rt_perfs_arm();
	rt_hwbps_arm();
	mutex_unlock(&rt_perf_mutex);
}

static void rt_perf_start_work(struct work_struct *w)
{
	mutex_lock(&rt_perf_mutex);
	rt_perf_on = true;
	rt_counters_arm();
	mutex_unlock(&rt_perf_mutex);
}

/*
 * A worker's: whoever starts the session may have given up the right to do this.  But
 * a path is what it is to him.
 */
static void rt_perf_arm(void)
{
	static DECLARE_WORK(work, rt_perf_arm_work);

	rt_perfs_find(false);
	schedule_work(&work);
	flush_work(&work);
}

/* Likewise: begin probes may read counters, and end probes. */
static void rt_perf_start(void)
{
	static DECLARE_WORK(work, rt_perf_start_work);

	rt_perfs_find(true);
	rt_perf_hp = rt_try(kc_cpuhp_begin(rt_perf_online));
	if (rt_perf_hp < 0)
		taprt_say(TAPW_REC_WARN, "CPUs that come are not probed", "");
	schedule_work(&work);
	flush_work(&work);
}

/*
 * Releasing an event takes it from its CPU, where an interrupt that does so may have
 * come amid the handler: one of an event of software runs with interrupts on.
 */
static void rt_perf_disarm(void)
{
	kc_cpuhp_end(rt_perf_hp);
	rt_perf_hp = -1;
	mutex_lock(&rt_perf_mutex);
	rt_perf_on = false;
	rt_hwbps_disarm();
	rt_perfs_disarm();
	mutex_unlock(&rt_perf_mutex);
	cancel_work_sync(&rt_perf_work);
	synchronize_rcu();
	rt_perfs_forget();
}

static void rt_perf_counts(struct tapw_event *ev)
{
	ev->points += rt_perf_armed;
	ev->points_failed += rt_perf_failed;
}

static int rt_perf_init(void)
{
	int rc = rt_perfs_init();

	return rc ? rc : rt_hwbps_init();
}

static void rt_perf_exit(void)
{
	rt_counters_disarm();
	rt_hwbps_exit();
	rt_perfs_exit();
}

const struct taprt_part taprt_part_perf = {
	.init = rt_perf_init,
	.exit = rt_perf_exit,
	.start = rt_perf_start,
	.arm = rt_perf_arm,
	.disarm = rt_perf_disarm,
	.report = rt_counters_disarm,
	.counts = rt_perf_counts,
};
