// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arrays under load: threads as CPUs hit the same arrays with additions, deletions
 * and iteration, holding the locks generated code would, and the totals must be
 * exact: what was added is what was taken and what is left.  What gives up is
 * counted and not done.  Also built with -fsanitize=thread (tests/tools/check.sh).
 */
#include "tests/unit/rt_user.h"

#include "tests/tap.h"

#include <pthread.h>
#include <stdio.h>

#define STRSIZE 32
#define ROUNDS	20000
#define KEYS	40

enum { G_STAT, G_COUNT, G_PLAIN, G_WRAP, G_FREE, NGLOBALS };

static struct taprt_global g[NGLOBALS];
static struct taprt_map *map[NGLOBALS];

/* What one thread did, by itself: nobody else writes it. */
struct tally {
	s64 added[NGLOBALS], taken[NGLOBALS];
	s64 skipped, torn;
} RT_ALIGNED;

static struct rt_cpu *ctx[RT_TEST_CPUS];
static struct tally tally[RT_TEST_CPUS];

static bool locked(struct rt_cpu *r, u16 global, bool write)
{
	const struct taprt_lockreq l = { global, write };

	if (taprt_lock(&r->c, &l, 1))
		return true;
	tally[r->cpu].skipped++;
	r->c.error = NULL;
	r->c.aborted = false;
	return false;
}

static void unlocked(struct rt_cpu *r, u16 global, bool write)
{
	const struct taprt_lockreq l = { global, write };

	taprt_unlock(&r->c, &l, 1);
	rt_maps_release(r);
}

/* Was the last operation done, or given up (and counted)? */
static bool done(struct rt_cpu *r)
{
	if (!r->c.error)
		return true;
	if (r->c.error != taprt_skip_lock_msg)
		tally[r->cpu].torn++; /* no array here ever overflows */
	tally[r->cpu].skipped++;
	r->c.error = NULL;
	r->c.aborted = false;
	return false;
}

/* st[text, n] <<< 5, shared */
static void feed(struct rt_cpu *r, u32 i)
{
	char text[STRSIZE];
	union taprt_key k[2] = { { .s = text }, { .i = i % 4 } };

	snprintf(text, sizeof(text), "key %u", i % (KEYS / 4));
	if (!locked(r, G_STAT, false))
		return;
	taprt_map_add(&r->c, map[G_STAT], k, 5);
	tally[r->cpu].added[G_STAT] += done(r);
	unlocked(r, G_STAT, false);
}

/* Look at every element, then delete one, a slice or all of them. */
static void harvest(struct rt_cpu *r, u32 how)
{
	struct taprt_map *m = map[G_STAT];
	union taprt_key k[2] = { { .s = "key 3" }, { .i = 1 } };
	u32 any = how % 3 == 2 ? ~0u : how % 3;
	struct taprt_iter it;
	s64 n = 0;

	if (!locked(r, G_STAT, true))
		return;
	memset(&it, 0, sizeof(it));
	taprt_iter_begin(&r->c, &it, m, how & 4 ? TAPRT_SORT_SUM : 0, how & 8,
			 S64_MAX, k, any);
	while (taprt_iter_next(&r->c, &it)) {
		n += it.stat->count;
		tally[r->cpu].torn +=
			it.stat->sum != 5 * it.stat->count || it.stat->max != 5;
	}
	if (done(r)) {
		if (any == ~0u)
			taprt_map_clear(m);
		else if (any)
			taprt_map_del_slice(m, k, any);
		else
			taprt_map_del(m, k);
		tally[r->cpu].taken[G_STAT] += n;
	}
	unlocked(r, G_STAT, true);
}

/* a[k]++ where adding is shared and reading is not */
static void count(struct rt_cpu *r, u32 i)
{
	if (!locked(r, G_COUNT, false))
		return;
	taprt_map_add1(&r->c, map[G_COUNT], i % KEYS, 1);
	tally[r->cpu].added[G_COUNT] += done(r);
	unlocked(r, G_COUNT, false);
}

static void collect(struct rt_cpu *r, u32 how)
{
	struct taprt_map *m = map[G_COUNT];
	struct taprt_iter it;
	s64 n = 0;

	if (!locked(r, G_COUNT, true))
		return;
	memset(&it, 0, sizeof(it));
	taprt_iter_begin(&r->c, &it, m, TAPRT_SORT_VALUE, how & 1,
			 how & 2 ? 3 : S64_MAX, NULL, ~0u);
	while (taprt_iter_next(&r->c, &it)) {
		/* the live value and the snapshot: nobody may add meanwhile */
		tally[r->cpu].torn +=
			taprt_map_get_long1(m, it.key[0].i) != it.value;
		n += it.value;
		taprt_map_del(m, it.key);
	}
	if (done(r))
		tally[r->cpu].taken[G_COUNT] += n;
	else
		tally[r->cpu].torn += n != 0;
	unlocked(r, G_COUNT, true);
}

/* a[k] += 2 and delete under one lock, as always */
static void plain(struct rt_cpu *r, u32 i)
{
	struct taprt_map *m = map[G_PLAIN];
	s64 *p;

	if (!locked(r, G_PLAIN, true))
		return;
	p = taprt_map_slot_long1(&r->c, m, i % KEYS);
	if (p && done(r)) {
		*p += 2;
		tally[r->cpu].added[G_PLAIN] += 2;
	}
	if (i % 100 == 0) {
		union taprt_key k = { .i = i / 100 % KEYS };

		tally[r->cpu].taken[G_PLAIN] += taprt_map_get_long(m, &k);
		taprt_map_del(m, &k);
	}
	unlocked(r, G_PLAIN, true);
}

/* No lock: additions evict on one array, run beside foreach on the other. */
static void loose(struct rt_cpu *r, u32 i)
{
	struct taprt_iter it;

	taprt_map_add1(&r->c, map[G_WRAP], (i * 2654435761u) >> 24, 1);
	tally[r->cpu].added[G_WRAP] += done(r);
	taprt_map_add1(&r->c, map[G_FREE], i % 1000 + r->cpu * 500, 5);
	tally[r->cpu].added[G_FREE] += done(r);
	if (i % 1000 != 500)
		return;
	memset(&it, 0, sizeof(it));
	taprt_iter_begin(&r->c, &it, map[G_FREE], i & 8 ? TAPRT_SORT_COUNT : 0,
			 true, S64_MAX, NULL, ~0u);
	while (taprt_iter_next(&r->c, &it))
		tally[r->cpu].torn += it.stat->sum != 5 * it.stat->count;
	done(r);
	rt_maps_release(r);
}

static void *cpu_main(void *arg)
{
	struct rt_cpu *r = arg;
	u32 i;

	rt_test_cpu = r->cpu;
	for (i = 0; i < ROUNDS; i++) {
		feed(r, i + r->cpu);
		count(r, i * 7);
		plain(r, i);
		loose(r, i);
		if (i % 50 == r->cpu)
			harvest(r, i / 50);
		if (i % 50 == 10 + r->cpu)
			collect(r, i / 50);
	}
	return NULL;
}

static void globals_init(void)
{
	u32 i;

	for (i = 0; i < NGLOBALS; i++) {
		g[i].name = "m";
		g[i].array = true;
		g[i].orders = 1;
		g[i].nkeys = i == G_STAT ? 2 : 1;
		g[i].keystr = i == G_STAT;
		g[i].type =
			i == G_COUNT || i == G_PLAIN ? TAPRT_LONG : TAPRT_STAT;
		g[i].keep = i == G_STAT ? TAPRT_KEEP_MINMAX : 0;
		g[i].spread = i == G_COUNT;
		g[i].wrap = i == G_WRAP;
		g[i].shared_often = i == G_STAT || i == G_COUNT;
		g[i].max_entries = i == G_FREE ? 4000 : i == G_WRAP ? 16 : KEYS;
		map[i] = rt_map_new(&g[i], STRSIZE, 42);
	}
	rt_locks_init(g, NGLOBALS);
	rt_lock_wait_ns = 20000000;
	rt_own_wait_ns = 20000000;
}

/* What is left in array @i: counts of statistics, values of longs. */
static s64 left(u32 i)
{
	struct taprt_ctx *c = &ctx[0]->c;
	struct taprt_iter it;
	s64 n = 0;

	memset(&it, 0, sizeof(it));
	taprt_iter_begin(c, &it, map[i], 0, false, S64_MAX, NULL, ~0u);
	while (taprt_iter_next(c, &it))
		n += g[i].type == TAPRT_STAT ? it.stat->count : it.value;
	rt_maps_release(ctx[0]);
	return n;
}

/* The list, both ways, and the chains hold the same nodes. */
static bool intact(struct taprt_map *m)
{
	struct rt_table *t = &m->t;
	union taprt_key k[TAPRT_MAXKEYS];
	u32 ref, n = 0, back = 0;

	for (ref = t->head; ref; ref = rt_at(t, ref)->lnext) {
		rt_node_keys(m, rt_at(t, ref), k);
		if (rt_find(m, t, k, rt_hash(m, k)) != rt_at(t, ref))
			return false;
		n++;
	}
	for (ref = t->tail; ref; ref = rt_at(t, ref)->lprev)
		back++;
	return n == t->count && back == n;
}

int main(void)
{
	static const char *const name[] = { "statistics", "counters", "longs",
					    "wrapping", "free" };
	s64 added, taken, skipped = 0, torn = 0;
	pthread_t t[RT_TEST_CPUS];
	u32 i, k;

	globals_init();
	for (i = 0; i < RT_TEST_CPUS; i++)
		ctx[i] = rt_test_context(i);
	for (i = 0; i < RT_TEST_CPUS; i++)
		if (taprt_cpu_possible(i))
			pthread_create(&t[i], NULL, cpu_main, ctx[i]);
	for (i = 0; i < RT_TEST_CPUS; i++)
		if (taprt_cpu_possible(i))
			pthread_join(t[i], NULL);
	for (i = 0; i < RT_TEST_CPUS; i++) {
		skipped += tally[i].skipped;
		torn += tally[i].torn;
	}
	for (k = 0; k < NGLOBALS; k++) {
		added = taken = 0;
		for (i = 0; i < RT_TEST_CPUS; i++) {
			added += tally[i].added[k];
			taken += tally[i].taken[k];
		}
		ok(intact(map[k]), "%s: list and chains agree", name[k]);
		if (k == G_WRAP)
			ok(map[k]->t.count == 16 && left(k) > 0,
			   "%s: full, with the newest", name[k]);
		else
			ok(added && added == taken + left(k),
			   "%s: %lld added = %lld taken + %lld left", name[k],
			   (long long)added, (long long)taken,
			   (long long)left(k));
	}
	ok(!torn, "%lld torn values", (long long)torn);
	printf("# %lld operations given up\n", (long long)skipped);
	for (k = 0; k < NGLOBALS; k++)
		rt_map_free(map[k]);
	rt_locks_exit(NGLOBALS);
	for (i = 0; i < RT_TEST_CPUS; i++)
		taprt_free(ctx[i]);
	return tap_done();
}
