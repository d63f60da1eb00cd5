// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reader/writer locks of script globals: one word each, bounded waiting.
 *
 * What hot handlers of all CPUs share (they feed a statistic that some handler
 * deletes) has a word per CPU for that: sharing touches nothing another CPU writes,
 * and the writer, who is rare, looks at all of them.
 *
 * Usable anywhere a handler is: a holder cannot be re-entered on its CPU, so no
 * handler waits for itself.  Memory: 64 bytes a global, and 64 a CPU where shared
 * often.
 */
#include "runtime/core/core.h"

#define LOCK_WRITER (-1)

struct rt_shared {
	u32 held;
} RT_ALIGNED;

struct rt_rwlock {
	s32 v;		       /* readers, or LOCK_WRITER */
	u32 timeouts;	       /* handlers that gave up waiting for it */
	u32 contended;	       /* that had to wait at all */
	struct rt_shared *cpu; /* shared often: who shares; @v is 0 or writer */
} RT_ALIGNED;

static struct rt_rwlock *rt_locks;
static u64 rt_lock_wait_ns; /* MAXTRYLOCK * TRYLOCKDELAY */

/* The writer sees our word, or we see the writer: both sides have full barriers. */
static inline bool rt_tryshare(struct rt_rwlock *l, u32 cpu)
{
	rt_xchg(&l->cpu[cpu].held, 1u);
	if (likely(!rt_load_acquire(&l->v)))
		return true;
	rt_store_release(&l->cpu[cpu].held, 0u);
	return false;
}

/* Keep others from sharing, then wait for those who do. */
static bool rt_tryalone(struct rt_rwlock *l)
{
	u64 t0 = 0;
	u32 i;

	if (rt_cmpxchg(&l->v, 0, LOCK_WRITER))
		return false;
	for (i = 0; i < rt_ncpus; i++)
		while (rt_load_acquire(&l->cpu[i].held)) {
			rt_relax();
			if (!t0)
				t0 = rt_clock_ns();
			if (rt_clock_ns() - t0 < rt_lock_wait_ns)
				continue;
			rt_store_release(&l->v, 0);
			return false;
		}
	return true;
}

static inline bool rt_trylock(struct rt_rwlock *l, bool write, u32 cpu)
{
	s32 v;

	if (l->cpu)
		return write ? rt_tryalone(l) : rt_tryshare(l, cpu);

	if (write)
		return rt_read_once(l->v) == 0 &&
		       rt_cmpxchg(&l->v, 0, LOCK_WRITER) == 0;
	v = rt_read_once(l->v);
	return v >= 0 && rt_cmpxchg(&l->v, v, v + 1) == v;
}

static void rt_unlock(struct rt_rwlock *l, bool write, u32 cpu)
{
	s32 v;

	if (write) {
		rt_store_release(&l->v, 0);
		return;
	}
	if (l->cpu) {
		rt_store_release(&l->cpu[cpu].held, 0u);
		return;
	}
	do
		v = rt_read_once(l->v);
	while (rt_cmpxchg(&l->v, v, v - 1) != v);
}

static bool rt_lock_slow(struct rt_rwlock *l, bool write, u32 cpu)
{
	u64 t0 = rt_clock_ns();

	__atomic_fetch_add(&l->contended, 1, __ATOMIC_RELAXED);
	do {
		rt_relax();
		if (rt_trylock(l, write, cpu))
			return true;
	} while (rt_clock_ns() - t0 < rt_lock_wait_ns);
	return false;
}

bool taprt_lock(struct taprt_ctx *c, const struct taprt_lockreq *l, u32 n)
{
	u32 i, cpu = rt_of(c)->cpu;
	struct rt_rwlock *k;

	for (i = 0; i < n; i++) {
		k = &rt_locks[l[i].global];
		if (likely(rt_trylock(k, l[i].write, cpu)) ||
		    rt_lock_slow(k, l[i].write, cpu))
			continue;
		__atomic_fetch_add(&k->timeouts, 1, __ATOMIC_RELAXED);
		taprt_unlock(c, l, i);
		rt_give_up(c);
		return false;
	}
	return true;
}

void taprt_unlock(struct taprt_ctx *c, const struct taprt_lockreq *l, u32 n)
{
	while (n--)
		rt_unlock(&rt_locks[l[n].global], l[n].write, rt_of(c)->cpu);
}

static void rt_locks_exit(u32 n)
{
	u32 i;

	for (i = 0; rt_locks && i < n; i++)
		kc_free(rt_locks[i].cpu);
	kc_free(rt_locks);
	rt_locks = NULL;
}

/* 0, or -1 with what was allocated left to rt_locks_exit() */
static int rt_locks_init(const struct taprt_global *g, u32 n)
{
	u32 i;

	rt_locks = rt_alloc((n + 1) * sizeof(*rt_locks));
	if (!rt_locks)
		return -1;
	for (i = 0; i < n; i++) {
		if (!g[i].shared_often)
			continue;
		rt_locks[i].cpu = rt_alloc(rt_ncpus * sizeof(*rt_locks[i].cpu));
		if (!rt_locks[i].cpu)
			return -1;
	}
	return 0;
}
