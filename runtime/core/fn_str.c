// SPDX-License-Identifier: GPL-2.0-only
/*
 * Script functions on strings (tapset/base/string.stp, tokenize.stp).
 *
 * A result never overlaps an argument.  Every loop is bounded by the length of a
 * script string.
 */
#include "runtime/core/core.h"
#include "runtime/core/quote.h"

#define RT_STR_MAX (1u << 20) /* longer than any script string */

static inline u32 rt_len(const char *s)
{
	return rt_strnlen(s, RT_STR_MAX);
}

static void rt_copy_str(char *dst, u32 size, const char *s, u32 n)
{
	if (n > size - 1)
		n = size - 1;
	rt_copy(dst, s, n);
	dst[n] = 0;
}

s64 taprt_fn_strlen(struct taprt_ctx *c, const char *s)
{
	(void)c;
	return rt_len(s);
}

void taprt_fn_substr(struct taprt_ctx *c, char *dst, u32 size, const char *s,
		     s64 start, s64 length)
{
	u32 n = rt_len(s);

	(void)c;
	*dst = 0;
	if (start < 0 || start >= n || length <= 0)
		return;
	n -= start;
	rt_copy_str(dst, size, s + start, length < n ? (u32)length : n);
}

/* Where @n bytes like @what begin in @left bytes at @s, or NULL. */
static const char *rt_str_find(const char *s, u32 left, const char *what, u32 n)
{
	u32 i;

	if (!n)
		return s;
	for (; left >= n; s++, left--) {
		if (*s != *what)
			continue;
		for (i = 1; i < n && s[i] == what[i]; i++)
			;
		if (i == n)
			return s;
	}
	return NULL;
}

s64 taprt_fn_strpos(struct taprt_ctx *c, const char *s, const char *what)
{
	const char *p = rt_str_find(s, rt_len(s), what, rt_len(what));

	(void)c;
	return p ? p - s : -1;
}

s64 taprt_fn_stringat(struct taprt_ctx *c, const char *s, s64 pos)
{
	if (pos >= 0 && pos < rt_len(s))
		return (u8)s[pos];
	taprt_fail(c, "Position out of bounds");
	return 0;
}

void taprt_fn_str_replace(struct taprt_ctx *c, char *dst, u32 size,
			  const char *s, const char *what, const char *with)
{
	u32 n = rt_len(what), m = rt_len(with);
	const char *p, *end = s + rt_len(s);
	struct taprt_sink out;

	(void)c;
	taprt_sink_buf(&out, dst, size);
	while (n && (p = rt_str_find(s, end - s, what, n))) {
		taprt_put_lit(&out, s, p - s);
		taprt_put_lit(&out, with, m);
		s = p + n;
	}
	taprt_put_lit(&out, s, end - s);
	taprt_sink_end(&out);
}

/* ---- numbers ------------------------------------------------------------------- */

static u32 rt_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 'a' ^ 'A';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10u : 16;
}

/* simple_strtol(): no blanks, no plus, wraps; "0x" and "0" choose if @base is 0 */
s64 taprt_fn_strtol(struct taprt_ctx *c, const char *s, s64 base)
{
	bool negative = *s == '-', hex;
	u64 v = 0;

	(void)c;
	s += negative;
	hex = s[0] == '0' && (s[1] | 32) == 'x' && rt_digit(s[2]) < 16;
	if (!base)
		base = hex ? 16 : *s == '0' ? 8 : 10;
	if (base == 16 && hex)
		s += 2;
	for (; *s && rt_digit(*s) < 16 && rt_digit(*s) < base; s++)
		v = v * (u64)base + rt_digit(*s);
	return negative ? -v : v;
}

/* ---- escapes ------------------------------------------------------------------- */

void taprt_fn_text_strn(struct taprt_ctx *c, char *dst, u32 size, const char *s,
			s64 len, s64 quoted)
{
	struct taprt_sink out;
	struct rt_quoter q;

	(void)c;
	if (quoted) {
		taprt_quote_begin(&q, dst, size, len);
		while (*s && taprt_quote_put(&q, *s))
			s++;
		taprt_quote_end(&q);
		return;
	}
	taprt_sink_buf(&out, dst, size);
	taprt_put_escaped(&out, s, len <= 0 || len > size - 1 ? size - 1 : len);
	taprt_sink_end(&out);
}

/* ---- tokens -------------------------------------------------------------------- */

static bool rt_is_any(char ch, const char *set)
{
	for (; *set; set++)
		if (ch == *set)
			return true;
	return false;
}

/* The first token of @s; *@rest is what follows it. */
static void rt_token(char *dst, u32 size, const char *s, const char *delim,
		     const char **rest)
{
	u32 n = 0;

	while (*s && rt_is_any(*s, delim))
		s++;
	while (s[n] && !rt_is_any(s[n], delim))
		n++;
	rt_copy_str(dst, size, s, n);
	*rest = s + n;
}

void taprt_fn_token(struct taprt_ctx *c, char *dst, u32 size, const char *s,
		    const char *delim)
{
	(void)c;
	rt_token(dst, size, s, delim, &s);
}

void taprt_fn_token_rest(struct taprt_ctx *c, char *dst, u32 size,
			 const char *s, const char *delim)
{
	const char *rest;

	(void)c;
	rt_token(dst, size, s, delim, &rest);
	rt_copy_str(dst, size, rest, rt_len(rest));
}
