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
	/* One extra slot: a text of n newlines has at most n + 1 lines. */
	s->nlines = 1;
	for (size_t i = 0; i < len; i++)
		s->nlines += text[i] == '\n';
	s->lines = arena_array(a, uint32_t, s->nlines);
	for (size_t i = 0, l = 1; i < len; i++)
		if (text[i] == '\n')
			s->lines[l++] = (uint32_t)i + 1;
	return s;
}

void src_line_col(struct src *s, uint32_t off, unsigned int *line,
		  unsigned int *col)
{
	size_t lo = 0, hi = s->nlines;

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
	const char *p = s->text + s->lines[line - 1];
	const char *nl = memchr(p, '\n', s->len - (size_t)(p - s->text));

	*len = nl ? (size_t)(nl - p) : s->len - (size_t)(p - s->text);
	return p;
}
