/* SPDX-License-Identifier: GPL-2.0-only */
/* Kprobes and kretprobes. */
#ifndef RUNTIME_COMPAT_KC_KPROBE_H
#define RUNTIME_COMPAT_KC_KPROBE_H

#include <linux/kprobes.h>

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

#endif
