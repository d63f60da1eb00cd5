/* SPDX-License-Identifier: GPL-2.0-only */
/* @var("name@file", "module"): variables at file scope. */
#ifndef BUILD_ELAB_ATVAR_H
#define BUILD_ELAB_ATVAR_H

#include "build/elab/place.h"
#include "build/elab/target_priv.h"

/** atvar_place() - where the variable is; false, reported, when it is nowhere */
bool atvar_place(struct tgt *t, struct ast_expr *e, struct place *pl);

/** atvar_as_name() - "$x" where @var("x") means the same, else NULL */
const char *atvar_as_name(struct tgt *t, const struct ast_target *tg);

/** atvar_is_untyped() - does the kit lack the types of @module?  NULL: no */
bool atvar_is_untyped(const struct tgt *t, const char *module);
/** atvar_lacking() - why there is no debug information of @module, or NULL */
const char *atvar_lacking(struct tgt *t, const char *module);
/** atvar_note_missing() - add what the kit lacks to the error before, if it does */
void atvar_note_missing(struct tgt *t, const struct span *at);

#endif
