/* SPDX-License-Identifier: GPL-2.0-only */
/* $x$, $x$$, $$parms, $$vars, $$return: formatted values, as a sprintf. */
#ifndef BUILD_ELAB_PRETTY_H
#define BUILD_ELAB_PRETTY_H

#include "build/elab/place.h"
#include "build/elab/target_priv.h"

/** pretty_place() - the object at @pl, @depth levels deep; NULL after an error */
struct ast_expr *pretty_place(struct tgt *t, struct place *pl,
			      unsigned int depth, const struct span *at);
/** pretty_context() - $$parms, $$vars, $$locals, $$return, with optional $ */
struct ast_expr *pretty_context(struct tgt *t, struct ast_expr *e);

#endif
