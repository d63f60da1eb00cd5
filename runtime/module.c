// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core of the runtime as one file, in every module; init and exit.  What else a
 * module needs are the parts of parts.def.
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

#include "kc_config.h"
#if KC_HAVE_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif
#include "runtime/compat/kc_mem.h"
#include "runtime/compat/kc_proc.h"
#include "runtime/compat/kc_task.h"
#include "runtime/compat/kc_time.h"

#include "runtime/core/arch.h"
#include "runtime/core/enter.h"

static void rt_special_run(const struct taprt_kind *kind, s32 state);
extern const struct taprt_kind taprt_kind_begin, taprt_kind_end,
	taprt_kind_error;

#include "runtime/core/alloc.c"
#include "runtime/core/ring.c"
#include "runtime/core/str.c"
#include "runtime/core/print.c"
#include "runtime/core/error.c"
#include "runtime/core/context.c"
#include "runtime/core/session.c"
#include "runtime/core/transport.c"
#include "runtime/core/control.c"
#include "runtime/family/rt_begin.c"

static void rt_exit_all(void)
{
	rt_files_exit();
	mutex_lock(&rt_mutex);
	rt_session_stop(false);
	mutex_unlock(&rt_mutex);
	rt_parts_exit();
	rt_area_exit();
	rt_contexts_exit();
}

const u32 TAPRT_ABI = 1; /* that it is here is all that counts */

static int __init taprt_init(void)
{
	int rc;

	taprt_memory_max = taprt_program.maxmemory;
	taprt_ncpus = nr_cpu_ids;
	taprt_kernel_low = rt_arch_kernel_low();
	taprt_patience = rt_arch_patience();
	get_random_bytes(&taprt_seed, sizeof(taprt_seed));
	rc = rt_contexts_init();
	if (!rc)
		rc = rt_area_init();
	if (!rc)
		rc = rt_parts_init();
	if (!rc)
		rc = rt_files_init();
	if (rc)
		rt_exit_all();
	/* told apart from a kernel that is short of memory */
	return rc == -ENOMEM && taprt_memory_over ? -EDQUOT : rc;
}

static void __exit taprt_exit(void)
{
	rt_exit_all();
}

module_init(taprt_init);
module_exit(taprt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("tap script");
