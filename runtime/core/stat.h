/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a statistic keeps, for scalars (stat.c) and for arrays (share.c).
 *
 * Logarithmic histogram: 128 buckets, 64 is zero, 64+k covers [2^(k-1), 2^k),
 * mirrored.  Linear: 0 is below lo, 1 … n cover [lo + (i-1)*step, …), the last is
 * above hi.
 */
#ifndef RUNTIME_CORE_STAT_H
#define RUNTIME_CORE_STAT_H

#include "runtime/core/core.h"

#define RT_HIST_ZERO 64

static inline u32 rt_hist_buckets(const struct taprt_hist *h)
{
	u64 n;

	if (h->kind == TAPRT_HIST_LOG)
		return RT_HIST_LOG_BUCKETS;
	if (h->kind != TAPRT_HIST_LINEAR || h->step <= 0 || h->hi < h->lo)
		return 0;
	n = ((u64)h->hi - (u64)h->lo) / (u64)h->step; /* real buckets - 1 */
	return n > RT_HIST_MAX_BUCKETS - 3 ? 0 : n + 3;
}

static inline bool rt_hist_is_bad(const struct taprt_hist *h)
{
	return h->kind == TAPRT_HIST_LINEAR && !rt_hist_buckets(h);
}

static inline u32 rt_hist_log_index(s64 v)
{
	if (v > 0)
		return RT_HIST_ZERO + 64 - __builtin_clzll(v);
	if (!v)
		return RT_HIST_ZERO;
	return __builtin_clzll(-(u64)v);
}

static inline u32 rt_hist_index(const struct taprt_hist *h, u32 nb, s64 v)
{
	if (h->kind == TAPRT_HIST_LOG)
		return rt_hist_log_index(v);
	if (v < h->lo)
		return 0;
	if (v > h->hi)
		return nb - 1;
	return ((u64)v - (u64)h->lo) / (u64)h->step + 1;
}

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

static inline struct rt_shape rt_shape_of(const struct taprt_global *g)
{
	struct rt_shape d = { .hist = &g->hist,
			      .nbuckets = rt_hist_buckets(&g->hist),
			      .keep = g->keep,
			      .shift = g->shift };

	d.bucket = d.keep & TAPRT_KEEP_VARIANCE ? 2 : 0;
	d.plain = !d.keep && !d.nbuckets;
	return d;
}

static inline u32 rt_shape_bytes(const struct rt_shape *d)
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
static inline void rt_variance_add(struct rt_statv *sv, u64 v, u32 shift)
{
	s64 *mean = &sv->more[0], *dist = &sv->more[1];
	u64 scaled = v << shift;
	s64 d = (s64)(scaled - (u64)*mean);

	*mean = (s64)((u64)*mean + (u64)(d / sv->count));
	*dist = (s64)((u64)*dist +
		      (u64)rt_wrap_mul(d, (s64)(scaled - (u64)*mean)));
}

static inline void rt_statv_add_more(struct rt_statv *sv, s64 v,
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
static inline void rt_variance_merge(struct taprt_statval *to,
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

static inline s64 rt_variance_done(const struct taprt_statval *v, u32 shift)
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
static inline void rt_statv_merge(struct taprt_statval *to, s64 *bucket,
				  const struct rt_statv *sv,
				  const struct rt_shape *d)
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

static inline void rt_statval_init(struct taprt_statval *v, s64 *bucket, u32 nb)
{
	/* field by field: memset() costs more than the bytes */
	v->count = v->sum = v->min = v->max = v->avg = v->variance = 0;
	v->means = v->squares = 0;
	v->nbuckets = nb;
	v->bucket = bucket;
	if (nb)
		memset(bucket, 0, nb * sizeof(*bucket));
}

static inline void rt_statval_done(struct taprt_statval *v,
				   const struct rt_shape *d)
{
	v->avg = v->count ? v->sum / v->count : 0;
	if (d->keep & TAPRT_KEEP_VARIANCE)
		v->variance = rt_variance_done(v, d->shift);
}

/* stat.c: a scalar; NULL = no memory */
struct taprt_stat *taprt_stat_new(const struct taprt_global *g);
void taprt_stat_free(struct taprt_stat *st);

#endif
