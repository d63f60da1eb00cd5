// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run-time errors: raising, composing their text, catching.
 *
 * A text that is not constant is composed in the context's errbuf; there is at
 * most one pending error, so one buffer is enough.
 */
#include "runtime/core/core.h"

const char rt_skip_lock_msg[] = "lock timeout";

void taprt_fail(struct taprt_ctx *c, const char *msg)
{
	if (!c->error)
		c->error = msg;
}

void taprt_catch(struct taprt_ctx *c, char *dst, u32 size)
{
	if (c->aborted)
		return;
	if (dst)
		taprt_strcpy(dst, c->error ? c->error : "", size);
	c->error = NULL;
	c->near = NULL;
}

/* The handler cannot go on and nothing is wrong with it: count a skip. */
static void rt_give_up(struct taprt_ctx *c)
{
	if (!c->error) {
		c->error = rt_skip_lock_msg;
		c->aborted = true;
	}
}

static void rt_fail_put(struct taprt_ctx *c, const char *before, s64 v,
			char conv, const char *after)
{
	struct taprt_sink s;

	if (c->error)
		return;
	taprt_sink_buf(&s, rt_of(c)->errbuf, RT_ERRBUF_BYTES);
	taprt_put_lit(&s, before, rt_strnlen(before, RT_ERRBUF_BYTES));
	taprt_put_num(&s, v, conv, 0, 0, -1);
	taprt_put_lit(&s, after, rt_strnlen(after, RT_ERRBUF_BYTES));
	taprt_sink_end(&s);
	c->error = rt_of(c)->errbuf;
}

static void rt_fail_addr(struct taprt_ctx *c, const char *before, u64 addr,
			 const char *after)
{
	rt_fail_put(c, before, (s64)addr, 'p', after);
}

static void rt_fail_num(struct taprt_ctx *c, const char *before, s64 v,
			const char *after)
{
	rt_fail_put(c, before, v, 'd', after);
}

static void rt_fail_str(struct taprt_ctx *c, const char *before,
			const char *after)
{
	struct taprt_sink s;

	if (c->error)
		return;
	taprt_sink_buf(&s, rt_of(c)->errbuf, RT_ERRBUF_BYTES);
	taprt_put_lit(&s, before, rt_strnlen(before, RT_ERRBUF_BYTES));
	taprt_put_lit(&s, after, rt_strnlen(after, RT_ERRBUF_BYTES));
	taprt_sink_end(&s);
	c->error = rt_of(c)->errbuf;
}
