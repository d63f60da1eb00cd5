/* SPDX-License-Identifier: GPL-2.0-only */
/* Operators @word(…) that stand for plain trees. */
#ifndef BUILD_ELAB_ATOP_H
#define BUILD_ELAB_ATOP_H

#include "build/sema/ctx.h"

struct tgt;

/**
 * atop_lower() - replace the EX_ATOP *@ep; what is wrong with it is reported
 *
 * Source: features.md 1.8.
 * Return: false when it is not one of those that need no probe context; *@ep
 * is then as it was.
 */
bool atop_lower(struct tgt *t, struct ast_expr **ep);

/** atop_probewrite() - do the parts of a handler that another probe or alias
 *  brought write the variable? */
void atop_probewrite(struct sema *sm, struct body_part *part, size_t n);

#endif
