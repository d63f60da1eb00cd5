/* SPDX-License-Identifier: GPL-2.0-only */
/* Escaped text in double quotes, cut with three dots: for strings and for memory. */
#ifndef RUNTIME_CORE_QUOTE_H
#define RUNTIME_CORE_QUOTE_H

#include "runtime/core/core.h"

/**
 * struct rt_quoter - escaped text in double quotes, never longer than asked for
 * @limit: where the text must end so that its quote fits
 * @fit: where it may be cut for a quote and three dots
 */
struct rt_quoter {
	struct taprt_sink out;
	char *limit, *fit;
	bool cut;
};

/* @max: most bytes of the result; not positive: what fits */
static inline void taprt_quote_begin(struct rt_quoter *q, char *dst, u32 size,
				     s64 max)
{
	if (max <= 0 || max > size - 1)
		max = size - 1;
	if (max < 5)
		max = 5; /* two quotes and three dots */
	taprt_sink_buf(&q->out, dst, size);
	taprt_put_lit(&q->out, "\"", 1);
	q->limit = dst + max - 1;
	q->fit = q->out.p;
	q->cut = false;
}

/* false: there is no room for @ch */
static inline bool taprt_quote_put(struct rt_quoter *q, char ch)
{
	char b[4];
	u32 len = taprt_escape(b, ch, false);

	q->cut = len > q->limit - q->out.p;
	if (q->cut)
		return false;
	taprt_put_lit(&q->out, b, len);
	if (q->out.p <= q->limit - 3)
		q->fit = q->out.p;
	return true;
}

static inline void taprt_quote_end(struct rt_quoter *q)
{
	if (q->cut)
		q->out.p = q->fit;
	taprt_put_lit(&q->out, "\"...", q->cut ? 4 : 1);
	taprt_sink_end(&q->out);
}

#endif
