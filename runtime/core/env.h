/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of the runtime needs from its surroundings.
 *
 * Most of core/ compiles in the kernel and, for unit tests under ASan, in user
 * space; this header and cpu.h are the only places where they differ.  They include
 * little of the kernel: what a part needs more it includes itself, and pays for.
 */
#ifndef RUNTIME_CORE_ENV_H
#define RUNTIME_CORE_ENV_H

#ifdef __KERNEL__

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "kc_config.h"

#define RT_ALIGNED  __attribute__((aligned(64)))
#define RT_PAST_END __no_sanitize_address /* reads a word its object ends in */

#define rt_read_once(x)	    (*(const volatile __typeof__(x) *)&(x))
#define rt_write_once(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

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
#define RT_PAST_END __attribute__((no_sanitize("address")))

#define rt_read_once(x)	    __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define rt_write_once(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELAXED)

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
