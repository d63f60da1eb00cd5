// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reader/writer locks of script globals: one word each, bounded waiting.
 *
 * Usable anywhere a handler is: a holder cannot be re-entered on its CPU, so no
 * handler waits for itself.  Memory: 64 bytes a global.
 */
#include "runtime/core/core.h"

#define LOCK_WRITER (-1)

struct rt_rwlock {
	s32 v;	       /* readers, or LOCK_WRITER */
	u32 timeouts;  /* handlers that gave up waiting for it */
	u32 contended; /* that had to wait at all */
} RT_ALIGNED;

static struct rt_rwlock *rt_locks;
static u64 rt_lock_wait_ns; /* MAXTRYLOCK * TRYLOCKDELAY */

static inline bool rt_trylock(struct rt_rwlock *l, bool write)
{
	s32 v;

	if (write)
		return rt_read_once(l->v) == 0 &&
		       rt_cmpxchg(&l->v, 0, LOCK_WRITER) == 0;
	v = rt_read_once(l->v);
	return v >= 0 && rt_cmpxchg(&l->v, v, v + 1) == v;
}

static void rt_unlock(struct rt_rwlock *l, bool write)
{
	s32 v;

	if (write) {
		rt_store_release(&l->v, 0);
		return;
	}
	do
		v = rt_read_once(l->v);
	while (rt_cmpxchg(&l->v, v, v - 1) != v);
}

static bool rt_lock_slow(struct rt_rwlock *l, bool write)
{
	u64 t0 = rt_clock_ns();

	__atomic_fetch_add(&l->contended, 1, __ATOMIC_RELAXED);
	do {
		rt_relax();
		if (rt_trylock(l, write))
			return true;
	} while (rt_clock_ns() - t0 < rt_lock_wait_ns);
	return false;
}

bool taprt_lock(struct taprt_ctx *c, const struct taprt_lockreq *l, u32 n)
{
	struct rt_rwlock *k;
	u32 i;

	for (i = 0; i < n; i++) {
		k = &rt_locks[l[i].global];
		if (likely(rt_trylock(k, l[i].write)) ||
		    rt_lock_slow(k, l[i].write))
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
	(void)c;
	while (n--)
		rt_unlock(&rt_locks[l[n].global], l[n].write);
}
