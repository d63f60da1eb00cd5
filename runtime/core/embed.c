// SPDX-License-Identifier: GPL-2.0-only
/* What the C of a script calls: formatted errors and output, by the kernel. */
#include "runtime/core/core.h"

#include <linux/kernel.h>

void taprt_embed_fail(struct taprt_ctx *c, const char *fmt, ...)
{
	va_list ap;

	if (c->error)
		return;
	va_start(ap, fmt);
	vsnprintf(rt_of(c)->errbuf, RT_ERRBUF_BYTES, fmt, ap);
	va_end(ap);
	c->error = rt_of(c)->errbuf;
}

/*
 * Straight to where output goes if it fits there, else by way of the buffer for
 * error texts, which is free unless an error is pending; what that cannot hold is
 * cut off.
 */
void taprt_embed_printf(struct taprt_ctx *c, const char *fmt, ...)
{
	struct taprt_sink *s = &c->out;
	size_t room;
	va_list ap;
	int n;

	if (s->p == s->end && !taprt_sink_more(s))
		return;
	room = s->end - s->p;
	va_start(ap, fmt);
	n = vsnprintf(s->p, room, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (n < room) {
		s->p += n;
		return;
	}
	if (c->error) {
		s->p += room - 1;
		return;
	}
	va_start(ap, fmt);
	n = vscnprintf(rt_of(c)->errbuf, RT_ERRBUF_BYTES, fmt, ap);
	va_end(ap);
	taprt_put_lit(s, rt_of(c)->errbuf, n);
}
