/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two halves of inference share: statements (infer.c), expressions. */
#ifndef BUILD_SEMA_INFER_H
#define BUILD_SEMA_INFER_H

#include "build/sema/ctx.h"

/**
 * struct infer - one run over the program
 *
 * Silent rounds only fill in types that are unknown; the round with @report
 * changes nothing and reports what disagrees.
 */
struct infer {
	struct sema *sm;
	struct func_info *fi; /* the function being looked at, or NULL */
	struct dprobe *p;     /* the probe being looked at, or NULL */
	bool changed, report, backward;
	bool is_explained; /* why something has no type */
	bool is_lost;	   /* something has no type */
	bool is_delete;	   /* looking at what delete names */
};

/**
 * infer_expr() - look at @e, of which type @want is expected (or TY_UNKNOWN)
 *
 * Return: its type, TY_UNKNOWN while that is not known.
 */
enum ty infer_expr(struct infer *in, struct ast_expr *e, enum ty want);
/** infer_need() - look at @e, which must be a @want; NULL is fine */
void infer_need(struct infer *in, struct ast_expr *e, enum ty want);
/** infer_demand() - when reporting: @e, looked at before, must be a @want */
void infer_demand(struct infer *in, const struct ast_expr *e, enum ty want);
/** infer_keys() - the @n keys of one element of @s; NULL entries are "any" */
void infer_keys(struct infer *in, struct sym *s, struct ast_expr **keys,
		size_t n, const struct span *at);
/** infer_set_type() - fill in a type that is unknown, and where it came from */
void infer_set_type(struct infer *in, enum ty *slot, struct span *slot_at,
		    enum ty t, const struct span *at);
/** infer_set_arity() - the global @s has @arity keys; reports what disagrees */
void infer_set_arity(struct infer *in, struct sym *s, int arity,
		     const struct span *at);
/** infer_note_origin() - point at what decided the type of @e */
void infer_note_origin(struct infer *in, const struct ast_expr *e);

#endif
