// SPDX-License-Identifier: GPL-2.0-only
/* Registers of the probed place, for script functions and embedded C. */
#include "runtime/core/part.h"

#include <linux/sched.h>
#include <asm/irq_regs.h>

#include "runtime/compat/kc_task.h"
#include "runtime/core/arch.h"

/* A timer's are those of whatever its interrupt stopped. */
static const struct pt_regs *rt_regs(const struct taprt_ctx *c)
{
	if (!c->regs && c->probe->kind->in_irq)
		return get_irq_regs();
	return c->regs;
}

const void *taprt_regs(const struct taprt_ctx *c)
{
	return rt_regs(c);
}

s64 taprt_fn_user_mode(struct taprt_ctx *c)
{
	const struct pt_regs *regs = NULL;

	/* all others run in the kernel by their nature */
	if (c->probe->kind->in_irq)
		regs = rt_regs(c);
	return regs && user_mode((struct pt_regs *)regs);
}

s64 taprt_fn_registers_valid(struct taprt_ctx *c)
{
	return rt_regs(c) != NULL;
}

s64 taprt_fn_addr(struct taprt_ctx *c)
{
	const struct pt_regs *regs = rt_regs(c);

	if (c->ip)
		return c->ip;
	return regs ? (s64)instruction_pointer((struct pt_regs *)regs) : 0;
}

s64 taprt_fn_uaddr(struct taprt_ctx *c)
{
	/* a kernel thread has no place in a program */
	if (current->flags & PF_KTHREAD || !current->mm)
		return 0;
	return (s64)instruction_pointer(task_pt_regs(current));
}

s64 taprt_fn_print_regs(struct taprt_ctx *c)
{
	static const struct {
		const char *name;
		u32 off;
		bool ends_line;
	} table[] = {
#define RT_REG(name, member, last) \
	{ name ": ", offsetof(struct pt_regs, member), last },
		RT_REGS
#undef RT_REG
	};
	const struct pt_regs *regs = rt_regs(c);
	u32 i;

	for (i = 0; regs && i < sizeof(table) / sizeof(*table); i++) {
		u64 v = *(const unsigned long *)((const char *)regs +
						 table[i].off);

		if (!i && c->ip)
			v = c->ip; /* not where a breakpoint left it */
		taprt_put_lit(&c->out, table[i].name,
			      rt_strnlen(table[i].name, 16));
		taprt_put_num(&c->out, v, 'x', TAPRT_F_ZERO, 16, -1);
		taprt_put_lit(&c->out, table[i].ends_line ? "\n" : " ", 1);
	}
	return 0;
}

s64 taprt_fn_kregister(struct taprt_ctx *c, s64 n)
{
	const struct pt_regs *regs = rt_regs(c);
	u64 v = 0;

	if (!regs)
		taprt_fail(c, "registers are not known here");
	else if (n == RT_DWARF_IP && c->ip)
		return c->ip; /* not where a breakpoint left it */
	else if (!rt_regs_dwarf(regs, n, &v))
		taprt_fail(c, "no such register");
	return v;
}
