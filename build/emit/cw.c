// SPDX-License-Identifier: GPL-2.0-only
/* C writer: lines, indentation, blocks, string literals. */
#include "build/emit/cw.h"

#include "build/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Deeper text stands below itself: a nest of n lines would have n * n tabs. */
#define CW_MAX_INDENT 16

static void cw_indent(struct cw *w)
{
	for (unsigned int i = 0; i < w->indent && i < CW_MAX_INDENT; i++)
		buf_addc(w->out, '\t');
}

static void __attribute__((format(printf, 2, 0)))
cw_vadd(struct cw *w, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n <= 0)
		return;
	buf_reserve(w->out, (size_t)n + 1);
	vsnprintf(w->out->p + w->out->len, (size_t)n + 1, fmt, ap);
	w->out->len += (size_t)n;
}

void cw_line(struct cw *w, const char *fmt, ...)
{
	va_list ap;

	cw_indent(w);
	va_start(ap, fmt);
	cw_vadd(w, fmt, ap);
	va_end(ap);
	buf_addc(w->out, '\n');
}

void cw_open(struct cw *w, const char *fmt, ...)
{
	va_list ap;

	cw_indent(w);
	va_start(ap, fmt);
	cw_vadd(w, fmt, ap);
	va_end(ap);
	buf_adds(w->out, " {\n");
	w->indent++;
}

void cw_blank(struct cw *w)
{
	buf_addc(w->out, '\n');
}

void cw_brace(struct cw *w)
{
	cw_indent(w);
	buf_adds(w->out, "{\n");
	w->indent++;
}

void cw_close(struct cw *w, const char *tail)
{
	w->indent--;
	cw_line(w, "}%s", tail);
}

void cw_else(struct cw *w)
{
	w->indent--;
	cw_open(w, "} else");
}

void cw_label(struct cw *w, const char *name)
{
	buf_printf(w->out, "%s:;\n", name);
}

bool cw_drop_goto(struct buf *b, const char *label)
{
	char end[64];
	int n = snprintf(end, sizeof(end), "\n\tgoto %s;\n", label);

	if (n < 0 || b->len < (size_t)n ||
	    memcmp(b->p + b->len - n, end, n) != 0)
		return false;
	b->len -= (size_t)n - 1; /* the line before keeps its newline */
	b->p[b->len] = 0;
	return true;
}

void cw_literal(struct buf *b, const char *p, size_t n)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '\n')
			buf_adds(b, "\\n");
		else if (c == '\t')
			buf_adds(b, "\\t");
		else if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 32 || c > 126)
			/* three octal digits end by themselves, hex ones do not */
			buf_printf(b, "\\%03o", c);
		else
			buf_addc(b, (char)c);
	}
	buf_addc(b, '"');
}

void cw_ident(struct buf *b, const char *name)
{
	for (; *name; name++) {
		char c = *name;
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_';

		if (!word)
			c = '_';
		buf_addc(b, c);
	}
}
