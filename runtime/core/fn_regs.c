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

/* ---- one register ------------------------------------------------------------------ */

static u64 rt_reg_at(const struct pt_regs *regs, u32 off)
{
	return *(const unsigned long *)((const char *)regs + off);
}

static void rt_need_regs_fail(struct taprt_ctx *c)
{
	taprt_fail(c, "cannot access CPU registers in this context");
}

static const struct pt_regs *rt_need_regs(struct taprt_ctx *c)
{
	const struct pt_regs *regs = rt_regs(c);

	if (!regs)
		rt_need_regs_fail(c);
	return regs;
}

/* Where the probe is, not where a breakpoint left the register. */
static u64 rt_reg(struct taprt_ctx *c, const struct pt_regs *regs, u32 off)
{
	if (off == offsetof(struct pt_regs, ip) && c->ip)
		return c->ip;
	return rt_reg_at(regs, off);
}

static s64 rt_register(struct taprt_ctx *c, const char *name, bool is_signed)
{
	static const struct {
		const char *name;
		u32 off, bits;
	} table[] = {
#define RT_REGNAME(name, member, bits) \
	{ name, offsetof(struct pt_regs, member), bits },
		RT_REGNAMES
#undef RT_REGNAME
	};
	const struct pt_regs *regs = rt_need_regs(c);
	u32 i;
	u64 v;

	if (!regs)
		return 0;
	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (taprt_strcmp(table[i].name, name))
			continue;
		v = rt_reg(c, regs, table[i].off);
		if (table[i].bits == 32)
			return is_signed ? (s64)(s32)v : (s64)(u32)v;
		return v;
	}
	taprt_fail_str(c, "unknown register: ", name);
	return 0;
}

s64 taprt_fn_register(struct taprt_ctx *c, const char *name)
{
	return rt_register(c, name, true);
}

s64 taprt_fn_u_register(struct taprt_ctx *c, const char *name)
{
	return rt_register(c, name, false);
}

static s64 rt_dwarf_reg(struct taprt_ctx *c, const struct pt_regs *regs, s64 n,
			u64 ip)
{
	u64 v = 0;

	if (n == RT_DWARF_IP && ip)
		return ip; /* not where a breakpoint left it */
	if (!rt_regs_dwarf(regs, n, &v))
		taprt_fail_num(c, "there is no register ", n, "");
	return v;
}

s64 taprt_fn_kregister(struct taprt_ctx *c, s64 n)
{
	const struct pt_regs *regs = rt_need_regs(c);

	return regs ? rt_dwarf_reg(c, regs, n, c->ip) : 0;
}

/* The program's: what the event interrupted, or what entered the kernel. */
s64 taprt_fn_uregister(struct taprt_ctx *c, s64 n)
{
	const struct pt_regs *regs = rt_regs(c);

	if (!regs || !user_mode((struct pt_regs *)regs)) {
		if (current->flags & PF_KTHREAD || !current->mm) {
			rt_need_regs_fail(c);
			return 0;
		}
		regs = task_pt_regs(current);
	}
	return rt_dwarf_reg(c, regs, n, 0);
}

/* ---- arguments by number ------------------------------------------------------------ */

#define RT_ARGS_MAX 64

/* Registers at the entry of a function whose argument @n there is, or NULL. */
const void *taprt_arg_regs(struct taprt_ctx *c, s64 n)
{
	if (c->from)
		taprt_fail(c,
			   "a function's arguments are gone when it returns");
	else if (n < 1 || n > RT_ARGS_MAX)
		taprt_fail_num(c, "there is no argument ", n, "");
	else if (!c->regs)
		rt_need_regs_fail(c);
	else
		return c->regs;
	return NULL;
}

u64 taprt_arg_place(const void *regs, s64 n)
{
	return rt_regs_sp(regs) + RT_STACK_ARG_SKIP + (n - 7) * sizeof(u64);
}

s64 taprt_fn_nth_arg(struct taprt_ctx *c, s64 n)
{
	const struct pt_regs *regs = taprt_arg_regs(c, n);

	if (!regs)
		return 0;
	if (n <= RT_REGS_ARGS)
		return rt_regs_arg(regs, n - 1);
	return taprt_kread_u64(c, taprt_arg_place(regs, n));
}
