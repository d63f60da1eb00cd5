/* SPDX-License-Identifier: GPL-2.0-only */
/* Per-CPU reads and ordering. */
#ifndef RUNTIME_COMPAT_KC_CPU_H
#define RUNTIME_COMPAT_KC_CPU_H

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

/* Read without the preemption check, which is a call that may be probed. */
#if KC_HAVE_RAW_CPU_READ
#define kc_cpu_read(var) raw_cpu_read(var)
#else
#define kc_cpu_read(var) per_cpu(var, raw_smp_processor_id())
#endif

#endif
