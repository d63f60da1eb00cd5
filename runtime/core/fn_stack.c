// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks by the kernel's unwinder, symbols by the kernel's own table.
 *
 * Both work in any context, NMIs included: the kernel's oops printing relies on it.
 *
 * Memory: possible CPUs * (8 * (MAXBACKTRACE + RT_OWN_FRAMES) + RT_SYMBOL_BYTES).
 */
#include "runtime/core/stack.h"

#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>

#include "runtime/compat/kc_stack.h"
#include "runtime/compat/kc_task.h"
#include "runtime/core/arch.h"
#include "runtime/core/cpu.h"

#define RT_OWN_FRAMES \
	16 /* of this module, above the place it was called from */
#define RT_SYMBOL_BYTES 640 /* a name of 511 bytes, offset, size, module */

struct rt_stack {
	char text[RT_SYMBOL_BYTES];
	u64 ip[];
};

static struct rt_stack **rt_stacks; /* by CPU id */

static struct rt_stack *rt_stack_of(struct taprt_ctx *c)
{
	return rt_stacks[rt_of(c)->cpu];
}

struct rt_frames taprt_frames_none(struct taprt_ctx *c)
{
	return (struct rt_frames){ .ip = rt_stack_of(c)->ip,
				   .max = taprt_program.maxbacktrace };
}

const char *taprt_symbol(struct taprt_ctx *c, u64 addr)
{
	char *text = rt_stack_of(c)->text;

	snprintf(text, RT_SYMBOL_BYTES, "%pS", (void *)(unsigned long)addr);
	return text;
}

/* ---- the kernel's stack ------------------------------------------------------------ */

/* On the way from the place to a handler: ours, or a tracepoint's. */
static bool rt_is_own(struct taprt_ctx *c, u64 addr)
{
	static const char iter[] = "__traceiter_";

#if KC_HAVE_WITHIN_MODULE
	if (within_module(addr, THIS_MODULE))
		return true;
#endif
	return !strncmp(taprt_symbol(c, addr), iter, sizeof(iter) - 1);
}

/* A handler without registers: who called this module. */
static void rt_frames_here(struct taprt_ctx *c, struct rt_frames *f)
{
	u32 i, own = 0;
	u32 n = kc_stack_save(NULL, f->ip, f->max + RT_OWN_FRAMES);

	while (own < n && rt_is_own(c, f->ip[own]))
		own++;
	for (i = own; i < n && f->n < f->max; i++)
		f->ip[f->n++] = f->ip[i];
}

struct rt_frames taprt_frames(struct taprt_ctx *c)
{
	struct rt_frames f = taprt_frames_none(c);
	const struct pt_regs *regs = taprt_regs(c);
	struct pt_regs at;

	if (!f.max)
		return f;
	if (!regs) {
		rt_frames_here(c, &f);
		return f;
	}
	if (user_mode((struct pt_regs *)regs))
		return f;
	at = *regs;
	if (c->from) {
		f.from = true;
		f.ip[f.n++] = c->from;
	}
	/* a breakpoint or trampoline is not the place */
	if (c->ip)
		instruction_pointer_set(&at, c->ip);
	f.n += kc_stack_save(&at, f.ip + f.n, f.max - f.n);
	return f;
}

/* Is there such a task?  Its address is the script's word. */
static bool rt_task_is(struct task_struct *t)
{
	pid_t pid;

	if (taprt_read_mem(&pid, (unsigned long)&t->pid, sizeof(pid), false))
		return false;
	return pid > 0 &&
	       pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID) == t;
}

struct rt_frames taprt_frames_task(struct taprt_ctx *c, u64 task)
{
	struct task_struct *t = (void *)(unsigned long)task;
	struct rt_frames f = taprt_frames_none(c);

	if (t == current)
		return taprt_frames(c);
	if (!KC_HAVE_STACK_TRACE_SAVE_TSK) {
		taprt_fail(c, "this kernel shows no stacks of other tasks");
		return f;
	}
	rcu_read_lock();
	if (rt_task_is(t))
		f.n = kc_stack_save_task(t, f.ip, f.max);
	rcu_read_unlock();
	return f;
}

/* ---- the program's ------------------------------------------------------------------ */

/* One frame up: *@fp and the return address above it; false: no such frame. */
static bool rt_user_up(u64 *fp, u64 *ip, bool is32)
{
	u32 half[2];
	u64 word[2];

	if (is32) {
		if (taprt_read_mem(half, *fp, sizeof(half), true))
			return false;
		word[0] = half[0];
		word[1] = half[1];
	} else if (taprt_read_mem(word, *fp, sizeof(word), true)) {
		return false;
	}
	/* the stack grows down, and the first page is never code */
	if (word[0] <= *fp || word[1] < 4096)
		return false;
	*fp = word[0];
	*ip = word[1];
	return true;
}

/* Of the place an event interrupted, else of where the kernel was entered. */
static const struct pt_regs *rt_user_regs(const struct taprt_ctx *c)
{
	const struct pt_regs *regs = taprt_regs(c);

	if (current->flags & PF_KTHREAD || !current->mm)
		return NULL;
	if (regs && user_mode((struct pt_regs *)regs))
		return regs;
	return task_pt_regs(current);
}

struct rt_frames taprt_frames_user_at(struct taprt_ctx *c, u64 ip, u64 fp)
{
	struct rt_frames f = taprt_frames_none(c);
	const struct pt_regs *regs = rt_user_regs(c);

	while (regs && f.n < f.max) {
		f.ip[f.n++] = ip;
		if (!rt_user_up(&fp, &ip, rt_arch_user32(regs)))
			break;
	}
	return f;
}

struct rt_frames taprt_frames_user(struct taprt_ctx *c)
{
	const struct pt_regs *regs = rt_user_regs(c);

	if (!regs)
		return taprt_frames_none(c);
	return taprt_frames_user_at(c,
				    instruction_pointer((struct pt_regs *)regs),
				    rt_regs_fp(regs));
}

/* ---- the session's side --------------------------------------------------------------- */

static void rt_stack_exit(void)
{
	u32 i;

	for (i = 0; rt_stacks && i < taprt_ncpus; i++)
		taprt_free(rt_stacks[i]);
	taprt_free(rt_stacks);
	rt_stacks = NULL;
}

static int rt_stack_init(void)
{
	size_t bytes =
		sizeof(struct rt_stack) +
		sizeof(u64) * (taprt_program.maxbacktrace + RT_OWN_FRAMES);
	u32 i;

	rt_stacks = taprt_alloc(taprt_ncpus * sizeof(*rt_stacks));
	if (!rt_stacks)
		return -ENOMEM;
	for (i = 0; i < taprt_ncpus; i++) {
		if (!taprt_cpu_possible(i))
			continue;
		rt_stacks[i] = taprt_alloc_cpu(bytes, i);
		if (!rt_stacks[i])
			return -ENOMEM;
	}
	return 0;
}

const struct taprt_part taprt_part_stack = {
	.init = rt_stack_init,
	.exit = rt_stack_exit,
};
