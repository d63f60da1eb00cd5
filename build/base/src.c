/* SPDX-License-Identifier: GPL-2.0-only */
/* Source texts with a lazy line table. */
#include "build/base/src.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "bundle/base/err.h"

#include <string.h>

int src_load(struct arena *a, const char *path, struct src **ret, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = fs_read(path, &b, SRC_MAX_BYTES, e);

	if (rc == 0)
		*ret = src_from_text(a, path, b.p, b.len);
	buf_deinit(&b);
	return rc;
}

struct src *src_from_text(struct arena *a, const char *name, const char *text,
			  size_t len)
{
	struct src *s = arena_new(a, struct src);

	s->name = arena_strdup(a, name);
	s->text = arena_strndup(a, text, len);
	s->len = len;
	s->a = a;
	return s;
}

static void find_lines(struct src *s)
{
	const char *p = s->text, *end = s->text + s->len;
	size_t l = 0;

	/* A text of n newlines has at most n + 1 lines. */
	s->nlines = 1;
	for (size_t i = 0; i < s->len; i++)
		s->nlines += s->text[i] == '\n';
	s->lines = arena_array(s->a, uint32_t, s->nlines);
	while (++l < s->nlines) {
		p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
		s->lines[l] = (uint32_t)(p - s->text);
	}
}

unsigned int src_nlines(struct src *s)
{
	if (!s->lines)
		find_lines(s);
	return (unsigned int)s->nlines;
}

void src_line_col(struct src *s, uint32_t off, unsigned int *line,
		  unsigned int *col)
{
	size_t lo = 0, hi = src_nlines(s);

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->lines[mid] <= off)
			lo = mid;
		else
			hi = mid;
	}
	*line = (unsigned int)lo + 1;
	*col = off - s->lines[lo] + 1;
}

const char *src_line(struct src *s, unsigned int line, size_t *len)
{
	const char *p, *nl;

	src_nlines(s);
	p = s->text + s->lines[line - 1];
	nl = memchr(p, '\n', s->len - (size_t)(p - s->text));
	*len = nl ? (size_t)(nl - p) : s->len - (size_t)(p - s->text);
	return p;
}
