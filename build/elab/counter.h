/* SPDX-License-Identifier: GPL-2.0-only */
/* @perf("NAME"): reading a perf counter. */
#ifndef BUILD_ELAB_COUNTER_H
#define BUILD_ELAB_COUNTER_H

#include "build/sema/ctx.h"

struct tgt;

/* A probe may read so many: features.md 1.8. */
#define COUNTER_MAX 16

/**
 * counter_lower() - what *@ep, @perf of the counter @name, becomes
 *
 * In a handler the variable that has its value since the handler began; in a
 * function, or at a function's entry, the value of the moment.
 */
void counter_lower(struct tgt *t, struct ast_expr **ep, const char *name);

/** counter_prologue() - let @part begin with reading what t->counters says */
void counter_prologue(struct tgt *t, struct body_part *part);

#endif
