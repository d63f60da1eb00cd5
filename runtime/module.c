// SPDX-License-Identifier: GPL-2.0-only
/*
 * The runtime as one file, compiled once per kernel; init and exit.
 *
 * module_init only allocates and makes the procfs files: nothing is probed
 * before the runner sends START.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timex.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <asm/irq_regs.h>

#include "kc_config.h"
#if KC_HAVE_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif
#include "runtime/compat/kc_ftrace.h"
#include "runtime/compat/kc_kprobe.h"
#include "runtime/compat/kc_mem.h"
#include "runtime/compat/kc_proc.h"
#include "runtime/compat/kc_runner.h"
#include "runtime/compat/kc_syscall.h"
#include "runtime/compat/kc_task.h"
#include "runtime/compat/kc_time.h"
#include "runtime/compat/kc_trace.h"
#include "runtime/compat/kc_tracepoint.h"
#include "runtime/compat/kc_uaccess.h"

#ifdef CONFIG_X86_64
#include "runtime/arch/x86_64/regs.h"
#else
#error "no runtime/arch for this machine"
#endif

#include "runtime/core/core.h"

static void rt_fail_num(struct taprt_ctx *c, const char *before, s64 v,
			const char *after);
static void rt_fail_addr(struct taprt_ctx *c, const char *before, u64 addr,
			 const char *after);
static void rt_session_fail(const char *reason);
static void rt_special_run(u32 family, s32 state);
static void rt_timers_arm(void);
static void rt_timers_disarm(void);
static void rt_function_arm(void);
static void rt_function_disarm(void);
static void rt_function_counts(struct tapw_event *ev);
static void rt_function_skips(void);
static void rt_syscall_arm(void);
static void rt_syscall_disarm(void);
static void rt_syscall_counts(struct tapw_event *ev);
static void rt_syscall_skips(void);
static void rt_trace_arm(void);
static void rt_trace_disarm(void);
static void rt_trace_counts(struct tapw_event *ev);

#include "runtime/core/ring.c"
#include "runtime/core/str.c"
#include "runtime/core/print.c"
#include "runtime/core/error.c"
#include "runtime/core/regex.c"
#include "runtime/core/fn_ctx.c"
#include "runtime/core/fn_errno.c"
#include "runtime/core/fn_str.c"
#include "runtime/core/flags.c"
#include "runtime/core/hist.c"
#include "runtime/core/stat.c"
#include "runtime/core/map.c"
#include "runtime/core/share.c"
#include "runtime/core/iter.c"
#include "runtime/core/lock.c"
#include "runtime/core/copy.c"
#include "runtime/core/timing.c"
#include "runtime/core/fn_mem.c"
#include "runtime/core/fn_words.c"
#include "runtime/core/random.c"
#include "runtime/core/embed.c"
#include "runtime/core/context.c"
#include "runtime/core/fn_task.c"
#include "runtime/core/fn_regs.c"
#include "runtime/core/session.c"
#include "runtime/core/time.c"
#include "runtime/core/task.c"
#include "runtime/core/fn_target.c"
#include "runtime/core/fn_float.c"
#include "runtime/core/transport.c"
#include "runtime/core/control.c"
#include "runtime/family/rt_begin.c"
#include "runtime/family/rt_timer.c"
#include "runtime/family/rt_function.c"
#include "runtime/family/rt_trace.c"
#include "runtime/family/rt_syscall.c"

static void rt_exit_all(void)
{
	rt_files_exit();
	mutex_lock(&rt_mutex);
	if (rt_points)
		rt_session_stop(false);
	mutex_unlock(&rt_mutex);
	rt_syscall_exit();
	rt_trace_exit();
	rt_function_exit();
	rt_timers_exit();
	rt_timing_exit();
	rt_globals_exit();
	kc_runner_put(&rt_runner);
	rt_area_exit();
	rt_contexts_exit();
}

static int __init taprt_init(void)
{
	int rc;

	if (taprt_program.abi != TAPRT_ABI)
		return -ENOEXEC;
	rt_memory_max = taprt_program.maxmemory;
	rt_ncpus = nr_cpu_ids;
	rt_arch_init();
	rc = rt_contexts_init();
	if (!rc)
		rc = rt_area_init();
	if (!rc)
		rc = rt_globals_init();
	if (!rc && rt_timing_init() < 0)
		rc = -ENOMEM;
	if (!rc)
		rc = rt_timers_init();
	if (!rc)
		rc = rt_function_init();
	if (!rc)
		rc = rt_trace_init();
	if (!rc)
		rc = rt_syscall_init();
	if (!rc)
		rc = rt_files_init();
	if (rc)
		rt_exit_all();
	/* told apart from a kernel that is short of memory */
	return rc == -ENOMEM && rt_memory_over ? -EDQUOT : rc;
}

static void __exit taprt_exit(void)
{
	rt_exit_all();
}

module_init(taprt_init);
module_exit(taprt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("tap script");
