/* SPDX-License-Identifier: GPL-2.0-only */
/* "Did you mean": the five nearest names by edit distance. */
#ifndef BUILD_BASE_SIMILAR_H
#define BUILD_BASE_SIMILAR_H

#include <stddef.h>

struct arena;

/**
 * struct similar - what is nearest to @want so far; names are borrowed
 */
struct similar {
	const char *want;
	struct {
		const char *name;
		unsigned int distance;
	} best[5];
	size_t n;
};

/** similar_init() - @want: NULL: nothing is looked for */
void similar_init(struct similar *s, const char *want);
/** similar_add() - consider @name */
void similar_add(struct similar *s, const char *name);
/** similar_text() - " (LABEL: a, b, c)" in arena @a, or "" */
const char *similar_text(struct arena *a, const struct similar *s,
			 const char *label);

#endif
