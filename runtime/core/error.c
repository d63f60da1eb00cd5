// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run-time errors: raising, composing their text, catching.
 *
 * A text that is not constant is composed in the context's errbuf; there is at
 * most one pending error, so one buffer is enough.
 */
#include "runtime/core/core.h"

const char taprt_skip_lock_msg[] = "lock timeout";
const char taprt_abort_msg[] = "abort";

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
	c->ncalls = 0;
}

void taprt_fail_called(struct taprt_ctx *c, const char *near)
{
	if (!c->near)
		c->near = near; /* the callee had no place of its own */
	else if (c->ncalls++ < TAPRT_MAXCALLS)
		c->calls[c->ncalls - 1] = near;
}

#define RT_NEAR "near " /* what every place begins with */

void taprt_put_text(struct taprt_sink *s, const char *text)
{
	taprt_put_lit(s, text, rt_strnlen(text, RT_ERRBUF_BYTES));
}

/* "MSG near TYPE 'TOK' at F:L:C (called from TYPE 'TOK' at F:L:C)... in probe P" */
static void rt_error_put(struct taprt_ctx *c, struct taprt_sink *s)
{
	u32 i, skip = sizeof(RT_NEAR) - 1;

	taprt_put_text(s, c->error);
	if (c->near) {
		taprt_put_text(s, " ");
		taprt_put_text(s, c->near);
	}
	for (i = 0; i < c->ncalls && i < TAPRT_MAXCALLS; i++) {
		taprt_put_text(s, " (called from ");
		taprt_put_text(s, c->calls[i] + skip);
		taprt_put_text(s, ")");
	}
	if (c->ncalls > TAPRT_MAXCALLS)
		taprt_put_text(s, " (called from ...)");
	if (c->pp && *c->pp) {
		taprt_put_text(s, " in probe ");
		taprt_put_text(s, c->pp);
	}
}

/* The handler cannot go on and nothing is wrong with it: count a skip. */
void taprt_give_up(struct taprt_ctx *c)
{
	if (!c->error) {
		c->error = taprt_skip_lock_msg;
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

void taprt_fail_addr(struct taprt_ctx *c, const char *before, u64 addr,
		     const char *after)
{
	rt_fail_put(c, before, (s64)addr, 'p', after);
}

void taprt_fail_num(struct taprt_ctx *c, const char *before, s64 v,
		    const char *after)
{
	rt_fail_put(c, before, v, 'd', after);
}

void taprt_fail_str(struct taprt_ctx *c, const char *before, const char *after)
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
