// SPDX-License-Identifier: GPL-2.0-only
/* Values that nobody reads, and statements that are left without anything to do. */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/similar.h"
#include "build/sema/opt.h"

/* ---- uses of locals ------------------------------------------------------ */

struct use *opt_use_of(struct opt *o, const struct sym *s)
{
	if (!s || s->kind != SYM_LOCAL || (size_t)s->index >= o->nuse)
		return NULL;
	return &o->use[s->index];
}

static void count_write(struct opt *o, const struct sym *s)
{
	struct use *u = opt_use_of(o, s);

	if (u)
		u->writes++;
}

static bool count_expr(struct walk *w, struct ast_expr **ep)
{
	struct opt *o = w->arg;
	struct ast_expr *e = *ep;
	struct use *u;

	if (e->kind == EX_ASSIGN || e->kind == EX_INCDEC) {
		count_write(o, e->a->sym);
		/* "x = v" does not read x; its value is that of v. */
		if (e->a->kind == EX_NAME && e->op == OP_SET &&
		    e->kind == EX_ASSIGN) {
			walk_expr(w, &e->b);
			return false;
		}
	}
	u = e->kind == EX_NAME ? opt_use_of(o, e->sym) : NULL;
	if (u && !(u->reads += o->delta))
		vec_push(&o->zeros, e->sym->index);
	return true;
}

/* A statement that only updates a variable does not read it either. */
static bool count_effect(struct opt *o, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	if ((e->kind != EX_ASSIGN && e->kind != EX_INCDEC) ||
	    e->a->kind != EX_NAME)
		return false;
	count_write(o, e->a->sym);
	walk_expr(&o->w, &e->b);
	return true;
}

static bool count_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	struct ast_stmt *s = *sp;
	size_t i;

	switch (s->kind) {
	case ST_EXPR:
		return !count_effect(o, &s->e);
	case ST_DELETE:
		/* "delete x" gives a local a value. */
		if (s->e->kind != EX_NAME)
			return true;
		count_write(o, s->e->sym);
		return false;
	case ST_FOREACH:
		for (i = 0; i < s->foreach->nkeys; i++)
			count_write(o, s->foreach->key_syms[i]);
		count_write(o, s->foreach->value_sym);
		return true;
	case ST_TRY:
		count_write(o, s->catch_sym);
		return true;
	default:
		return true;
	}
}

/* ---- dropping ------------------------------------------------------------ */

void opt_make_empty(struct opt *o, struct ast_stmt **sp)
{
	*sp = tree_stmt(o->sm->a, ST_EMPTY, (*sp)->at);
	o->changed = true;
}

static bool is_unread(struct opt *o, const struct ast_expr *e)
{
	struct use *u;

	if ((e->kind != EX_ASSIGN && e->kind != EX_INCDEC) ||
	    e->a->kind != EX_NAME || e->op == OP_FEED)
		return false;
	u = opt_use_of(o, e->a->sym);
	return u && !u->reads;
}

bool opt_drop_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	struct ast_stmt *s = *sp;

	if (s->kind == ST_DELETE && s->e->kind == EX_NAME) {
		struct use *u = opt_use_of(o, s->e->sym);

		if (u && !u->reads)
			opt_make_empty(o, sp);
		return false;
	}
	if (s->kind == ST_TRY) {
		/* What is tried is there for its failures. */
		walk_stmt(w, &s->otherwise);
		return false;
	}
	if (s->kind != ST_EXPR)
		return true;
	if (is_unread(o, s->e)) {
		if (opt_may_warn(o, &s->e->at))
			diag_warn(o->sm->d, &s->e->at, DIAG_UNUSED,
				  "Eliding assignment to '%s'", s->e->a->name);
		if (!s->e->b || opt_is_pure(o, s->e->b)) {
			opt_make_empty(o, sp);
		} else {
			s->e = s->e->b;
			o->changed = true;
		}
	} else if (opt_is_pure(o, s->e)) {
		if (opt_may_warn(o, &s->e->at))
			diag_warn(o->sm->d, &s->e->at, DIAG_UNUSED,
				  "Eliding side-effect-free expression");
		opt_make_empty(o, sp);
	}
	return false;
}

bool opt_no_exprs(struct walk *w, struct ast_expr **e)
{
	(void)w;
	(void)e;
	return false;
}

bool opt_is_empty(const struct ast_stmt *s)
{
	size_t i;

	if (!s || s->kind == ST_EMPTY)
		return true;
	if (s->kind != ST_BLOCK)
		return false;
	for (i = 0; i < s->nbody; i++)
		if (!opt_is_empty(s->body[i]))
			return false;
	return true;
}

static bool is_jump(const struct ast_stmt *s)
{
	return s->kind == ST_RETURN || s->kind == ST_NEXT ||
	       s->kind == ST_BREAK || s->kind == ST_CONTINUE;
}

/* What stands behind a jump in the same block. */
static void drop_unreachable(struct opt *o, struct ast_stmt *s)
{
	size_t i;

	for (i = 0; i + 1 < s->nbody && !is_jump(s->body[i]); i++)
		;
	for (i++; i < s->nbody; i++) {
		if (opt_is_empty(s->body[i]))
			continue;
		if (opt_may_warn(o, &s->body[i]->at))
			diag_warn(o->sm->d, &s->body[i]->at, DIAG_UNUSED,
				  "statement will never be reached");
		while (i < s->nbody)
			opt_make_empty(o, &s->body[i++]);
	}
}

/* Statements that are left without anything to do. */
static bool prune_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	struct ast_stmt *s = *sp;
	size_t i, n = 0;

	if (s->kind == ST_BLOCK) {
		drop_unreachable(o, s);
		for (i = 0; i < s->nbody; i++)
			if (!opt_is_empty(s->body[i]))
				s->body[n++] = s->body[i];
		o->changed |= n != s->nbody;
		s->nbody = n;
	} else if (s->kind == ST_IF && opt_is_empty(s->then) &&
		   opt_is_empty(s->otherwise) && opt_is_pure(o, s->e)) {
		opt_make_empty(o, sp);
	}
	return true;
}

/* ---- one body ------------------------------------------------------------ */

static size_t drop_locals(struct opt *o, struct sym **v, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		if (!o->use[i].reads && !o->use[i].writes)
			continue;
		v[i]->index = (int)k;
		v[k++] = v[i];
	}
	return k;
}

static void warn_never_assigned(struct opt *o, struct sym **v, size_t n)
{
	struct similar sim;
	size_t i, j;

	for (i = 0; i < n; i++) {
		if (o->use[i].writes || !o->use[i].reads ||
		    !opt_may_warn(o, &v[i]->at))
			continue;
		similar_init(&sim, v[i]->name);
		/* looking for names takes long, and nobody reads so many */
		for (j = 0; j < n && o->nsimilar < 100; j++)
			if (j != i && o->use[j].writes)
				similar_add(&sim, v[j]->name);
		for (j = 0; j < o->sm->prog->globals.n && o->nsimilar < 100;
		     j++)
			similar_add(&sim, o->sm->prog->globals.v[j]->name);
		o->nsimilar++;
		diag_warn(o->sm->d, &v[i]->at, DIAG_NEVER_ASSIGNED,
			  "never-assigned local variable '%s'%s", v[i]->name,
			  similar_text(o->sm->a, &sim, "similar"));
	}
}

static void count_body(struct opt *o, struct ast_stmt **body, size_t nlocals)
{
	o->w.expr = count_expr;
	o->w.stmt = count_stmt;
	o->w.arg = o;
	o->nuse = nlocals;
	o->delta = 1;
	o->use = arena_array(o->sm->a, struct use, nlocals + 1);
	walk_stmt(&o->w, body);
}

/* The parts of a handler stay apart until it is known who wrote what. */
static void drop_body(struct opt *o, struct ast_stmt **body,
		      const struct handler *h)
{
	struct walk drop = { opt_no_exprs, opt_drop_stmt, o };
	struct walk prune = { opt_no_exprs, prune_stmt, o };
	size_t i, n = h ? h->parts.n : 1;

	for (i = 0; i < n; i++) {
		struct ast_stmt **s = n > 1 ? &(*body)->body[i] : body;

		o->is_alias = h && h->parts.v[i].is_alias;
		walk_stmt(&drop, s);
		walk_stmt(&prune, s);
	}
	o->is_alias = false;
}

size_t opt_body(struct opt *o, struct ast_stmt **body, struct sym **v, size_t n,
		const struct handler *h)
{
	struct walk prune = { opt_no_exprs, prune_stmt, o };

	count_body(o, body, n);
	warn_never_assigned(o, v, n);
	o->changed = false;
	drop_body(o, body, h);
	if (o->changed) {
		count_body(o, body, n);
		opt_cascade(o, body, h);
	}
	walk_stmt(&prune, body);
	count_body(o, body, n);
	return drop_locals(o, v, n);
}
