/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the tokens of a text are. */
#include "build/lang/scan.h"
#include "build/base/diag.h"

#include <string.h>

bool scan_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *find(const char *p, const char *end, const char *two)
{
	const char *q = memmem(p, (size_t)(end - p), two, 2);

	return q;
}

const char *scan_space(const char *p, const char *end)
{
	for (;;) {
		while (p < end && is_space(*p))
			p++;
		if (p == end)
			return p;
		if (*p == '#' || (*p == '/' && p + 1 < end && p[1] == '/')) {
			p = memchr(p, '\n', (size_t)(end - p));
			if (!p)
				return end;
		} else if (*p == '/' && p + 1 < end && p[1] == '*') {
			p = find(p + 2, end, "*/");
			if (!p)
				return end;
			p += 2;
		} else {
			return p;
		}
	}
}

static void junk(struct scan *s, const char *end, enum diag_tag tag,
		 const char *why)
{
	s->kind = T_JUNK;
	s->end = end;
	s->junk = (uint16_t)tag;
	s->why = why;
}

static void scan_string(struct scan *s, const char *end)
{
	const char *p = s->start + 1;

	for (; p < end && *p != '"'; p++) {
		if (*p == '\n')
			break;
		if (*p == '\\' && p + 1 < end)
			p++;
		if (!*p) {
			junk(s, p + 1, DIAG_BAD_CHAR, "NUL byte in a string");
			return;
		}
	}
	if (p >= end || *p != '"') {
		junk(s, p < end ? p : end, DIAG_OPEN_STRING,
		     "Could not find matching closing quote");
		return;
	}
	s->kind = T_STRING;
	s->end = p + 1;
}

static void scan_embedded(struct scan *s, const char *end)
{
	const char *q = find(s->start + 2, end, "%}");

	if (!q) {
		junk(s, end, DIAG_OPEN_EMBEDDED,
		     "Could not find matching '%}' to close embedded function "
		     "block");
		return;
	}
	if (memchr(s->start, 0, (size_t)(q - s->start))) {
		junk(s, q + 2, DIAG_BAD_CHAR, "NUL byte in embedded code");
		return;
	}
	s->kind = T_EMBEDDED;
	s->end = q + 2;
}

/* Operators that start with one character are chained in tok.def's order. */
static struct {
	uint8_t first[128], next[T_COUNT];
	bool is_ready;
} ops;

static void index_operators(void)
{
	for (int k = T_COUNT - 1; k > T_CATCH; k--) {
		unsigned char c = (unsigned char)*tok_kind_name((enum tokk)k);

		ops.next[k] = ops.first[c];
		ops.first[c] = (uint8_t)k;
	}
	ops.is_ready = true;
}

static void scan_operator(struct scan *s, const char *end)
{
	unsigned char c = (unsigned char)*s->start;
	size_t left = (size_t)(end - s->start);

	if (!ops.is_ready)
		index_operators();
	for (enum tokk k = c < 128 ? ops.first[c] : 0; k; k = ops.next[k]) {
		const char *op = tok_kind_name(k);
		size_t n = strlen(op);

		if (n <= left && !memcmp(s->start, op, n)) {
			s->kind = k;
			s->end = s->start + n;
			return;
		}
	}
	junk(s, s->start + 1, DIAG_BAD_CHAR, "unknown junk token");
}

size_t scan_argument(const char *p, const char *end)
{
	const char *q = p + 1;

	if ((*p != '$' && *p != '@') || q == end)
		return 0;
	if (*q == '#')
		return 2;
	while (q < end && scan_is_digit(*q))
		q++;
	return q > p + 1 ? (size_t)(q - p) : 0;
}

void scan_token(const char *p, const char *end, struct scan *s)
{
	char c = *p;

	s->start = p;
	if (is_letter(c) || c == '$') {
		do
			p++;
		while (p < end &&
		       (is_letter(*p) || scan_is_digit(*p) || *p == '$'));
		s->kind = T_IDENT;
	} else if (scan_is_digit(c)) {
		while (p < end &&
		       (scan_is_digit(*p) || (is_letter(*p) && *p != '_')))
			p++;
		s->kind = T_NUMBER;
	} else if (c == '@' && p + 1 < end && is_letter(p[1])) {
		do
			p++;
		while (p < end && (is_letter(*p) || scan_is_digit(*p)));
		s->kind = T_ATWORD;
	} else if (c == '"') {
		scan_string(s, end);
		return;
	} else if (c == '%' && p + 1 < end && p[1] == '{') {
		scan_embedded(s, end);
		return;
	} else {
		scan_operator(s, end);
		return;
	}
	s->end = p;
}

enum tokk scan_keyword(const char *p, size_t n)
{
	for (enum tokk k = T_PROBE; k <= T_CATCH; k++) {
		const char *w = tok_kind_name(k);

		if (*w == *p && strlen(w) == n && !memcmp(w, p, n))
			return k;
	}
	return T_IDENT;
}

bool scan_has_typo(const struct scan *s)
{
	return find(s->start + 2, s->end - 2, "}%");
}
