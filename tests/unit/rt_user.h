/* SPDX-License-Identifier: GPL-2.0-only */
/* The freestanding half of runtime/core in user space, for its unit tests. */
#ifndef TESTS_UNIT_RT_USER_H
#define TESTS_UNIT_RT_USER_H

#define RT_TEST_CPUS 4

#include "runtime/core/core.h"

__thread u32 rt_test_cpu;
u32 taprt_ncpus = RT_TEST_CPUS;
u32 taprt_patience = 1;
u64 taprt_seed;
struct rt_cpu **taprt_cpus; /* no part that is tested here looks */
void (*taprt_release)(struct rt_cpu *r);

bool taprt_cpu_possible(u32 cpu)
{
	return cpu != 2; /* a hole, as machines have */
}

static char rt_test_mem[64]; /* what "addresses" below 64 read */

int taprt_read_mem(void *dst, u64 addr, u32 n, bool user)
{
	(void)user;
	if (addr >= sizeof(rt_test_mem) || n > sizeof(rt_test_mem) - addr)
		return -1;
	memcpy(dst, rt_test_mem + addr, n);
	return 0;
}

#ifndef RT_TEST_PROGRAM /* the test has its own */
const struct taprt_program taprt_program = { .hist_buckets = 128,
					     .hist_elision = 2 };
#endif

void taprt_say_skips(const char *a, const char *name, const char *b, u64 n)
{
	(void)a;
	(void)name;
	(void)b;
	(void)n;
}

int taprt_global_failed(const struct taprt_global *g, int rc)
{
	(void)g;
	return rc;
}

#include "runtime/core/alloc.c"
#include "runtime/core/ring.c"
#include "runtime/core/str.c"
#include "runtime/core/print.c"
#include "runtime/core/error.c"
#include "runtime/core/regex.c"
#include "runtime/core/fn_errno.c"
#include "runtime/core/fn_str.c"
#include "runtime/core/hist.c"
#include "runtime/core/stat.c"
#include "runtime/core/put_mem.c"
#include "runtime/core/maps.c"
#include "runtime/core/lock.c"

static s64 rt_test_hist[RT_TEST_CPUS][128];

__attribute__((unused)) static struct rt_cpu *rt_test_context(u32 cpu)
{
	struct rt_cpu *r = kc_zalloc(sizeof(*r), 0);

	r->cpu = cpu;
	r->c.out.ring = &r->ring;
	r->hist = rt_test_hist[cpu];
	return r;
}

/* Names that only some tests use. */
__attribute__((unused)) static const void *const rt_test_uses[] = {
	(const void *)rt_ring_init,    (const void *)rt_error_put,
	(const void *)rt_map_new,      (const void *)taprt_stat_new,
	(const void *)rt_maps_release, (const void *)rt_map_free,
	(const void *)rt_unspin,       (const void *)rt_locks_init,
	(const void *)rt_locks_exit,   (const void *)rt_match_new,
};

#endif
