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
	buf_init(&d->catalogue);
}

void diags_init_quiet(struct diags *d)
{
	diags_init(d);
	d->is_quiet = true;
}

bool diags_warns(const struct diags *d)
{
	return d->warnings_are_errors || !(d->suppress_warnings || d->is_quiet);
}

const char *diags_near(const struct diags *d, const char *name)
{
	return d->is_quiet ? NULL : name;
}

void diags_deinit(struct diags *d)
{
	buf_deinit(&d->text);
	buf_deinit(&d->catalogue);
	vec_deinit(&d->recs);
}

void diags_catalogue(struct diags *d)
{
	d->has_catalogue = true;
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

static uint64_t hash_text(uint64_t h, const char *p)
{
	for (; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3ull;
	return h;
}

/* Start a record; false when the same was said about the same place. */
static bool record(struct diags *d, const struct span *at, enum diag_tag tag,
		   bool is_error, const char *fmt, va_list ap)
{
	struct diag_rec r = { .at = d->text.len, .is_error = is_error };
	const struct diag_rec *old;
	char msg[1024];
	va_list again;

	va_copy(again, ap);
	vsnprintf(msg, sizeof(msg), fmt, again);
	va_end(again);
	if (at) {
		r.src = at->src;
		r.off = at->off;
	}
	r.hash = hash_text(hash_text(0xcbf29ce484222325ull, tag_names[tag]),
			   msg);
	d->is_muted = false;
	if (!d->show_all && r.src) {
		vec_foreach(old, &d->recs)
			d->is_muted |= old->hash == r.hash &&
				       old->src == r.src && old->off == r.off;
	}
	if (!d->is_muted)
		vec_push(&d->recs, r);
	else if (is_error)
		d->nsimilar++;
	return !d->is_muted;
}

/* Tabs part the fields: none may be in one. */
static void add_field(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, (unsigned char)p[i] < 0x20 ? ' ' : p[i]);
}

static void add_catalogue(struct diags *d, const struct span *at,
			  const char *fmt, va_list ap)
{
	unsigned int line = 0, col = 0;
	char msg[1024];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	buf_adds(&d->catalogue, "SEMANTIC_ERROR\t");
	if (at && at->src) {
		src_line_col(at->src, at->off, &line, &col);
		add_field(&d->catalogue, at->src->name, strlen(at->src->name));
	}
	buf_printf(&d->catalogue, "\t%u\t%u\t", line, col);
	if (at && at->src)
		add_field(&d->catalogue, at->src->text + at->off, at->len);
	buf_addc(&d->catalogue, '\t');
	add_field(&d->catalogue, msg, strlen(msg));
	buf_addc(&d->catalogue, '\n');
}

static void report_error(struct diags *d, const struct span *at,
			 enum diag_tag tag, const char *fmt, va_list ap)
{
	unsigned int most =
		d->is_deferred ? DIAG_MAX_DEFERRED : DIAG_MAX_ERRORS;
	va_list again;

	if (d->has_catalogue) {
		va_copy(again, ap);
		add_catalogue(d, at, fmt, again);
		va_end(again);
	}
	if (!d->nerrors) {
		va_copy(again, ap);
		vsnprintf(d->first, sizeof(d->first), fmt, again);
		va_end(again);
		d->first_at = at ? *at : (struct span){ 0 };
		d->first_tag = tag;
	}
	if (d->nerrors >= most) {
		d->nerrors++;
		d->is_muted = true;
	} else if (record(d, at, tag, true, fmt, ap)) {
		d->nerrors++;
		report(d, at, "error", tag_names[tag], fmt, ap);
	}
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
	} else if (d->suppress_warnings) {
		d->is_muted = true;
	} else if (record(d, at, tag, false, fmt, ap)) {
		d->nwarnings++;
		report(d, at, "warning", tag_names[tag], fmt, ap);
	}
	va_end(ap);
}

void diag_note(struct diags *d, const struct span *at, const char *fmt, ...)
{
	va_list ap;

	if (d->is_muted)
		return;
	va_start(ap, fmt);
	report(d, at, "note", NULL, fmt, ap);
	va_end(ap);
}

/* ---- order --------------------------------------------------------------- */

void diags_defer(struct diags *d)
{
	d->is_deferred = true;
	d->deferred = d->recs.n;
}

/* Files in the order they are first spoken of, @first before all. */
static size_t rank(const struct diags *d, const struct diag_rec *r,
		   const struct src *first)
{
	size_t i;

	if (!r->src)
		return d->recs.n + 1;
	if (r->src == first)
		return 0;
	for (i = 0; d->recs.v[i].src != r->src; i++)
		;
	return i + 1;
}

struct sort_key {
	size_t rank, at, end;
	uint32_t off;
	bool is_error;
};

static int by_place(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

void diags_sort(struct diags *d, const struct src *first)
{
	size_t n = d->recs.n - d->deferred, i, start;
	struct sort_key *key = xcalloc(n, sizeof(*key));
	struct buf out = BUF_INIT;
	unsigned int errors = 0;

	for (i = 0; i < d->deferred; i++)
		errors += d->recs.v[i].is_error;
	for (i = 0; i < n; i++) {
		const struct diag_rec *r = &d->recs.v[d->deferred + i];

		key[i].rank = rank(d, r, first);
		key[i].off = r->off;
		key[i].at = r->at;
		key[i].end = i + 1 < n ? r[1].at : d->text.len;
		key[i].is_error = r->is_error;
	}
	start = n ? d->recs.v[d->deferred].at : d->text.len;
	qsort(key, n, sizeof(*key), by_place);
	for (i = 0; i < n; i++)
		if (!key[i].is_error || errors++ < DIAG_MAX_ERRORS)
			buf_add(&out, d->text.p + key[i].at,
				key[i].end - key[i].at);
	d->text.len = start;
	buf_add(&d->text, out.p, out.len);
	d->recs.n = d->deferred; /* they stand elsewhere now */
	d->is_deferred = false;
	buf_deinit(&out);
	free(key);
}
