/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel stacks by the kernel's own unwinder. */
#ifndef RUNTIME_COMPAT_KC_STACK_H
#define RUNTIME_COMPAT_KC_STACK_H

#include "kc_config.h"

#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#if KC_HAVE_UNWIND_START && KC_HAVE_UNWIND_NEXT_FRAME
#include <asm/unwind.h>
#endif

/**
 * kc_stack_save() - return addresses of the current stack, innermost first
 * @regs: where to begin, in the kernel; NULL: here
 * @v, @max: the addresses' place
 *
 * Context: any.  Return: how many.
 */
static inline u32 kc_stack_save(struct pt_regs *regs, u64 *v, u32 max)
{
	u32 n = 0;

#if KC_HAVE_UNWIND_START && KC_HAVE_UNWIND_NEXT_FRAME
	struct unwind_state s;
	unsigned long at;

	/* from registers the unwinder begins with their caller */
	if (regs && n < max)
		v[n++] = instruction_pointer(regs);
	unwind_start(&s, current, regs, NULL);
	for (; n < max && !unwind_done(&s); unwind_next_frame(&s)) {
		at = unwind_get_return_address(&s);
		if (!at)
			break;
		v[n++] = at;
	}
#else
	u32 i, skip = 0;

#if KC_HAVE_STACK_TRACE_SAVE
	n = stack_trace_save((unsigned long *)v, max, 0);
#else
	/* replaced by stack_trace_save() in e9b98e162aa5 (5.2) */
	struct stack_trace t = { .entries = (unsigned long *)v,
				 .max_entries = max };

	save_stack_trace(&t);
	n = t.nr_entries;
	if (n && v[n - 1] == ULONG_MAX)
		n--;
#endif
	/* what lies before @regs is the way from there to here */
	for (i = 0; regs && i < n && !skip; i++)
		if (v[i] - instruction_pointer(regs) < 16)
			skip = i;
	for (i = 0; skip && i + skip < n; i++)
		v[i] = v[i + skip];
	n -= skip;
#endif
	return n;
}

/*
 * Another task's; exported in 6.12.  Nothing else that is exported
 * keeps the stack of a task from going away.
 */
static inline u32 kc_stack_save_task(struct task_struct *t, u64 *v, u32 max)
{
#if KC_HAVE_STACK_TRACE_SAVE_TSK
	return stack_trace_save_tsk(t, (unsigned long *)v, max, 0);
#else
	(void)t, (void)v, (void)max;
	return 0;
#endif
}

#endif
