// SPDX-License-Identifier: GPL-2.0-only
/* Compiling a pattern, step by step. */
#include "build/regex/regex.h"

#include "build/regex/rx.h"

#include <string.h>

/* Everything but the result is scratch: it can be large. */
static void keep_result(struct arena *a, struct regex *re)
{
	size_t n = (size_t)re->nrows * re->ncols * sizeof(uint16_t);

	re->next = arena_memdup(a, re->next, n);
	if (!re->has_tags)
		return;
	re->link = arena_memdup(a, re->link, n);
	re->pool = arena_memdup(a, re->pool, re->npool * sizeof(uint16_t));
	re->ops = arena_memdup(a, re->ops, re->nops);
}

/* With captures: nothing has begun only where no thread came along. */
static bool stays(const struct regex *re, uint32_t row, unsigned int b)
{
	uint32_t at = row + re->col[b];

	return re->next[at] == row && !(re->has_tags && re->link[at]);
}

static bool waits(const struct regex *re, uint32_t row, unsigned int b)
{
	/* rows that decide are no place to wait in */
	return row > (re->has_tags ? 0 : re->ncols) && stays(re, row, b);
}

/* Before a match begins, most bytes change nothing: say which, and in which row. */
static void find_wait(struct regex *re)
{
	uint32_t row = re->start;
	unsigned int b;

	for (b = 1; b < 256 && !waits(re, row, b); b++)
		;
	if (b == 256) /* the row after the first byte, then */
		for (b = 1; b < 256; b++) {
			row = re->next[re->start + re->col[b]];
			if (waits(re, row, b))
				break;
		}
	if (b == 256)
		return;
	for (re->wait = row; b < 256; b++)
		re->skip[b] = waits(re, row, b);
}

struct regex *regex_compile(struct arena *a, const char *pat, size_t n,
			    bool tags, struct regex_fault *f)
{
	struct regex *re = arena_new(a, struct regex);
	struct arena tmp;
	struct rx_pattern p = { .a = &tmp, .text = pat, .n = n, .f = f };
	struct rx_nfa m = { .p = &p };
	bool good;

	arena_init(&tmp);
	good = rx_parse(&p) && rx_build(&m, tags, tags ? 2 : 1) &&
	       (tags ? rx_tdfa(&m, re) : rx_dfa(&m, re));
	if (good) {
		re->ncols = m.ncols;
		re->ngroups = p.ngroups;
		re->has_tags = tags;
		memcpy(re->col, m.col, sizeof(re->col));
		find_wait(re);
		keep_result(a, re);
	}
	arena_deinit(&tmp);
	return good ? re : NULL;
}
