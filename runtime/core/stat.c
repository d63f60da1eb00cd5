// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics: count, sum, min, max, variance and a histogram, one copy per CPU,
 * of which only what the script reads is kept.
 *
 * Memory of a scalar: possible CPUs * (64 + 8 * buckets) bytes, at load.
 */
#include "runtime/core/core.h"

/* Which values a statistic keeps, and where. */
struct rt_shape {
	const struct taprt_hist *hist;
	u32 nbuckets;
	u32 keep; /* enum taprt_keep */
	u32 shift;
	u32 bucket; /* index of the first one in rt_statv.more */
	bool plain; /* count and sum are all there is */
};

/*
 * One CPU's share; all zero = empty.  A plain one ends behind @sum.
 * @more: the running mean and the sum of squared distances from it, both of
 * values times 2^shift, where variance is kept; then the buckets
 */
struct rt_statv {
	s64 count, sum, min, max;
	s64 more[];
};

struct rt_statcell {
	u32 lock;
	struct rt_statv v;
};

struct taprt_stat {
	struct rt_shape shape;
	struct rt_statcell *cell[]; /* by CPU id; NULL where impossible */
};

static struct rt_shape rt_shape_of(const struct taprt_global *g)
{
	struct rt_shape d = { .hist = &g->hist,
			      .nbuckets = rt_hist_buckets(&g->hist),
			      .keep = g->keep,
			      .shift = g->shift };

	d.bucket = d.keep & TAPRT_KEEP_VARIANCE ? 2 : 0;
	d.plain = !d.keep && !d.nbuckets;
	return d;
}

static u32 rt_shape_bytes(const struct rt_shape *d)
{
	if (d->plain)
		return offsetof(struct rt_statv, min);
	return sizeof(struct rt_statv) +
	       (d->bucket + d->nbuckets) * sizeof(s64);
}

static inline s64 rt_wrap_mul(s64 a, s64 b)
{
	return (s64)((u64)a * (u64)b);
}

/* Welford's step for the @n-th value.  Sums wrap, as a script's do. */
static void rt_variance_add(struct rt_statv *sv, u64 v, u32 shift)
{
	s64 *mean = &sv->more[0], *dist = &sv->more[1];
	u64 scaled = v << shift;
	s64 d = (s64)(scaled - (u64)*mean);

	*mean = (s64)((u64)*mean + (u64)(d / sv->count));
	*dist = (s64)((u64)*dist +
		      (u64)rt_wrap_mul(d, (s64)(scaled - (u64)*mean)));
}

static void rt_statv_add_more(struct rt_statv *sv, s64 v,
			      const struct rt_shape *d)
{
	if (sv->count == 1 || v < sv->min)
		sv->min = v;
	if (sv->count == 1 || v > sv->max)
		sv->max = v;
	if (d->keep & TAPRT_KEEP_VARIANCE)
		rt_variance_add(sv, (u64)v, d->shift);
	if (d->nbuckets)
		sv->more[d->bucket + rt_hist_index(d->hist, d->nbuckets, v)]++;
}

static inline void rt_statv_add(struct rt_statv *sv, s64 v,
				const struct rt_shape *d)
{
	sv->count++;
	sv->sum = (s64)((u64)sv->sum + (u64)v);
	if (!d->plain)
		rt_statv_add_more(sv, v, d);
}

/*
 * Variance of parts: (n - 1) * variance inside each, and n * (mean - total mean)^2.
 * The total is known only when all are in, so the square is kept multiplied out;
 * modulo 2^64 that is the same number.
 */
static void rt_variance_merge(struct taprt_statval *to,
			      const struct rt_statv *sv)
{
	s64 weight = rt_wrap_mul(sv->count, sv->more[0]), inside = 0;

	if (sv->count > 1)
		inside = sv->more[1] / (sv->count - 1) * (sv->count - 1);
	to->variance = (s64)((u64)to->variance + (u64)inside);
	to->means = (s64)((u64)to->means + (u64)weight);
	to->squares =
		(s64)((u64)to->squares + (u64)rt_wrap_mul(weight, sv->more[0]));
}

static s64 rt_variance_done(const struct taprt_statval *v, u32 shift)
{
	u64 mean, between;
	s64 total;

	if (v->count < 2)
		return 0;
	mean = (u64)((s64)((u64)v->sum << shift) / v->count);
	between = (u64)v->squares - 2 * mean * (u64)v->means +
		  mean * mean * (u64)v->count;
	total = (s64)((u64)v->variance + between);
	return total / (v->count - 1) >> (shift > 31 ? 63 : 2 * shift);
}

/* Add @sv to @to, whose buckets are at @bucket. */
static void rt_statv_merge(struct taprt_statval *to, s64 *bucket,
			   const struct rt_statv *sv, const struct rt_shape *d)
{
	u32 i;

	if (!sv->count)
		return;
	if (!d->plain) {
		if (!to->count || sv->min < to->min)
			to->min = sv->min;
		if (!to->count || sv->max > to->max)
			to->max = sv->max;
		if (d->keep & TAPRT_KEEP_VARIANCE)
			rt_variance_merge(to, sv);
		for (i = 0; i < d->nbuckets; i++)
			bucket[i] += sv->more[d->bucket + i];
	}
	to->count += sv->count;
	to->sum = (s64)((u64)to->sum + (u64)sv->sum);
}

static void rt_statval_init(struct taprt_statval *v, s64 *bucket, u32 nb)
{
	memset(v, 0, sizeof(*v));
	v->nbuckets = nb;
	v->bucket = bucket;
	if (nb)
		memset(bucket, 0, nb * sizeof(*bucket));
}

static void rt_statval_done(struct taprt_statval *v, const struct rt_shape *d)
{
	v->avg = v->count ? v->sum / v->count : 0;
	if (d->keep & TAPRT_KEEP_VARIANCE)
		v->variance = rt_variance_done(v, d->shift);
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

static struct taprt_stat *rt_stat_new(const struct taprt_global *g)
{
	struct taprt_stat *st;
	size_t cell;
	u32 i;

	st = rt_alloc(sizeof(*st) + rt_ncpus * sizeof(st->cell[0]));
	if (!st)
		return NULL;
	st->shape = rt_shape_of(g);
	cell = offsetof(struct rt_statcell, v) + rt_shape_bytes(&st->shape);
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

	rt_statv_add(&cell->v, v, &st->shape);
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

	rt_statval_init(&c->stat, bucket, st->shape.nbuckets);
	for (i = 0; i < rt_ncpus; i++) {
		cell = st->cell[i];
		if (!cell || !rt_read_once(cell->v.count))
			continue;
		locked = rt_spin(&cell->lock);
		rt_statv_merge(&c->stat, bucket, &cell->v, &st->shape);
		if (locked)
			rt_unspin(&cell->lock);
	}
	rt_statval_done(&c->stat, &st->shape);
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
		memset(&cell->v, 0, rt_shape_bytes(&st->shape));
		if (locked)
			rt_unspin(&cell->lock);
	}
}
