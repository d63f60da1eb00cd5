// SPDX-License-Identifier: GPL-2.0-only
/* What a handler knows of its own probe (tapset/base/context.stp). */
#include "runtime/core/core.h"

const char rt_abort_msg[] = "abort";

s64 taprt_fn_abort(struct taprt_ctx *c)
{
	taprt_fn_exit(c);
	c->error = rt_abort_msg;
	c->aborted = true;
	return 0;
}

/* Where the text after @word begins in @s, or NULL. */
static const char *rt_after(const char *s, const char *word)
{
	u32 n = rt_strnlen(word, 64);
	u32 len = rt_strnlen(s, taprt_program.strsize);

	for (; len >= n; s++, len--)
		if (!memcmp(s, word, n))
			return s + n;
	return NULL;
}

void taprt_fn_ppfunc(struct taprt_ctx *c, char *dst, u32 size)
{
	const char *p = rt_after(c->pp, "function(\"");
	u32 n = 0;

	if (!p)
		p = rt_after(c->pp, "statement(\"");
	while (p && n + 1 < size && p[n] && p[n] != '@' && p[n] != '"')
		n++;
	if (n)
		rt_copy(dst, p, n);
	dst[n] = 0;
}

void taprt_fn_probe_type(struct taprt_ctx *c, char *dst, u32 size)
{
	const struct taprt_probe *p = c->probe;
	const char *type = "";

	switch (p->family) {
	case TAPRT_BEGIN:
		type = "begin";
		break;
	case TAPRT_END:
		type = "end";
		break;
	case TAPRT_ERROR:
		type = "error";
		break;
	case TAPRT_TIMER:
		type = p->flags & TAPRT_P_JIFFIES ? "timer" : "hrtimer";
		break;
	case TAPRT_FUNCTION:
		type = p->flags & TAPRT_P_RETURN ? "kretprobe" : "kprobe";
		break;
	}
	taprt_strcpy(dst, type, size);
}

s64 taprt_fn_is_return(struct taprt_ctx *c)
{
	return !!(c->probe->flags & TAPRT_P_RETURN);
}

s64 taprt_fn_returnval(struct taprt_ctx *c)
{
	return c->probe->flags & TAPRT_P_RETURN ? (s64)c->retval : 0;
}
