// SPDX-License-Identifier: GPL-2.0-only
/* What a handler knows of its own probe (tapset/base/context.stp). */
#include "runtime/core/part.h"

s64 taprt_fn_abort(struct taprt_ctx *c)
{
	taprt_fn_exit(c);
	c->error = taprt_abort_msg;
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

/* What a quoted argument begins with, up to @end or its closing quote. */
static void rt_quoted(char *dst, u32 size, const char *p, char end)
{
	u32 n = 0;

	while (p && n + 1 < size && p[n] && p[n] != end && p[n] != '"')
		n++;
	if (n)
		rt_copy(dst, p, n);
	dst[n] = 0;
}

void taprt_fn_ppfunc(struct taprt_ctx *c, char *dst, u32 size)
{
	const char *p = rt_after(c->pp, "function(\"");

	if (!p)
		p = rt_after(c->pp, "statement(\"");
	rt_quoted(dst, size, p, '@');
}

static const char *rt_pn(const struct taprt_ctx *c)
{
	const struct taprt_probe *p = c->probe;

	if (p->flags & TAPRT_P_POINTS)
		return taprt_strings + taprt_points[c->point].pn;
	return p->pn ? p->pn : p->name;
}

void taprt_fn_pn(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_strcpy(dst, rt_pn(c), size);
}

void taprt_fn_pnlabel(struct taprt_ctx *c, char *dst, u32 size)
{
	rt_quoted(dst, size, rt_after(rt_pn(c), ".label(\""), '"');
}

void taprt_fn_probe_type(struct taprt_ctx *c, char *dst, u32 size)
{
	taprt_strcpy(dst, c->probe->kind->type(c->probe), size);
}

/* The name of a tracepoint: "SYSTEM:NAME" is in the table. */
static const char *rt_point_text(const struct taprt_ctx *c)
{
	if (c->probe->flags & TAPRT_P_POINTS)
		return taprt_strings + taprt_points[c->point].func;
	return "";
}

void taprt_fn_point_name(struct taprt_ctx *c, char *dst, u32 size)
{
	const char *s = rt_point_text(c), *p = rt_after(s, ":");

	taprt_strcpy(dst, p ? p : s, size);
}

void taprt_fn_point_system(struct taprt_ctx *c, char *dst, u32 size)
{
	const char *s = rt_point_text(c), *p = rt_after(s, ":");

	if (p)
		taprt_strcpy(dst, s, p - s < size ? p - s : size);
	else
		*dst = 0;
}

s64 taprt_fn_maxstringlen(struct taprt_ctx *c)
{
	return taprt_program.strsize;
}

s64 taprt_fn_is_return(struct taprt_ctx *c)
{
	return !!(c->probe->flags & TAPRT_P_RETURN);
}

s64 taprt_fn_returnval(struct taprt_ctx *c)
{
	return c->probe->flags & TAPRT_P_RETURN ? (s64)c->retval : 0;
}
