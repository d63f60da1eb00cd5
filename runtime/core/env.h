/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the freestanding half of core/ needs from its surroundings.
 *
 * ring.c print.c hist.c str.c stat.c map.c iter.c lock.c and error.c compile in the kernel
 * and, for unit tests under ASan, in user space; this header is the only
 * place where they differ.
 */
#ifndef RUNTIME_CORE_ENV_H
#define RUNTIME_CORE_ENV_H

#ifdef __KERNEL__

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/types.h>

#include "runtime/compat/kc_mem.h"
#include "runtime/compat/kc_time.h"

#define RT_ALIGNED __attribute__((aligned(64)))

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
#define rt_read_once(x)	       (*(const volatile __typeof__(x) *)&(x))
#define rt_write_once(x, v)    (*(volatile __typeof__(x) *)&(x) = (v))
#define rt_clock_ns()	       kc_mono_ns()
#define rt_cycles()	       get_cycles()

#else /* unit tests */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int8_t s8;
typedef uint8_t u8;
typedef int16_t s16;
typedef uint16_t u16;
typedef int32_t s32;
typedef uint32_t u32;
__extension__ typedef long long s64;
__extension__ typedef unsigned long long u64;
#include <stdbool.h>

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define S64_MAX	    ((s64)(~0ULL >> 1))
#define S64_MIN	    (-S64_MAX - 1)
#define RT_ALIGNED  __attribute__((aligned(64)))

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
#define rt_read_once(x)	       __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define rt_write_once(x, v)    __atomic_store_n(&(x), v, __ATOMIC_RELAXED)

static inline u64 rt_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

#define rt_cycles() __builtin_ia32_rdtsc()

static inline void *kc_zalloc(size_t bytes, int cpu)
{
	void *p = NULL;

	(void)cpu;
	if (posix_memalign(&p, 64, bytes ? bytes : 1))
		return NULL;
	return memset(p, 0, bytes);
}

static inline void kc_free(void *p)
{
	free(p);
}

#endif

#ifndef TAPRT_HAVE_TYPES
#define TAPRT_HAVE_TYPES
#endif
#include "runtime/gen.h"
#include "runtime/uapi/wire.h"

#endif
