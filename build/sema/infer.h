/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two halves of inference share: statements (infer.c), expressions. */
#ifndef BUILD_SEMA_INFER_H
#define BUILD_SEMA_INFER_H

#include "build/sema/ctx.h"

struct infer_work;

/**
 * struct infer - one run over the program
 *
 * Silent rounds only fill in types that are unknown; the round with @report
 * changes nothing and reports what disagrees.
 *
 * @work: what the silent rounds have to look at (infer_work.c)
 * @saved: the snapshot being looked at, or NULL
 */
struct infer {
	struct sema *sm;
	struct func_info *fi; /* the function being looked at, or NULL */
	struct dprobe *p;     /* the probe being looked at, or NULL */
	struct saved *saved;
	struct infer_work *work;
	bool changed, report;
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
/* Each fills in a type that is unknown, and where it came from. */
/** infer_set_var() - of the variable @s, or of the elements of the array @s */
void infer_set_var(struct infer *in, struct sym *s, enum ty t,
		   const struct span *at);
/** infer_set_key() - of key @i of the array @s */
void infer_set_key(struct infer *in, struct sym *s, size_t i, enum ty t,
		   const struct span *at);
/** infer_set_return() - of what @f returns */
void infer_set_return(struct infer *in, struct ast_func *f, enum ty t,
		      const struct span *at);
/** infer_set_arity() - the global @s has @arity keys; reports what disagrees */
void infer_set_arity(struct infer *in, struct sym *s, int arity,
		     const struct span *at);
/** infer_note_origin() - point at what decided the type of @e */
void infer_note_origin(struct infer *in, const struct ast_expr *e);
/** infer_stmt() - look at the expressions of @s itself, not at statements in it */
void infer_stmt(struct infer *in, struct ast_stmt *s);
/** infer_overload() - @f and its next overload take and return the same */
void infer_overload(struct infer *in, struct ast_func *f);

/** infer_work_start() - the first round is to look at everything */
void infer_work_start(struct infer *in);
/** infer_work_round() - look at what may have changed; sets @changed */
void infer_work_round(struct infer *in);
/** infer_changed() - what depends on @u (NULL: nothing else) is to be looked at */
void infer_changed(struct infer *in, const struct infer_users *u);
/** infer_is_assigned() - does the body @s is a local of give it a value? */
bool infer_is_assigned(const struct infer *in, const struct sym *s);
/** infer_work_end() - free what infer_work_start() made */
void infer_work_end(struct infer *in);

#endif
