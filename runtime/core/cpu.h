/* SPDX-License-Identifier: GPL-2.0-only */
/* For what several CPUs do at once: which one this is, ordering, clocks, a lock. */
#ifndef RUNTIME_CORE_CPU_H
#define RUNTIME_CORE_CPU_H

#include "runtime/core/core.h"

#ifdef __KERNEL__

#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/timex.h>

#include "runtime/compat/kc_cpu.h"
#include "runtime/compat/kc_time.h"

static inline u32 rt_cpu_id(void)
{
	return raw_smp_processor_id();
}

#define rt_relax()	       cpu_relax()
#define rt_mb()		       smp_mb()
#define rt_xchg(p, v)	       xchg(p, v)
#define rt_cmpxchg(p, o, n)    cmpxchg(p, o, n)
#define rt_load_acquire(p)     kc_load_acquire(p)
#define rt_store_release(p, v) kc_store_release(p, v)
#define rt_clock_ns()	       kc_mono_ns()
#define rt_cycles()	       get_cycles()

#else /* unit tests */

#include <time.h>

extern __thread u32 rt_test_cpu; /* defined by the test */
static inline u32 rt_cpu_id(void)
{
	return rt_test_cpu;
}

#define rt_relax()	       __builtin_ia32_pause()
#define rt_mb()		       __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rt_xchg(p, v)	       __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define rt_cmpxchg(p, o, n)    __sync_val_compare_and_swap(p, o, n)
#define rt_load_acquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define rt_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

static inline u64 rt_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

#define rt_cycles() __builtin_ia32_rdtsc()

#endif

/* ---- bounded spin lock, for tables no handler may keep across a call ------- */

#define RT_SPIN_MAX (1u << 22) /* about 50 ms: the holder's CPU is stuck */

static inline bool rt_spin(u32 *l)
{
	u32 n;

	if (likely(!rt_xchg(l, 1u)))
		return true;
	for (n = 0; n < RT_SPIN_MAX; n++) {
		rt_relax();
		if (!rt_read_once(*l) && !rt_xchg(l, 1u))
			return true;
	}
	return false;
}

static inline void rt_unspin(u32 *l)
{
	rt_store_release(l, 0u);
}

#endif
