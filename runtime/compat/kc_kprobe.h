/* SPDX-License-Identifier: GPL-2.0-only */
/* Kprobes and kretprobes. */
#ifndef RUNTIME_COMPAT_KC_KPROBE_H
#define RUNTIME_COMPAT_KC_KPROBE_H

#include <linux/kprobes.h>
#include <linux/sched.h>
#ifdef CONFIG_KRETPROBE_ON_RETHOOK
#include <linux/rethook.h>
#endif

#include "kc_config.h"

/* ri->rp went behind a pointer with d741bf41d7c7 (5.11) */
static inline struct kretprobe *kc_ri_kretprobe(struct kretprobe_instance *ri)
{
#if KC_HAVE_GET_KRETPROBE
	return get_kretprobe(ri);
#else
	return ri->rp;
#endif
}

/* Where the function returns to; hidden in 73f9b911faa7 (5.18) */
static inline unsigned long kc_ri_ret_addr(struct kretprobe_instance *ri)
{
#if KC_HAVE_GET_KRETPROBE_RETADDR
	return get_kretprobe_retaddr(ri);
#else
	return (unsigned long)ri->ret_addr;
#endif
}

/*
 * What the call returns to whose stack at the function's entry is @sp.  Return probes
 * that were there before put an address of their own onto the stack; since
 * d741bf41d7c7 (5.11) they are on a list of the task, the newest first, and since
 * f3a112c0c40d (6.0) on another one.  Before, theirs is all there is to see.
 */
static inline unsigned long kc_return_address(unsigned long sp)
{
	unsigned long addr = *(const unsigned long *)sp;
#ifdef CONFIG_KRETPROBE_ON_RETHOOK
	struct llist_node *n;

	for (n = current->rethooks.first; n; n = n->next) {
		struct rethook_node *h =
			container_of(n, struct rethook_node, llist);

		if (h->frame != sp)
			break;
		addr = h->ret_addr;
	}
#elif KC_HAVE_GET_KRETPROBE && defined(CONFIG_KRETPROBES)
	struct llist_node *n;

	for (n = current->kretprobe_instances.first; n; n = n->next) {
		struct kretprobe_instance *ri =
			container_of(n, struct kretprobe_instance, llist);

		if ((unsigned long)ri->fp != sp)
			break;
		addr = (unsigned long)ri->ret_addr;
	}
#endif
	return addr;
}

#endif
