/* SPDX-License-Identifier: GPL-2.0-only */
/* "key: value" lines: one encoding for each content, or a refusal. */
#include "bundle/line.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lines_init(struct lines *l, const char *what, char *text, size_t n,
		size_t max_line)
{
	*l = (struct lines){
		.pos = text, .end = text + n, .what = what, .max = max_line
	};
}

int lines_bad(const struct lines *l, struct err *e, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, -BERR_FORMAT, "%s line %u: %s", l->what, l->no, text);
}

/* The bytes of a line, without its newline: printable, or where it is not. */
static int check_bytes(struct lines *l, const char *p, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c < 0x20 || c > 0x7e)
			return lines_bad(l, e, "byte 0x%02x in column %zu", c,
					 i + 1);
	}
	return 0;
}

static int split_key(struct lines *l, char *p, size_t n, struct err *e)
{
	char *colon = memchr(p, ':', n);
	size_t klen = colon ? (size_t)(colon - p) : 0;

	if (!klen || n < klen + 3 || colon[1] != ' ' || colon[2] == ' ' ||
	    p[n - 1] == ' ')
		return lines_bad(l, e, "not 'key: value'");
	if (p[0] < 'a' || p[0] > 'z')
		return lines_bad(l, e, "key does not begin with a letter");
	for (size_t i = 0; i < klen; i++)
		if (!((p[i] >= 'a' && p[i] <= 'z') ||
		      (p[i] >= '0' && p[i] <= '9') || p[i] == '-'))
			return lines_bad(l, e, "bad character in the key");
	*colon = '\0';
	l->key = p;
	l->value = colon + 2;
	return 1;
}

int lines_next(struct lines *l, struct err *e)
{
	size_t left = (size_t)(l->end - l->pos), look, n;
	char *p = l->pos, *nl;

	if (!left)
		return 0;
	l->no++;
	look = left < l->max ? left : l->max;
	nl = memchr(p, '\n', look);
	if (!nl && look == l->max)
		return lines_bad(l, e, "longer than %zu bytes", l->max);
	if (!nl)
		return lines_bad(l, e, "does not end with a newline");
	n = (size_t)(nl - p);
	if (check_bytes(l, p, n, e) < 0)
		return -BERR_FORMAT;
	*nl = '\0';
	l->pos = nl + 1;
	l->key = l->value = nl; /* both "" */
	if (!n)
		return 1;
	return split_key(l, p, n, e);
}

char *word_next(char **s)
{
	char *p = *s, *sp;

	if (!p || !*p || *p == ' ')
		return NULL;
	sp = strchr(p, ' ');
	if (sp) {
		*sp = '\0';
		*s = sp + 1;
	} else {
		*s = NULL;
	}
	return p;
}

bool num_u64(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (!s || !*s || (*s == '0' && s[1]))
		return false;
	for (; *s; s++) {
		unsigned int d = (unsigned int)(*s - '0');

		if (*s < '0' || *s > '9')
			return false;
		if (v > max / 10 || d > max - v * 10)
			return false;
		v = v * 10 + d;
	}
	*ret = v;
	return true;
}

bool num_i64(const char *s, int64_t *ret)
{
	uint64_t v;

	if (!s || *s != '-') {
		if (!num_u64(s, INT64_MAX, &v))
			return false;
		*ret = (int64_t)v;
		return true;
	}
	if (!num_u64(s + 1, (uint64_t)INT64_MAX + 1, &v) || !v)
		return false;
	*ret = (int64_t)(0 - v);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool hex_bytes(const char *s, uint8_t *out, size_t n)
{
	if (!s)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_digit(s[2 * i]);
		int lo = hi < 0 ? -1 : hex_digit(s[2 * i + 1]);

		if (lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return !s[2 * n];
}

void hex_text(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digit[p[i] >> 4];
		*out++ = digit[p[i] & 15];
	}
	*out = '\0';
}

static bool in_set(char c, const char *set)
{
	for (; *set; set++) {
		if (set[1] == '-' && set[2]) {
			if (c >= set[0] && c <= set[2])
				return true;
			set += 2;
		} else if (c == *set) {
			return true;
		}
	}
	return false;
}

bool text_only(const char *s, const char *set, size_t max)
{
	size_t n = 0;

	for (; s[n]; n++)
		if (n == max || !in_set(s[n], set))
			return false;
	return n > 0;
}
