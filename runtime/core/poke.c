// SPDX-License-Identifier: GPL-2.0-only
/* Assignments to arguments and to what is returned, for scripts with -g. */
#include "runtime/core/part.h"

#include <linux/sched.h>

#include "runtime/compat/kc_task.h"
#include "runtime/core/arch.h"

/*
 * Registers that the probed code goes on with.  A system call's are those of the
 * program: its first instructions in the kernel take the arguments from there, its
 * last give them back.
 */
static struct pt_regs *rt_poke_regs(struct taprt_ctx *c)
{
	if (c->probe->kind->is_syscall)
		return task_pt_regs(current);
	if (!c->regs)
		taprt_fail(c, "the registers cannot be written here");
	return (struct pt_regs *)c->regs;
}

s64 taprt_fn_poke_arg(struct taprt_ctx *c, s64 n, s64 v)
{
	struct pt_regs *regs = rt_poke_regs(c);

	if (!regs)
		return 0;
	if (c->probe->kind->is_syscall)
		rt_regs_set_syscall(regs, c->nr >> 32, n, v);
	else
		*rt_regs_arg_place(regs, n) = v;
	c->arg[n] = v;
	return v;
}

s64 taprt_fn_poke_return(struct taprt_ctx *c, s64 v)
{
	struct pt_regs *regs = rt_poke_regs(c);

	if (!regs)
		return 0;
	regs_set_return_value(regs, v);
	c->retval = v;
	return v;
}
