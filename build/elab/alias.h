/* SPDX-License-Identifier: GPL-2.0-only */
/* Alias definitions: finding the ones a probe point names. */
#ifndef BUILD_ELAB_ALIAS_H
#define BUILD_ELAB_ALIAS_H

#include "build/sema/ctx.h"

/**
 * struct alias_hit - one alias definition that fits a point
 * @suffix: first component of the point that is not part of the alias name
 */
struct alias_hit {
	struct ast_probe *def;
	struct scope_file *file;
	const struct ast_point *name;
	size_t suffix;
};

/**
 * alias_find() - definitions that fit @pt, loading library files as needed
 * @allow_suffix: also aliases whose name is only the beginning of @pt
 * @ret: allocated with malloc; the caller frees
 * @depth: raised to the number of leading components some alias agreed with
 */
size_t alias_find(struct sema *sm, const struct ast_point *pt,
		  bool allow_suffix, struct alias_hit **ret, size_t *depth);

/** alias_similar() - offer component @i of every alias that agrees before it */
void alias_similar(struct sema *sm, const struct ast_point *pt, size_t i,
		   struct similar *s);

#endif
