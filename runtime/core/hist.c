// SPDX-License-Identifier: GPL-2.0-only
/* Histograms: a bucket, and the printed table. */
#include "runtime/core/stat.h"

#define HIST_WIDTH 50

s64 taprt_hist_count(struct taprt_ctx *c, const struct taprt_statval *v, s64 i)
{
	if (!v->count) {
		taprt_fail(c, "empty aggregate");
		return 0;
	}
	if (i < 0 || (u64)i >= v->nbuckets) {
		taprt_fail(c, "histogram index out of range");
		return 0;
	}
	return v->bucket[i];
}

/* The text at the left of bucket @i: returns its length in @b. */
static u32 rt_hist_label(const struct taprt_hist *h, u32 nb, u32 i, char b[32])
{
	struct taprt_sink s;
	s64 v;

	taprt_sink_buf(&s, b, 32);
	if (h->kind == TAPRT_HIST_LOG) {
		/* a negative bucket is named by its end nearer to 0 */
		if (i == RT_HIST_ZERO)
			v = 0;
		else if (i > RT_HIST_ZERO)
			v = (s64)(1ULL << (i - RT_HIST_ZERO - 1));
		else
			v = (s64) - (1ULL << (RT_HIST_ZERO - i - 1));
	} else if (i == 0) {
		taprt_put_lit(&s, "<", 1);
		v = h->lo;
	} else if (i == nb - 1) {
		taprt_put_lit(&s, ">", 1);
		v = h->hi;
	} else {
		v = (s64)((u64)h->lo + (u64)h->step * (i - 1));
	}
	taprt_put_dec(&s, v);
	taprt_sink_end(&s);
	return s.p - s.start;
}

struct rt_hist_rows {
	u32 lo, hi;	/* rows lo … hi are shown */
	u32 wval, wcnt; /* widths of the outer columns */
	u64 scale;
	u32 width;   /* of the column of @ */
	s32 elision; /* empty neighbours an elided row has each side, or < 0 */
};

/* The rows worth showing; false when every bucket is empty. */
static bool rt_hist_rows(const struct taprt_statval *v,
			 const struct taprt_hist *h, struct rt_hist_rows *r)
{
	u32 i, nb = v->nbuckets, first = nb, last = 0, min = 0, max = nb - 1;
	bool linear = h->kind == TAPRT_HIST_LINEAR;
	u64 top = 0;

	for (i = 0; i < nb; i++) {
		if (v->bucket[i] <= 0)
			continue;
		if (first == nb)
			first = i;
		last = i;
		if ((u64)v->bucket[i] > top)
			top = v->bucket[i];
	}
	if (first == nb)
		return false;
	if (linear && first > 0)
		min = 1; /* an empty underflow row says nothing */
	if (linear && last < nb - 1)
		max = nb - 2;
	if (!linear && first >= RT_HIST_ZERO)
		min = RT_HIST_ZERO;
	r->lo = first < min + 2 ? min : first - 2;
	r->hi = last + 2 > max ? max : last + 2;
	r->width = taprt_program.hist_width ?: HIST_WIDTH;
	r->elision = taprt_program.hist_elision;
	r->scale = top / r->width + (top % r->width != 0);
	for (r->wcnt = 0; top; top /= 10)
		r->wcnt++;
	return true;
}

static bool rt_hist_elide(const struct taprt_statval *v,
			  const struct rt_hist_rows *r, u32 i)
{
	u32 n = r->elision, j = i > n ? i - n : 0;

	if (r->elision < 0)
		return false;
	for (; j <= (u64)i + n && j < v->nbuckets; j++)
		if (v->bucket[j])
			return false;
	return true;
}

static void rt_hist_row(struct taprt_sink *s, const struct rt_hist_rows *r,
			const char *label, s64 count)
{
	s32 n = (u64)count / r->scale;

	taprt_put_str(s, label, 0, r->wval, -1);
	taprt_put_lit(s, " |", 2);
	taprt_pad(s, '@', n);
	taprt_pad(s, ' ', r->width + 1 - n);
	taprt_put_num(s, count, 'd', 0, r->wcnt, -1);
	taprt_put_lit(s, "\n", 1);
}

void taprt_put_hist(struct taprt_ctx *c, struct taprt_sink *s,
		    const struct taprt_statval *v, const struct taprt_hist *h)
{
	struct rt_hist_rows r;
	bool gap = false;
	char label[32];
	u32 i, n;

	if (!v->count || !v->nbuckets || !rt_hist_rows(v, h, &r)) {
		taprt_fail(c, "empty aggregate");
		return;
	}
	r.wval = 5;
	for (i = r.lo; i <= r.hi; i++) {
		n = rt_hist_label(h, v->nbuckets, i, label);
		if (n > r.wval)
			r.wval = n;
	}
	taprt_put_str(s, "value", 0, r.wval, -1);
	taprt_put_lit(s, " |", 2);
	taprt_pad(s, '-', r.width);
	taprt_put_lit(s, " count\n", 7);
	for (i = r.lo; i <= r.hi; i++) {
		if (rt_hist_elide(v, &r, i)) {
			if (!gap) {
				taprt_pad(s, ' ', r.wval);
				taprt_put_lit(s, " ~\n", 3);
			}
			gap = true;
			continue;
		}
		gap = false;
		rt_hist_label(h, v->nbuckets, i, label);
		rt_hist_row(s, &r, label, v->bucket[i]);
	}
	taprt_put_lit(s, "\n", 1);
}
