/* SPDX-License-Identifier: GPL-2.0-only */
/* Probe statements to handlers: aliases, wildcards, optional points, families. */
#ifndef BUILD_ELAB_EXPAND_H
#define BUILD_ELAB_EXPAND_H

#include "build/sema/ctx.h"

/** expand_file() - append the handlers of every probe of a file to sm->handlers */
void expand_file(struct sema *sm, struct scope_file *file);

/** expand_point_text() - "kernel.function("x").return" without "?" and "!" */
const char *expand_point_text(struct sema *sm, const struct ast_point *pt);

#endif
