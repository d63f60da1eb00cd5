/* SPDX-License-Identifier: GPL-2.0-only */
/* Escapes in string literals: kept in C form until something needs bytes. */
#include "build/lang/str.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/lang/lang.h"

#include <stdbool.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/*
 * The value of the numeric escape whose first character after the backslash
 * is at @p; @end limits reading.  Sets *@next behind it; -1: \x without digits.
 */
static int number_escape(const char *p, const char *end, const char **next)
{
	unsigned int v = 0;
	const char *q = p;

	if (*p == 'x') {
		for (q = p + 1; q < end && hex_digit(*q) >= 0; q++)
			v = (v * 16 + (unsigned int)hex_digit(*q)) & 0xff;
		*next = q;
		return q == p + 1 ? -1 : (int)v;
	}
	while (q < end && q < p + 3 && is_octal(*q))
		v = v * 8 + (unsigned int)(*q++ - '0');
	*next = q;
	return (int)(v & 0xff);
}

/* Whether the numeric escape [p, next) may stay as it was written. */
static bool can_keep(const char *p, const char *next)
{
	if (*p == 'x')
		return next - p <= 3;
	return next - p < 3 || *p <= '3';
}

static void add_octal(struct buf *b, int v)
{
	buf_printf(b, "\\%03o", (unsigned int)v & 0xff);
}

const char *str_from_literal(struct arena *a, const char *p, size_t n,
			     bool has_hex)
{
	const char *end = p + n, *next, *ret = NULL;
	struct buf b = BUF_INIT;
	size_t open = 0; /* behind an escape that a hex digit would change */

	if (!memchr(p, '\\', n))
		return arena_strndup(a, p, n);
	while (p < end) {
		if (*p != '\\' || p + 1 == end) {
			buf_addc(&b, *p++);
			continue;
		}
		p++;
		if (strchr("abtnvfr\\", *p)) {
			buf_addc(&b, '\\');
			buf_addc(&b, *p++);
		} else if ((*p == 'x' && has_hex) || is_octal(*p)) {
			int v = number_escape(p, end, &next);

			if (v < 0)
				goto out;
			if (can_keep(p, next)) {
				buf_addc(&b, '\\');
				buf_add(&b, p, (size_t)(next - p));
				open = *p == 'x' ? b.len : 0;
			} else {
				add_octal(&b, v);
			}
			p = next;
		} else if (*p == '\n') {
			buf_adds(&b, "\\n");
			p++;
		} else if (open && open == b.len && hex_digit(*p) >= 0) {
			add_octal(&b, *p++);
		} else {
			buf_addc(&b, *p++);
		}
	}
	ret = arena_strndup(a, b.p, b.len);
out:
	buf_deinit(&b);
	return ret;
}

size_t str_place(const char *p, size_t n, size_t at, size_t *len)
{
	const char *q = p, *end = p + n, *next;

	for (; q < end; q = next, at--) {
		next = q + 1;
		if (*q == '\\' && next < end) {
			if (*next == 'x' || is_octal(*next))
				number_escape(next, end, &next);
			else
				next++;
		}
		if (!at) {
			*len = (size_t)(next - q);
			return (size_t)(q - p);
		}
	}
	*len = 0;
	return n;
}

/* The kind of an escape at the end that a further digit would change. */
static char open_escape(const char *s)
{
	const char *end = s + strlen(s), *next;

	while ((s = strchr(s, '\\')) != NULL) {
		s++;
		if (*s != 'x' && !is_octal(*s)) {
			s++;
			continue;
		}
		number_escape(s, end, &next);
		if (next == end && (*s == 'x' || next - s < 3))
			return *s == 'x' ? 'x' : 'o';
		s = next;
	}
	return 0;
}

void str_append(struct buf *b, const char *last, const char *next)
{
	char kind = open_escape(last);

	if ((kind == 'x' && hex_digit(*next) >= 0) ||
	    (kind == 'o' && is_octal(*next)))
		buf_printf(b, "\\%03o", (unsigned int)(unsigned char)*next++);
	buf_adds(b, next);
}

void lang_unescape(struct buf *b, const char *str)
{
	static const char from[] = "abtnvfr\\", to[] = "\a\b\t\n\v\f\r\\";
	const char *end = str + strlen(str), *at;

	while (*str) {
		if (*str != '\\') {
			buf_addc(b, *str++);
			continue;
		}
		str++;
		if (*str == 'x' || is_octal(*str)) {
			int v = number_escape(str, end, &str);

			buf_addc(b, (char)(v < 0 ? 'x' : v));
			continue;
		}
		if (!*str)
			break;
		at = strchr(from, *str);
		buf_addc(b, at ? to[at - from] : *str);
		str++;
	}
}

void lang_c_string(struct buf *b, const char *str)
{
	struct buf t = BUF_INIT;

	lang_unescape(&t, str);
	buf_addc(b, '"');
	for (size_t i = 0; i < t.len; i++) {
		char c = t.p[i];

		/* '?' because of trigraphs; octal because it cannot run on */
		if (c == '"' || c == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, c);
		} else if (c == '\n') {
			buf_adds(b, "\\n");
		} else if (c < 0x20 || c > 0x7e || c == '?') {
			add_octal(b, (unsigned char)c);
		} else {
			buf_addc(b, c);
		}
	}
	buf_addc(b, '"');
	buf_deinit(&t);
}

void lang_escape(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '\\')
			buf_adds(b, "\\\\");
		else if (c == '\n')
			buf_adds(b, "\\n");
		else if (c == '\t')
			buf_adds(b, "\\t");
		else if (c < 0x20 || c == 0x7f)
			add_octal(b, c);
		else
			buf_addc(b, (char)c);
	}
}
