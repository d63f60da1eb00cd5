/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Function entries by ftrace_ops, with the arguments.
 *
 * KC_FTRACE_FN(name) { … } is the callback; inside, kc_ip, kc_fregs,
 * kc_fregs_arg(n) and kc_fregs_sp() are its view of the function.
 */
#ifndef RUNTIME_COMPAT_KC_FTRACE_H
#define RUNTIME_COMPAT_KC_FTRACE_H

#include <linux/ftrace.h>

#include "kc_config.h"

#if KC_HAVE_REGISTER_FTRACE_FUNCTION && KC_HAVE_FTRACE_SET_FILTER_IP && \
	(KC_HAVE_FTRACE_REGS || KC_HAVE_FTRACE_PT_REGS)
#define KC_FTRACE 1
#else
#define KC_FTRACE 0
#endif

#if KC_FTRACE

/* Arguments without a full pt_regs: 02a474ca266a (5.11), and by accessors later */
#if KC_HAVE_FTRACE_REGS && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define KC_FTRACE_REGS_FLAG 0
#else
#define KC_FTRACE_REGS_FLAG FTRACE_OPS_FL_SAVE_REGS
#endif

/*
 * 7162431dcf72 (5.5): registering fails with -EBUSY where kernel.ftrace_enabled is
 * 0, instead of succeeding silently, and it stays 1 as long as we are registered.
 */
#if KC_HAVE_FTRACE_PERMANENT
#define KC_FTRACE_KEEP_FLAG FTRACE_OPS_FL_PERMANENT
#else
#define KC_FTRACE_KEEP_FLAG 0
#endif

/* a25d036d939a (5.11) turned the flag round: unset = "I guard myself" */
#if KC_HAVE_FTRACE_RECURSION_SAFE
#define KC_FTRACE_GUARD_FLAG FTRACE_OPS_FL_RECURSION_SAFE
#else
#define KC_FTRACE_GUARD_FLAG 0
#endif

#define KC_FTRACE_FLAGS \
	(KC_FTRACE_REGS_FLAG | KC_FTRACE_KEEP_FLAG | KC_FTRACE_GUARD_FLAG)

#if KC_HAVE_FTRACE_REGS
typedef struct ftrace_regs kc_fregs_t;
#else
typedef struct pt_regs kc_fregs_t;
#endif

#define KC_FTRACE_FN(name)                                                     \
	static void notrace name(unsigned long kc_ip, unsigned long kc_parent, \
				 struct ftrace_ops *kc_ops,                    \
				 kc_fregs_t *kc_fregs)

#if KC_HAVE_FTRACE_REGS_ARGUMENT
#define kc_fregs_arg(n) ftrace_regs_get_argument(kc_fregs, n)
#define kc_fregs_sp()	ftrace_regs_get_stack_pointer(kc_fregs)
#elif KC_HAVE_FTRACE_REGS
#define kc_fregs_arg(n) rt_regs_arg(&kc_fregs->regs, n)
#define kc_fregs_sp()	rt_regs_sp(&kc_fregs->regs)
#else
#define kc_fregs_arg(n) rt_regs_arg(kc_fregs, n)
#define kc_fregs_sp()	rt_regs_sp(kc_fregs)
#endif

/* The whole struct pt_regs; NULL unless the ops wants it and the kernel can */
#if KC_HAVE_FTRACE_REGS
#define kc_fregs_all() ftrace_get_regs(kc_fregs)
#else
#define kc_fregs_all() kc_fregs
#endif

/* IF_SUPPORTED alone asks for nothing: it only keeps SAVE_REGS from failing. */
static inline void kc_ftrace_want_regs(struct ftrace_ops *ops)
{
	ops->flags |=
		FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_SAVE_REGS_IF_SUPPORTED;
}

/*
 * All at once where the kernel can; it refuses the whole list for one address.
 * @reset: instead of what is in the filter, else besides
 */
static inline int kc_ftrace_filter(struct ftrace_ops *ops, unsigned long *ips,
				   unsigned int n, int reset)
{
#if KC_HAVE_FTRACE_SET_FILTER_IPS
	return ftrace_set_filter_ips(ops, ips, n, 0, reset);
#else
	(void)ops, (void)ips, (void)n, (void)reset;
	return -EOPNOTSUPP;
#endif
}

/* Free the filter of an unregistered ops (exported from 6.1 on). */
static inline void kc_ftrace_forget(struct ftrace_ops *ops)
{
#if KC_HAVE_FTRACE_FREE_FILTER
	ftrace_free_filter(ops);
#else
	ftrace_set_filter(ops, NULL, 0, 1);
#endif
}

#endif
#endif
