// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests (-DTAP_FAULT): one call that asks the kernel for memory, a file, a hook or
 * a timer fails with -ENOMEM, the N-th of those that are made through rt_try().
 *
 * N is the module's parameter "fault", so that one build serves all of them; the kernel
 * log says which call it was, and nothing where there were fewer.  No other module has
 * this part.
 */
#include "runtime/core/core.h"

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static unsigned int rt_fault_at; /* from 1 on; 0: none */
static atomic_t rt_fault_calls = ATOMIC_INIT(0);

module_param_cb(fault, &param_ops_uint, &rt_fault_at, 0);

bool taprt_fault(void)
{
	if ((u32)atomic_inc_return(&rt_fault_calls) != rt_fault_at)
		return false;
	pr_info("fault %u: %pS fails\n", rt_fault_at,
		__builtin_return_address(0));
	return true;
}
