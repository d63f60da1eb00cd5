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
		keep_result(a, re);
	}
	arena_deinit(&tmp);
	return good ? re : NULL;
}
