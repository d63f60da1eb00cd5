// SPDX-License-Identifier: GPL-2.0-only
/* More of the current task, of this session, and the kernel's logs. */
#include "runtime/core/part.h"

#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "runtime/compat/kc_runner.h"
#include "runtime/compat/kc_trace.h"

/* ---- the runner: taken when it starts the session ------------------------------ */

static struct kc_runner rt_runner;

static void rt_runner_start(void)
{
	kc_runner_get(&rt_runner);
}

static void rt_runner_exit(void)
{
	kc_runner_put(&rt_runner);
}

const struct taprt_part taprt_part_runner = {
	.exit = rt_runner_exit,
	.start = rt_runner_start,
};

s64 taprt_fn_stp_pid(struct taprt_ctx *c)
{
	return kc_runner_pid(&rt_runner);
}

s64 taprt_fn_is_myproc(struct taprt_ctx *c)
{
	return kc_runner_is_mine(&rt_runner);
}

s64 taprt_fn_ns_pid(struct taprt_ctx *c)
{
	return task_tgid_nr_ns(current, kc_runner_pid_ns(&rt_runner));
}

s64 taprt_fn_ns_tid(struct taprt_ctx *c)
{
	return task_pid_nr_ns(current, kc_runner_pid_ns(&rt_runner));
}

s64 taprt_fn_ns_ppid(struct taprt_ctx *c)
{
	s64 v;

	rcu_read_lock();
	v = task_tgid_nr_ns(rcu_dereference(current->real_parent),
			    kc_runner_pid_ns(&rt_runner));
	rcu_read_unlock();
	return v;
}

s64 taprt_fn_ns_pgrp(struct taprt_ctx *c)
{
	return task_pgrp_nr_ns(current, kc_runner_pid_ns(&rt_runner));
}

s64 taprt_fn_ns_sid(struct taprt_ctx *c)
{
	return task_session_nr_ns(current, kc_runner_pid_ns(&rt_runner));
}

s64 taprt_fn_ns_uid(struct taprt_ctx *c)
{
	return kc_runner_uid(&rt_runner, current_uid());
}

s64 taprt_fn_ns_euid(struct taprt_ctx *c)
{
	return kc_runner_uid(&rt_runner, current_euid());
}

s64 taprt_fn_ns_gid(struct taprt_ctx *c)
{
	return kc_runner_gid(&rt_runner, current_gid());
}

s64 taprt_fn_ns_egid(struct taprt_ctx *c)
{
	return kc_runner_gid(&rt_runner, current_egid());
}

/* ---- the current task ---------------------------------------------------------- */

s64 taprt_fn_pgrp(struct taprt_ctx *c)
{
	return task_pgrp_nr_ns(current, &init_pid_ns);
}

s64 taprt_fn_sid(struct taprt_ctx *c)
{
	return task_session_nr_ns(current, &init_pid_ns);
}

s64 taprt_fn_task_current(struct taprt_ctx *c)
{
	return (long)current;
}

s64 taprt_fn_stack_size(struct taprt_ctx *c)
{
	return THREAD_SIZE;
}

s64 taprt_fn_stack_unused(struct taprt_ctx *c)
{
	return (unsigned long)__builtin_frame_address(0) & (THREAD_SIZE - 1);
}

s64 taprt_fn_stack_used(struct taprt_ctx *c)
{
	return THREAD_SIZE - taprt_fn_stack_unused(c);
}

/* ---- this module --------------------------------------------------------------- */

void taprt_fn_module_name(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_strcpy(dst, THIS_MODULE->name, size);
}

void taprt_fn_module_size(struct taprt_ctx *c, char *dst, u32 size)
{
	struct taprt_sink s;

	taprt_sink_buf(&s, dst, size);
	taprt_put_dec(&s, (taprt_memory + 1023) >> 10);
	taprt_put_lit(&s, "alloc kb", 8);
	taprt_sink_end(&s);
}

/* ---- the kernel's logs --------------------------------------------------------- */

s64 taprt_fn_printk(struct taprt_ctx *c, s64 level, const char *msg)
{
	if (level < 0 || level > 7)
		taprt_fail_num(c, "printk level ", level, " out of range");
	else
		printk("%c%c%s\n", KERN_SOH_ASCII, (char)('0' + level), msg);
	return 0;
}

s64 taprt_fn_ftrace(struct taprt_ctx *c, const char *msg)
{
	kc_trace_puts(msg);
	return 0;
}

s64 taprt_fn_dump_stack(struct taprt_ctx *c)
{
	dump_stack();
	return 0;
}
