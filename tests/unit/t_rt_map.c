// SPDX-License-Identifier: GPL-2.0-only
/* runtime/core/map.c, share.c, iter.c and stat.c, against a plain list as a model. */
#include "tests/unit/rt_user.h"

#include "tests/tap.h"

#include <pthread.h>
#include <stdio.h>

#define STRSIZE 16

static struct rt_cpu *ctx[RT_TEST_CPUS];

static struct taprt_map *new_map(struct taprt_global *g, u8 type, u8 nkeys,
				 u16 keystr, u32 entries)
{
	memset(g, 0, sizeof(*g));
	g->name = "m";
	g->type = type;
	g->array = true;
	g->nkeys = nkeys;
	g->keystr = keystr;
	g->max_entries = entries;
	g->orders = 2;
	return rt_map_new(g, STRSIZE, 12345);
}

/* ---- longs by one long -------------------------------------------------------- */

#define NMODEL 64

struct model {
	s64 key[NMODEL], val[NMODEL];
	u32 n;
};

static s32 model_find(const struct model *w, s64 k)
{
	u32 i;

	for (i = 0; i < w->n; i++)
		if (w->key[i] == k)
			return i;
	return -1;
}

static void model_del(struct model *w, u32 i)
{
	w->n--;
	memmove(w->key + i, w->key + i + 1, (w->n - i) * sizeof(s64));
	memmove(w->val + i, w->val + i + 1, (w->n - i) * sizeof(s64));
}

static void model_set(struct model *w, s64 k, s64 v, bool wrap)
{
	s32 i = model_find(w, k);

	if (i < 0) {
		if (w->n == NMODEL && !wrap)
			return;
		if (w->n == NMODEL)
			model_del(w, 0);
		i = w->n++;
		w->key[i] = k;
	}
	w->val[i] = v;
}

/* Same elements in the same order? */
static bool same(struct taprt_map *m, const struct model *w)
{
	struct taprt_ctx *c = &ctx[0]->c;
	struct taprt_iter it;
	u32 i = 0;

	memset(&it, 0xee, sizeof(it));
	taprt_iter_begin(c, &it, m, TAPRT_SORT_NONE, false, S64_MAX, NULL, ~0u);
	while (taprt_iter_next(c, &it)) {
		if (i >= w->n || it.key[0].i != w->key[i] ||
		    it.value != w->val[i])
			return false;
		i++;
	}
	return i == w->n;
}

static void test_model(bool wrap)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_LONG, 1, 0, NMODEL);
	struct taprt_ctx *c = &ctx[0]->c;
	struct model w = { .n = 0 };
	u32 i, seed = 7, bad = 0, full = 0;
	union taprt_key key;

	g.wrap = wrap;
	for (i = 0; i < 30000; i++) {
		s64 k, *slot;

		seed = seed * 1103515245u + 12345u;
		k = (s64)(seed >> 8) % 100 * 4096;
		key.i = k;
		switch (seed % 8) {
		case 0:
			taprt_map_del(m, &key);
			if (model_find(&w, k) >= 0)
				model_del(&w, model_find(&w, k));
			break;
		case 1:
			bad += taprt_map_has1(m, k) != (model_find(&w, k) >= 0);
			bad += taprt_map_has(m, &key) != taprt_map_has1(m, k);
			break;
		default:
			slot = seed & 64 ? taprt_map_slot_long1(c, m, k)
					 : taprt_map_slot_long(c, m, &key);
			if (slot)
				*slot = i;
			else
				full++, taprt_catch(c, NULL, 0);
			model_set(&w, k, i, wrap);
		}
		bad += taprt_map_get_long1(m, k) !=
		       (model_find(&w, k) >= 0 ? w.val[model_find(&w, k)] : 0);
		bad += taprt_map_get_long(m, &key) != taprt_map_get_long1(m, k);
		if (i % 500 == 0)
			bad += !same(m, &w);
		if (i % 9973 == 0) {
			taprt_map_clear(m);
			w.n = 0;
		}
	}
	ok(!bad, "%s: 30000 steps equal the model", wrap ? "wrap" : "plain");
	ok(wrap ? !full : full > 0, "%u refusals when full", full);
	rt_map_free(m);
}

static void test_full_text(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_LONG, 1, 0, 2);
	struct taprt_ctx *c = &ctx[0]->c;

	taprt_map_slot_long1(c, m, 1);
	taprt_map_slot_long1(c, m, 2);
	ok(!taprt_map_slot_long1(c, m, 3) && c->error &&
		   !strcmp(c->error, "Array overflow, check MAXMAPENTRIES"),
	   "overflow text");
	taprt_catch(c, NULL, 0);
	rt_map_free(m);
	g.sized = true;
	m = rt_map_new(&g, STRSIZE, 1);
	taprt_map_slot_long1(c, m, 1);
	taprt_map_slot_long1(c, m, 2);
	taprt_map_slot_long1(c, m, 3);
	ok(c->error &&
		   !strcmp(c->error, "Array overflow, check size limit (2)"),
	   "overflow text of a sized array");
	taprt_catch(c, NULL, 0);
	rt_map_free(m);
}

/* ---- strings, several keys, slices -------------------------------------------------- */

static void test_strings(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_STRING, 2, 1, 32);
	struct taprt_ctx *c = &ctx[0]->c;
	union taprt_key k[2];
	char *s;

	k[0].s = "a key longer than fifteen bytes";
	k[1].i = -1;
	s = taprt_map_slot_str(c, m, k);
	taprt_strcpy(s, "value", STRSIZE);
	k[0].s = "a key longXX";
	ok(!strcmp(taprt_map_get_str(m, k), ""), "another key");
	k[0].s = "a key longer than that, equal when cut";
	ok(!strcmp(taprt_map_get_str(m, k), "value"), "keys are cut alike");
	k[1].i = 0;
	ok(!taprt_map_has(m, k), "the second key counts");
	k[0].s = "";
	s = taprt_map_slot_str(c, m, k);
	ok(s && !*s && taprt_map_has(m, k), "empty string as key and value");
	rt_map_free(m);
}

static u32 count(struct taprt_map *m, const union taprt_key *match, u32 any,
		 u32 by)
{
	struct taprt_ctx *c = &ctx[0]->c;
	struct taprt_iter it;
	u32 n = 0;

	taprt_iter_begin(c, &it, m, by, false, S64_MAX, match, any);
	while (taprt_iter_next(c, &it))
		n++;
	rt_maps_release(ctx[0]);
	return n;
}

static void test_slices(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_LONG, 2, 1, 32);
	union taprt_key k[2];
	u32 i;

	for (i = 0; i < 12; i++) {
		k[0].s = i % 3 ? "x" : "y";
		k[1].i = i;
		*taprt_map_slot_long(&ctx[0]->c, m, k) = i;
	}
	k[0].s = "x";
	ok(count(m, k, 2, 0) == 8, "foreach over [\"x\", *]");
	ok(count(m, k, 2, TAPRT_SORT_VALUE) == 8, "sorted slice");
	k[1].i = 6;
	ok(count(m, k, 1, 0) == 1, "foreach over [*, 6]");
	ok(taprt_map_has_slice(m, k, 1) && !taprt_map_has_slice(m, k, 0),
	   "slice membership");
	taprt_map_del_slice(m, k, 2);
	ok(count(m, k, 3, 0) == 4, "slice deletion");
	taprt_map_del_slice(m, k, 3);
	ok(count(m, NULL, ~0u, 0) == 0, "delete [*, *]");
	rt_map_free(m);
}

/* ---- order ---------------------------------------------------------------------------- */

static bool sorted(struct taprt_map *m, u32 by, bool desc, s64 limit, u32 want)
{
	struct taprt_ctx *c = &ctx[0]->c;
	struct taprt_iter it;
	s64 last = 0, v;
	u32 n = 0;

	taprt_iter_begin(c, &it, m, by, desc, limit, NULL, ~0u);
	while (taprt_iter_next(c, &it)) {
		v = by == TAPRT_SORT_KEY ? it.key[0].i : it.value;
		if (n++ && (desc ? v > last : v < last))
			return false;
		last = v;
	}
	rt_maps_release(ctx[0]);
	return n == want;
}

static void test_sort(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_LONG, 1, 0, 256);
	u32 i;

	for (i = 0; i < 200; i++)
		*taprt_map_slot_long1(&ctx[0]->c, m, (i * 7919) % 1000) =
			(i * 31) % 17 - 8;
	ok(sorted(m, TAPRT_SORT_VALUE, false, S64_MAX, 200), "by value, up");
	ok(sorted(m, TAPRT_SORT_VALUE, true, S64_MAX, 200), "by value, down");
	ok(sorted(m, TAPRT_SORT_KEY, false, 10, 10), "by key, limit 10");
	ok(sorted(m, TAPRT_SORT_KEY, true, 0, 0), "limit 0");
	ok(sorted(m, TAPRT_SORT_KEY, true, -5, 0), "negative limit");
	rt_map_free(m);
}

static void test_sort_ties(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_LONG, 1, 0, 16);
	struct taprt_ctx *c = &ctx[0]->c;
	struct taprt_iter it;
	u32 i, bad = 0;

	for (i = 0; i < 10; i++)
		*taprt_map_slot_long1(c, m, i) = i % 2;
	for (i = 0; i < 2; i++) {
		s64 last = -1, value = -1;

		taprt_iter_begin(c, &it, m, TAPRT_SORT_VALUE, i, S64_MAX, NULL,
				 ~0u);
		while (taprt_iter_next(c, &it)) {
			bad += it.value == value && it.key[0].i < last;
			last = it.key[0].i;
			value = it.value;
		}
	}
	rt_maps_release(ctx[0]);
	ok(!bad, "ties keep the order of insertion, up and down");
	rt_map_free(m);
}

/* Nested loops, left by break in every way, with and without iter_end. */
static void test_nested(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_LONG, 1, 0, 16);
	struct taprt_ctx *c = &ctx[0]->c;
	struct taprt_iter a, b, two[2];
	u32 i, outer = 0, inner = 0;

	for (i = 0; i < 8; i++)
		*taprt_map_slot_long1(c, m, i) = i;
	taprt_iter_begin(c, &a, m, TAPRT_SORT_VALUE, true, S64_MAX, NULL, ~0u);
	while (taprt_iter_next(c, &a)) {
		outer += a.value == 7 - (s64)outer;
		taprt_iter_begin(c, &b, m, TAPRT_SORT_VALUE, false, S64_MAX,
				 NULL, ~0u);
		while (taprt_iter_next(c, &b)) {
			inner++;
			if (b.value == 3)
				break;
		}
	}
	rt_maps_release(ctx[0]);
	ok(outer == 8 && inner == 32 && !c->error, "nested: %u, %u", outer,
	   inner);
	for (i = 0; i < 20; i++) {
		struct taprt_iter *it = malloc(sizeof(*it));

		memset(it, 0, sizeof(*it));
		taprt_iter_begin(c, it, m, TAPRT_SORT_VALUE, false, S64_MAX,
				 NULL, ~0u);
		outer += taprt_iter_next(c, it) && it->value == 0;
		taprt_iter_end(c, it);
		free(it);
	}
	ok(outer == 28 && !c->error && !m->owner, "many, each left early");
	taprt_iter_begin(c, &two[0], m, TAPRT_SORT_VALUE, true, S64_MAX, NULL,
			 ~0u);
	taprt_iter_begin(c, &two[1], m, TAPRT_SORT_VALUE, true, S64_MAX, NULL,
			 ~0u);
	ok(!c->error, "as many orders as were foreseen");
	taprt_iter_begin(c, &a, m, TAPRT_SORT_VALUE, true, S64_MAX, NULL, ~0u);
	ok(c->error && !taprt_iter_next(c, &a), "one more: %s", c->error);
	taprt_catch(c, NULL, 0);
	taprt_iter_drop(c, &two[1]);
	ok(taprt_iter_next(c, &two[0]) && m->owner == 1, "the outer goes on");
	taprt_iter_drop(c, &two[0]);
	ok(!m->owner && !ctx[0]->nheld, "and is dropped");
	rt_map_free(m);
}

/* ---- statistics ------------------------------------------------------------------------- */

static void test_stat_map(void)
{
	struct taprt_global g;
	struct taprt_map *m;
	union taprt_key k;
	const struct taprt_statval *v;
	struct taprt_iter it;
	u32 cpu, i, n = 0;
	s64 sum = 0;

	memset(&g, 0, sizeof(g));
	g.name = "m";
	g.type = TAPRT_STAT;
	g.array = true;
	g.nkeys = 1;
	g.max_entries = 8;
	g.orders = 1;
	g.hist.kind = TAPRT_HIST_LOG;
	m = rt_map_new(&g, STRSIZE, 99);
	for (cpu = 0; cpu < RT_TEST_CPUS; cpu++) {
		if (!taprt_cpu_possible(cpu))
			continue;
		for (i = 0; i < 100; i++) {
			k.i = i % 3;
			if (i & 1)
				taprt_map_add1(&ctx[cpu]->c, m, k.i,
					       cpu * 100 + i);
			else
				taprt_map_add(&ctx[cpu]->c, m, &k,
					      cpu * 100 + i);
		}
	}
	k.i = 1;
	v = taprt_map_get_stat(&ctx[0]->c, m, &k);
	ok(v->count == 99 && v->min == 1 && v->max == 397 && v->nbuckets == 128,
	   "one element over all CPUs: %lld", (long long)v->count);
	ok(v->avg == v->sum / v->count && v->bucket[65] == 1, "avg, bucket");
	k.i = 5;
	v = taprt_map_get_stat(&ctx[0]->c, m, &k);
	ok(!v->count && !v->sum, "an absent element is empty");
	ok(!taprt_map_has(m, &k) && taprt_map_has1(m, 2), "membership");
	taprt_iter_begin(&ctx[1]->c, &it, m, TAPRT_SORT_COUNT, true, S64_MAX,
			 NULL, ~0u);
	while (taprt_iter_next(&ctx[1]->c, &it)) {
		n++;
		sum += it.stat->count;
		ok(n > 1 || it.key[0].i == 0, "the largest first");
		ok(m->owner == 2, "held while it goes on");
	}
	ok(n == 3 && sum == 300, "merged: %u elements, %lld values", n,
	   (long long)sum);
	ok(m->owner == 0, "released");
	k.i = 0;
	taprt_map_del(m, &k);
	ok(!taprt_map_has(m, &k), "deleted on every CPU");
	taprt_map_clear(m);
	ok(!taprt_map_has1(m, 1), "cleared on every CPU");
	rt_map_free(m);
}

static void test_stat_overflow(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_STAT, 1, 0, 4);
	u32 i;

	for (i = 0; i < 4; i++) {
		taprt_map_add1(&ctx[i & 1]->c, m, i, 1);
		taprt_map_add1(&ctx[3]->c, m, i, 1);
	}
	ok(!ctx[0]->c.error && !ctx[1]->c.error && !ctx[3]->c.error,
	   "the keys of all CPUs have room");
	taprt_map_add1(&ctx[1]->c, m, 100, 1);
	ok(ctx[1]->c.error &&
		   !strcmp(ctx[1]->c.error, "aggregation overflow in m"),
	   "one more has not, on any CPU");
	taprt_catch(&ctx[1]->c, NULL, 0);
	ok(count(m, NULL, ~0u, 0) == 4, "and is not there");
	rt_map_free(m);
}

/* The oldest key goes from every CPU, and what a CPU had of it. */
static void test_stat_wrap(void)
{
	struct taprt_global g;
	struct taprt_map *m = new_map(&g, TAPRT_STAT, 1, 0, 4);
	union taprt_key k;
	u32 i;

	g.wrap = true;
	for (i = 0; i < 10; i++) {
		taprt_map_add1(&ctx[0]->c, m, i % 5, 1);
		taprt_map_add1(&ctx[3]->c, m, i % 5, 10);
	}
	k.i = 0;
	ok(m->t.count == 4 && !taprt_map_has(m, &k), "the oldest is gone");
	k.i = 4;
	ok(taprt_map_get_stat(&ctx[0]->c, m, &k)->sum == 11,
	   "no value of an earlier life");
	rt_map_free(m);
}

/* Counters: added to on every CPU, read as one number, set when alone. */
static void test_counters(void)
{
	struct taprt_global g = { .name = "m",
				  .type = TAPRT_LONG,
				  .array = true,
				  .spread = true,
				  .nkeys = 1,
				  .max_entries = 8,
				  .orders = 1 };
	struct taprt_map *m = rt_map_new(&g, STRSIZE, 5);
	union taprt_key k = { .i = 3 };
	struct taprt_iter it;
	u32 i, n = 0;

	for (i = 0; i < 100; i++)
		taprt_map_add1(&ctx[i & 1 ? 3 : 0]->c, m, 3, (s64)i - 50);
	ok(taprt_map_get_long1(m, 3) == -50, "sum over CPUs");
	ok(taprt_map_get_long1(m, 4) == 0 && !taprt_map_has1(m, 4),
	   "reading does not create");
	*taprt_map_slot_long1(&ctx[1]->c, m, 3) *= 2;
	ok(taprt_map_get_long(m, &k) == -100, "changed alone");
	taprt_map_add1(&ctx[0]->c, m, 3, 1);
	taprt_map_add1(&ctx[3]->c, m, 5, 7);
	*taprt_map_slot_long(&ctx[0]->c, m, &k) += 1;
	ok(taprt_map_get_long1(m, 3) == -98, "and added to again");
	taprt_iter_begin(&ctx[0]->c, &it, m, TAPRT_SORT_VALUE, true, S64_MAX,
			 NULL, ~0u);
	while (taprt_iter_next(&ctx[0]->c, &it))
		ok(it.value == (n++ ? -98 : 7), "sorted by the sum");
	rt_maps_release(ctx[0]);
	taprt_map_del(m, &k);
	taprt_map_add1(&ctx[3]->c, m, 3, 2);
	ok(taprt_map_get_long1(m, 3) == 2, "deleted on every CPU");
	rt_map_free(m);
}

static void test_stat_scalar(void)
{
	static const struct taprt_global g = { .keep = TAPRT_KEEP_MINMAX };
	struct taprt_stat *st = taprt_stat_new(&g);
	const struct taprt_statval *v;

	v = taprt_stat_get(&ctx[0]->c, st);
	ok(!v->count && !v->nbuckets, "empty");
	rt_test_cpu = 3;
	taprt_stat_add(st, -5);
	rt_test_cpu = 0;
	taprt_stat_add(st, 15);
	v = taprt_stat_get(&ctx[0]->c, st);
	ok(v->count == 2 && v->sum == 10 && v->min == -5 && v->max == 15 &&
		   v->avg == 5,
	   "two CPUs");
	taprt_stat_clear(st);
	ok(!taprt_stat_get(&ctx[0]->c, st)->count, "cleared");
	taprt_stat_free(st);
}

/* ---- threads as CPUs --------------------------------------------------------------------- */

static struct taprt_map *shared;
static struct taprt_global shared_g;

static void clear_skip(struct taprt_ctx *c)
{
	c->error = NULL;
	c->aborted = false;
}

static void *hammer(void *arg)
{
	struct rt_cpu *r = arg;
	struct taprt_iter it;
	u32 i;

	rt_test_cpu = r->cpu;
	for (i = 0; i < 20000; i++) {
		/* who holds a lock may have lost its CPU: that is told */
		do {
			clear_skip(&r->c);
			taprt_map_add1(&r->c, shared, i % 50, 1);
		} while (r->c.error == taprt_skip_lock_msg);
		if (i % 1000 != r->cpu)
			continue;
		taprt_iter_begin(&r->c, &it, shared, TAPRT_SORT_SUM, true, 5,
				 NULL, ~0u);
		while (taprt_iter_next(&r->c, &it))
			;
		rt_maps_release(r);
		clear_skip(&r->c); /* a foreach may give up: that is counted */
	}
	return NULL;
}

static void test_threads(void)
{
	pthread_t t[RT_TEST_CPUS];
	union taprt_key k;
	s64 n = 0;
	u32 i;

	shared = new_map(&shared_g, TAPRT_STAT, 1, 0, 64);
	for (i = 0; i < RT_TEST_CPUS; i++)
		if (taprt_cpu_possible(i))
			pthread_create(&t[i], NULL, hammer, ctx[i]);
	for (i = 0; i < RT_TEST_CPUS; i++)
		if (taprt_cpu_possible(i))
			pthread_join(t[i], NULL);
	for (i = 0; i < 50; i++) {
		k.i = i;
		n += taprt_map_get_stat(&ctx[0]->c, shared, &k)->sum;
	}
	ok(n == 60000, "no addition is lost: %lld", (long long)n);
	rt_map_free(shared);
}

static const struct taprt_lockreq wr[] = { { 1, 1 } },
				  rd[] = { { 0, 0 }, { 1, 0 } };
static s64 guarded;

static void *locker(void *arg)
{
	struct rt_cpu *r = arg;
	u32 i;

	for (i = 0; i < 20000; i++) {
		while (!taprt_lock(&r->c, wr, 1)) {
			r->c.error = NULL;
			r->c.aborted = false;
		}
		guarded++;
		taprt_unlock(&r->c, wr, 1);
		if (taprt_lock(&r->c, rd, 2))
			taprt_unlock(&r->c, rd, 2);
		r->c.error = NULL;
		r->c.aborted = false;
	}
	return NULL;
}

static void test_locks(bool shared_often)
{
	const struct taprt_global g[2] = { { .shared_often = shared_often },
					   { .shared_often = shared_often } };
	struct taprt_ctx *c = &ctx[0]->c, *d = &ctx[1]->c;
	pthread_t t[2];

	rt_lock_wait_ns = 1000000;
	rt_locks_init(g, 2);
	ok(taprt_lock(c, rd, 2) && taprt_lock(d, rd, 2), "readers share");
	ok(!taprt_lock(&ctx[3]->c, wr, 1) &&
		   ctx[3]->c.error == taprt_skip_lock_msg,
	   "a writer gives up in time");
	clear_skip(&ctx[3]->c);
	taprt_unlock(c, rd, 2);
	ok(!taprt_lock(&ctx[3]->c, wr, 1), "one reader is enough for that");
	clear_skip(&ctx[3]->c);
	taprt_unlock(d, rd, 2);
	ok(taprt_lock(c, wr, 1) && !taprt_lock(d, rd, 2), "a writer excludes");
	ok(!taprt_lock(&ctx[3]->c, wr, 1), "another writer too");
	clear_skip(&ctx[3]->c);
	clear_skip(d);
	taprt_unlock(c, wr, 1);
	ok(taprt_locks[0].v == 0 && taprt_lock(d, wr, 1),
	   "what was taken before the failure is released");
	taprt_unlock(d, wr, 1);
	guarded = 0;
	pthread_create(&t[0], NULL, locker, ctx[0]);
	pthread_create(&t[1], NULL, locker, ctx[1]);
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	ok(guarded == 40000 && !taprt_locks[1].v, "mutual exclusion");
	rt_locks_exit(2);
}

int main(void)
{
	u32 i;

	for (i = 0; i < RT_TEST_CPUS; i++)
		ctx[i] = rt_test_context(i);
	test_model(false);
	test_model(true);
	test_full_text();
	test_strings();
	test_slices();
	test_sort();
	test_sort_ties();
	test_nested();
	test_stat_map();
	test_stat_overflow();
	test_stat_wrap();
	test_counters();
	test_stat_scalar();
	test_threads();
	test_locks(false);
	test_locks(true);
	for (i = 0; i < RT_TEST_CPUS; i++)
		taprt_free(ctx[i]);
	return tap_done();
}
