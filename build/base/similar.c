// SPDX-License-Identifier: GPL-2.0-only
/* "Did you mean": the five nearest names by edit distance. */
#include "build/base/similar.h"

#include "build/base/arena.h"
#include "build/base/buf.h"

#include <string.h>

#define SIMILAR_MAX_LEN 64

/* Levenshtein distance, giving up above @limit. */
static unsigned int distance(const char *a, const char *b, unsigned int limit)
{
	unsigned int row[SIMILAR_MAX_LEN + 1];
	size_t n = strlen(a), m = strlen(b), i, j;

	if (n > SIMILAR_MAX_LEN || m > SIMILAR_MAX_LEN)
		return limit + 1;
	if (n > m ? n - m > limit : m - n > limit)
		return limit + 1;
	for (j = 0; j <= m; j++)
		row[j] = (unsigned int)j;
	for (i = 1; i <= n; i++) {
		unsigned int diag = row[0], best = (unsigned int)i;

		row[0] = (unsigned int)i;
		for (j = 1; j <= m; j++) {
			unsigned int sub = diag + (a[i - 1] != b[j - 1]);

			diag = row[j];
			if (row[j] + 1 < sub)
				sub = row[j] + 1;
			if (row[j - 1] + 1 < sub)
				sub = row[j - 1] + 1;
			row[j] = sub;
			if (sub < best)
				best = sub;
		}
		if (best > limit)
			return limit + 1;
	}
	return row[m];
}

void similar_init(struct similar *s, const char *want)
{
	memset(s, 0, sizeof(*s));
	s->want = want;
}

void similar_add(struct similar *s, const char *name)
{
	const size_t cap = sizeof(s->best) / sizeof(s->best[0]);
	unsigned int limit, d;
	size_t i;

	if (!s->want)
		return;
	limit = (unsigned int)strlen(s->want) / 3 + 1;
	if (s->n == cap && s->best[cap - 1].distance < limit)
		limit = s->best[cap - 1].distance;
	d = distance(s->want, name, limit);
	if (d > limit)
		return;
	for (i = 0; i < s->n; i++)
		if (!strcmp(s->best[i].name, name))
			return;
	if (s->n < cap)
		s->n++;
	else if (s->best[cap - 1].distance <= d)
		return;
	for (i = s->n - 1; i > 0 && s->best[i - 1].distance > d; i--)
		s->best[i] = s->best[i - 1];
	s->best[i].name = name;
	s->best[i].distance = d;
}

const char *similar_text(struct arena *a, const struct similar *s,
			 const char *label)
{
	struct buf b = BUF_INIT;
	const char *r;
	size_t i;

	if (!s->n)
		return "";
	buf_printf(&b, " (%s: ", label);
	for (i = 0; i < s->n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", s->best[i].name);
	buf_addc(&b, ')');
	r = arena_strdup(a, b.p);
	buf_deinit(&b);
	return r;
}
