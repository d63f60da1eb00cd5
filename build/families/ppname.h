/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts of points that differ in one name: patterns have them by the thousands. */
#ifndef BUILD_FAMILIES_PPNAME_H
#define BUILD_FAMILIES_PPNAME_H

#include <stddef.h>

struct arena;
struct ast_point;
struct sema;

/** struct ppname - what stands around the name; in the run's arena */
struct ppname {
	const char *before, *after;
	size_t nbefore, nafter;
};

/** ppname_init() - of @pt, whose component @at has the name for its string */
void ppname_init(struct ppname *ret, struct sema *sm,
		 const struct ast_point *pt, size_t at);
/** ppname_of() - the text with @name, in @a */
const char *ppname_of(const struct ppname *n, struct arena *a,
		      const char *name);

#endif
