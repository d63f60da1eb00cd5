/* SPDX-License-Identifier: GPL-2.0-only */
/* Diagnostics with carets that line up under tabs and UTF-8. */
#include "build/base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const tag_names[] = {
#define DIAG(tag) #tag,
#include "build/base/diag.def"
#undef DIAG
};

const char *diag_tag_name(enum diag_tag tag)
{
	return tag_names[tag];
}

void diags_init(struct diags *d)
{
	memset(d, 0, sizeof(*d));
	buf_init(&d->text);
}

void diags_deinit(struct diags *d)
{
	buf_deinit(&d->text);
}

/* Source text is shown as it is, but control bytes cannot reach the terminal. */
static void add_source(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		buf_addc(b,
			 (c < 0x20 && c != '\t') || c == 0x7f ? '?' : (char)c);
	}
}

static void caret(struct diags *d, const struct span *at, unsigned int line,
		  unsigned int col)
{
	size_t len;
	const char *text = src_line(at->src, line, &len);
	size_t to = col - 1 + (at->len ? at->len : 1);

	buf_adds(&d->text, "  ");
	add_source(&d->text, text, len);
	buf_adds(&d->text, "\n  ");
	for (size_t i = 0; i < (to < len ? to : len) || i < col; i++) {
		unsigned char c = i < len ? (unsigned char)text[i] : ' ';

		if ((c & 0xc0) == 0x80)
			continue; /* inside a UTF-8 sequence: no column */
		if (i < col - 1)
			buf_addc(&d->text, c == '\t' ? '\t' : ' ');
		else
			buf_addc(&d->text, i == col - 1 ? '^' : '~');
	}
	buf_addc(&d->text, '\n');
}

static void report(struct diags *d, const struct span *at, const char *kind,
		   const char *tag, const char *fmt, va_list ap)
{
	unsigned int line = 0, col = 0;
	char msg[1024];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	if (at && at->src) {
		src_line_col(at->src, at->off, &line, &col);
		buf_printf(&d->text, "%s:%u:%u: ", at->src->name, line, col);
	} else {
		buf_adds(&d->text, "tapbuild: ");
	}
	buf_printf(&d->text, "%s: ", kind);
	add_source(&d->text, msg, strlen(msg));
	if (tag)
		buf_printf(&d->text, " [%s]", tag);
	buf_addc(&d->text, '\n');
	if (line)
		caret(d, at, line, col);
	if (at && at->src && at->from)
		diag_note(d, at->from, "in expansion of macro");
}

static void report_error(struct diags *d, const struct span *at,
			 enum diag_tag tag, const char *fmt, va_list ap)
{
	va_list again;

	if (!d->nerrors) {
		va_copy(again, ap);
		vsnprintf(d->first, sizeof(d->first), fmt, again);
		va_end(again);
	}
	if (d->nerrors++ < DIAG_MAX_ERRORS)
		report(d, at, "error", tag_names[tag], fmt, ap);
}

void diag_error(struct diags *d, const struct span *at, enum diag_tag tag,
		const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_error(d, at, tag, fmt, ap);
	va_end(ap);
}

void diag_warn(struct diags *d, const struct span *at, enum diag_tag tag,
	       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (d->warnings_are_errors) {
		report_error(d, at, tag, fmt, ap);
	} else if (!d->suppress_warnings) {
		d->nwarnings++;
		report(d, at, "warning", tag_names[tag], fmt, ap);
	}
	va_end(ap);
}

void diag_note(struct diags *d, const struct span *at, const char *fmt, ...)
{
	va_list ap;

	if (d->nerrors > DIAG_MAX_ERRORS)
		return;
	va_start(ap, fmt);
	report(d, at, "note", NULL, fmt, ap);
	va_end(ap);
}
