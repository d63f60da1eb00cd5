/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of dropping what has no effect: one body at a time. */
#ifndef BUILD_SEMA_OPT_H
#define BUILD_SEMA_OPT_H

#include "build/sema/ctx.h"
#include "build/sema/tree.h"

/* How often a local of the body being looked at is read or given a value. */
struct use {
	unsigned int reads, writes;
};

/**
 * struct opt - one body
 * @use: by index in the body's list of locals
 * @in_library: the function being looked at is of the tapset
 * @is_pure: by function index: calling it has no effect but its value
 */
struct opt {
	struct walk w;
	struct sema *sm;
	struct use *use;
	size_t nuse;
	bool *is_pure;
	bool in_library;
	bool keeps_groups; /* a =~ has an effect */
	bool changed, found;
	bool is_alias;	       /* looking at a part that an alias brought in */
	unsigned int nsimilar; /* warnings that suggest names */
	unsigned int delta;    /* what a read counts: 1, or -1 to take back */
	VEC(int) zeros;	       /* locals whose last read was taken back */
};

/** opt_may_warn() - only about what the user wrote in a probe or function, only once */
bool opt_may_warn(struct opt *o, const struct span *at);

/* pure.c */
/** opt_is_global() - is @e, which may be NULL, a global or an element of one? */
bool opt_is_global(const struct ast_expr *e);
/** opt_is_pure() - does @e nothing but give a value? */
bool opt_is_pure(struct opt *o, struct ast_expr *e);
/** opt_find_pure() - fill @o->is_pure */
void opt_find_pure(struct opt *o);

/* dead.c */
/** opt_use_of() - of a local of the body; NULL for everything else */
struct use *opt_use_of(struct opt *o, const struct sym *s);
/** opt_is_empty() - is there nothing to do in @s, which may be NULL? */
bool opt_is_empty(const struct ast_stmt *s);
void opt_make_empty(struct opt *o, struct ast_stmt **sp);
/** opt_no_exprs() - struct walk.expr that looks into no expression */
bool opt_no_exprs(struct walk *w, struct ast_expr **e);
/** opt_drop_stmt() - struct walk.stmt: drop it if it has no effect; @o->changed */
bool opt_drop_stmt(struct walk *w, struct ast_stmt **sp);
/**
 * opt_body() - drop what has no effect from one body
 * @v: its @n locals
 * @h: of a handler, else NULL
 *
 * Return: how many of the locals are left.
 */
size_t opt_body(struct opt *o, struct ast_stmt **body, struct sym **v, size_t n,
		const struct handler *h);

/* cascade.c */
/**
 * opt_cascade() - drop what has no effect any more since something was dropped
 *
 * @o->use is counted, and stays right.
 */
void opt_cascade(struct opt *o, struct ast_stmt **body,
		 const struct handler *h);

#endif
