// SPDX-License-Identifier: GPL-2.0-only
/*
 * The target process and what descends from it (tapset/linux/target_set.stp).
 *
 * Parents are followed at the time of asking, under RCU: nothing is recorded, so
 * that a process whose own parent has ended counts as its new parent's.
 */
#include "runtime/core/core.h"

#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

#include "runtime/compat/kc_task.h"
#if KC_HAVE_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif

#define RT_ANCESTORS_MAX 256   /* generations that are followed */
#define RT_TASKS_MAX	 32768 /* processes a report looks at */

/* Call under rcu_read_lock(). */
static bool rt_task_descends(const struct task_struct *t, pid_t target)
{
	u32 i;

	for (i = 0; i < RT_ANCESTORS_MAX; i++) {
		if (t->tgid == target)
			return true;
		if (t->tgid <= 1)
			break;
		t = rcu_dereference(t->real_parent);
	}
	return false;
}

s64 taprt_fn_target_set_pid(struct taprt_ctx *c, s64 pid)
{
	pid_t target = (pid_t)taprt_session_target;
	const struct task_struct *t;
	bool ret;

	if (!target || pid <= 0 || pid != (pid_t)pid)
		return 0;
	rcu_read_lock();
	t = pid_task(find_pid_ns((pid_t)pid, &init_pid_ns), PIDTYPE_PID);
	ret = t && rt_task_descends(t, target);
	rcu_read_unlock();
	return ret;
}

s64 taprt_fn_target_set_report(struct taprt_ctx *c)
{
	pid_t target = (pid_t)taprt_session_target;
	const struct task_struct *t;
	u32 i = 0;

	taprt_put_lit(&c->out, "target set:\n", 12);
	if (!target)
		return 0;
	rcu_read_lock();
	for_each_process(t)
	{
		if (++i > RT_TASKS_MAX)
			break;
		if (!rt_task_descends(t, target))
			continue;
		taprt_put_dec(&c->out, rcu_dereference(t->real_parent)->tgid);
		taprt_put_lit(&c->out, " begat ", 7);
		taprt_put_dec(&c->out, t->tgid);
		taprt_put_lit(&c->out, "\n", 1);
	}
	rcu_read_unlock();
	return 0;
}
