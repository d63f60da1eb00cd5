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
#include "runtime/core/cpu.h"
#include "runtime/core/lock.h"
#include "runtime/core/part.h"

#define LOCK_WRITER (-1)

struct rt_rwlock *taprt_locks;
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
	for (i = 0; i < taprt_ncpus; i++)
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
		k = &taprt_locks[l[i].global];
		if (likely(rt_trylock(k, l[i].write, cpu)) ||
		    rt_lock_slow(k, l[i].write, cpu))
			continue;
		if (!rt_of(c)->looks)
			__atomic_fetch_add(&k->timeouts, 1, __ATOMIC_RELAXED);
		taprt_unlock(c, l, i);
		taprt_give_up(c);
		return false;
	}
	return true;
}

void taprt_unlock(struct taprt_ctx *c, const struct taprt_lockreq *l, u32 n)
{
	while (n--)
		rt_unlock(&taprt_locks[l[n].global], l[n].write, rt_of(c)->cpu);
}

static void rt_locks_exit(u32 n)
{
	u32 i;

	for (i = 0; taprt_locks && i < n; i++)
		taprt_free(taprt_locks[i].cpu);
	taprt_free(taprt_locks);
	taprt_locks = NULL;
}

/* 0, or -1 with what was allocated left to rt_locks_exit() */
static int rt_locks_init(const struct taprt_global *g, u32 n)
{
	u32 i;

	taprt_locks = taprt_alloc((n + 1) * sizeof(*taprt_locks));
	if (!taprt_locks)
		return -1;
	for (i = 0; i < n; i++) {
		if (!g[i].shared_often)
			continue;
		taprt_locks[i].cpu =
			taprt_alloc(taprt_ncpus * sizeof(*taprt_locks[i].cpu));
		if (!taprt_locks[i].cpu)
			return -1;
	}
	return 0;
}

/* ---- the session's side ------------------------------------------------------------ */

static int rt_lock_init(void)
{
	rt_lock_wait_ns = (u64)taprt_program.trylock_tries *
			  taprt_program.trylock_delay_us * 1000 *
			  taprt_patience;
	return rt_locks_init(taprt_program.globals, taprt_program.nglobals)
		       ? -ENOMEM
		       : 0;
}

static void rt_lock_exit(void)
{
	rt_locks_exit(taprt_program.nglobals);
}

/* Where handlers were skipped; the runner adds the sum. */
static void rt_lock_skips(void)
{
	u32 i;

	for (i = 0; i < taprt_program.nglobals; i++)
		if (taprt_locks[i].timeouts)
			taprt_say_skips("Skipped due to global",
					taprt_program.globals[i].name,
					" lock timeout",
					taprt_locks[i].timeouts);
}

const struct taprt_part taprt_part_lock = {
	.init = rt_lock_init,
	.exit = rt_lock_exit,
	.skips = rt_lock_skips,
};
