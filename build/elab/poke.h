/* SPDX-License-Identifier: GPL-2.0-only */
/* Assignments to $variables and to what they point to, for scripts with -g. */
#ifndef BUILD_ELAB_POKE_H
#define BUILD_ELAB_POKE_H

#include "build/elab/target_priv.h"

/** poke_is_target() - is @e something of the probed place, not the script's? */
bool poke_is_target(const struct ast_expr *e);

/**
 * poke_lower() - an assignment, ++ or -- to such a place becomes calls that write
 * @ep: EX_ASSIGN or EX_INCDEC, replaced; what is wrong with it is reported
 */
void poke_lower(struct tgt *t, struct ast_expr **ep);

/**
 * poke_back() - write the arguments that aliases copied to variables of theirs, where
 *               the handler writes to those
 */
void poke_back(struct sema *sm, struct handler *h);

#endif
