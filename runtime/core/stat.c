// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics: count, sum, min, max and a histogram, one copy per CPU.
 *
 * Memory of a scalar: possible CPUs * (64 + 8 * buckets) bytes, at load.
 */
#include "runtime/core/core.h"

/* One CPU's share; all zero = empty. */
struct rt_statv {
	s64 count, sum, min, max;
	s64 bucket[];
};

struct rt_statcell {
	u32 lock;
	struct rt_statv v;
};

struct taprt_stat {
	const struct taprt_hist *hist;
	u32 nbuckets;
	struct rt_statcell *cell[]; /* by CPU id; NULL where impossible */
};

static inline void rt_statv_add(struct rt_statv *sv, s64 v,
				const struct taprt_hist *h, u32 nb)
{
	if (unlikely(!sv->count)) {
		sv->min = v;
		sv->max = v;
	} else {
		if (v < sv->min)
			sv->min = v;
		if (v > sv->max)
			sv->max = v;
	}
	sv->count++;
	sv->sum = (s64)((u64)sv->sum + (u64)v);
	if (nb)
		sv->bucket[rt_hist_index(h, nb, v)]++;
}

/* Add @sv to @to, whose buckets are at @bucket. */
static void rt_statv_merge(struct taprt_statval *to, s64 *bucket,
			   const struct rt_statv *sv, u32 nb)
{
	u32 i;

	if (!sv->count)
		return;
	if (!to->count || sv->min < to->min)
		to->min = sv->min;
	if (!to->count || sv->max > to->max)
		to->max = sv->max;
	to->count += sv->count;
	to->sum = (s64)((u64)to->sum + (u64)sv->sum);
	for (i = 0; i < nb; i++)
		bucket[i] += sv->bucket[i];
}

static void rt_statval_init(struct taprt_statval *v, s64 *bucket, u32 nb)
{
	memset(v, 0, sizeof(*v));
	v->nbuckets = nb;
	v->bucket = bucket;
	if (nb)
		memset(bucket, 0, nb * sizeof(*bucket));
}

static void rt_statval_done(struct taprt_statval *v)
{
	v->avg = v->count ? v->sum / v->count : 0;
}

static void rt_stat_free(struct taprt_stat *st)
{
	u32 i;

	if (!st)
		return;
	for (i = 0; i < rt_ncpus; i++)
		kc_free(st->cell[i]);
	kc_free(st);
}

static struct taprt_stat *rt_stat_new(const struct taprt_hist *h)
{
	struct taprt_stat *st;
	u32 i, nb = rt_hist_buckets(h);
	size_t cell = sizeof(struct rt_statcell) + nb * sizeof(s64);

	st = rt_alloc(sizeof(*st) + rt_ncpus * sizeof(st->cell[0]));
	if (!st)
		return NULL;
	st->hist = h;
	st->nbuckets = nb;
	for (i = 0; i < rt_ncpus; i++) {
		if (!rt_cpu_possible(i))
			continue;
		st->cell[i] = rt_alloc_cpu((cell + 63) & ~(size_t)63, i);
		if (!st->cell[i]) {
			rt_stat_free(st);
			return NULL;
		}
	}
	return st;
}

/* A lock that is not had in time is passed over: cells never move or vanish. */
void taprt_stat_add(struct taprt_stat *st, s64 v)
{
	struct rt_statcell *cell = st->cell[rt_cpu_id()];
	bool locked = rt_spin(&cell->lock);

	rt_statv_add(&cell->v, v, st->hist, st->nbuckets);
	if (locked)
		rt_unspin(&cell->lock);
}

const struct taprt_statval *taprt_stat_get(struct taprt_ctx *c,
					   struct taprt_stat *st)
{
	s64 *bucket = rt_of(c)->hist;
	struct rt_statcell *cell;
	bool locked;
	u32 i;

	rt_statval_init(&c->stat, bucket, st->nbuckets);
	for (i = 0; i < rt_ncpus; i++) {
		cell = st->cell[i];
		if (!cell || !rt_read_once(cell->v.count))
			continue;
		locked = rt_spin(&cell->lock);
		rt_statv_merge(&c->stat, bucket, &cell->v, st->nbuckets);
		if (locked)
			rt_unspin(&cell->lock);
	}
	rt_statval_done(&c->stat);
	return &c->stat;
}

void taprt_stat_clear(struct taprt_stat *st)
{
	struct rt_statcell *cell;
	bool locked;
	u32 i;

	for (i = 0; i < rt_ncpus; i++) {
		cell = st->cell[i];
		if (!cell)
			continue;
		locked = rt_spin(&cell->lock);
		memset(&cell->v, 0,
		       sizeof(cell->v) + st->nbuckets * sizeof(s64));
		if (locked)
			rt_unspin(&cell->lock);
	}
}
