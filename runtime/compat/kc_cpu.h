/* SPDX-License-Identifier: GPL-2.0-only */
/* Per-CPU reads and ordering. */
#ifndef RUNTIME_COMPAT_KC_CPU_H
#define RUNTIME_COMPAT_KC_CPU_H

#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include "kc_config.h"

/* smp_load_acquire() came with 47933ad41a86 (3.14); TSO needs no more before. */
#if KC_HAVE_ACQUIRE_RELEASE
#define kc_load_acquire(p)     smp_load_acquire(p)
#define kc_store_release(p, v) smp_store_release(p, v)
#else
#define kc_load_acquire(p)                                       \
	({                                                       \
		__typeof__(*(p)) kc_v =                          \
			*(const volatile __typeof__(*(p)) *)(p); \
		smp_mb();                                        \
		kc_v;                                            \
	})
#define kc_store_release(p, v)                           \
	do {                                             \
		smp_mb();                                \
		*(volatile __typeof__(*(p)) *)(p) = (v); \
	} while (0)
#endif

/* Without the preemption check, which is a call that may be probed. */
#if KC_HAVE_RAW_CPU_READ
#define kc_cpu_read(var)     raw_cpu_read(var)
#define kc_cpu_write(var, v) raw_cpu_write(var, v)
#else
#define kc_cpu_read(var)     per_cpu(var, raw_smp_processor_id())
#define kc_cpu_write(var, v) (per_cpu(var, raw_smp_processor_id()) = (v))
#endif

/*
 * Add one, whatever comes between: an interrupt, another CPU.
 * this_cpu_inc() came with 7340a0b15280 (2.6.33).
 */
#ifdef this_cpu_inc
#define kc_cpu_inc(var) this_cpu_inc(var)
#else
#define kc_cpu_inc(var)                                 \
	do {                                            \
		unsigned long kc_flags;                 \
		raw_local_irq_save(kc_flags);           \
		per_cpu(var, raw_smp_processor_id())++; \
		raw_local_irq_restore(kc_flags);        \
	} while (0)
#endif

#endif
