/* SPDX-License-Identifier: GPL-2.0-only */
/* Deep copies of trees; what sema has bound is shared. */
#include "build/lang/lang.h"
#include "build/base/arena.h"

static struct ast_expr **clone_list(struct arena *a, struct ast_expr *const *v,
				    size_t n)
{
	struct ast_expr **c;

	if (!v)
		return NULL;
	c = arena_array(a, struct ast_expr *, n);
	for (size_t i = 0; i < n; i++)
		c[i] = lang_clone_expr(a, v[i]);
	return c;
}

static struct ast_target *clone_target(struct arena *a,
				       const struct ast_target *t)
{
	struct ast_target *c = arena_memdup(a, t, sizeof(*t));

	c->operand = lang_clone_expr(a, t->operand);
	if (t->nsel)
		c->sel = arena_memdup(a, t->sel, t->nsel * sizeof(*t->sel));
	for (size_t i = 0; i < t->nsel; i++)
		c->sel[i].index = lang_clone_expr(a, t->sel[i].index);
	return c;
}

struct ast_expr *lang_clone_expr(struct arena *a, const struct ast_expr *e)
{
	struct ast_expr *c;

	if (!e)
		return NULL;
	c = arena_memdup(a, e, sizeof(*e));
	c->a = lang_clone_expr(a, e->a);
	c->b = lang_clone_expr(a, e->b);
	c->c = lang_clone_expr(a, e->c);
	c->args = clone_list(a, e->args, e->nargs);
	if (e->target)
		c->target = clone_target(a, e->target);
	if (e->regex)
		c->regex = arena_memdup(a, e->regex, sizeof(*e->regex));
	if (e->print)
		c->print = arena_memdup(a, e->print, sizeof(*e->print));
	return c;
}

static struct ast_foreach *clone_foreach(struct arena *a,
					 const struct ast_foreach *f)
{
	struct ast_foreach *c = arena_memdup(a, f, sizeof(*f));

	if (f->key_syms)
		c->key_syms = arena_memdup(a, f->key_syms,
					   f->nkeys * sizeof(*f->key_syms));
	c->hist = lang_clone_expr(a, f->hist);
	c->slice = clone_list(a, f->slice, f->nslice);
	c->limit = lang_clone_expr(a, f->limit);
	return c;
}

struct ast_stmt *lang_clone_stmt(struct arena *a, const struct ast_stmt *s)
{
	struct ast_stmt *c;

	if (!s)
		return NULL;
	c = arena_memdup(a, s, sizeof(*s));
	c->e = lang_clone_expr(a, s->e);
	c->init = lang_clone_expr(a, s->init);
	c->step = lang_clone_expr(a, s->step);
	c->then = lang_clone_stmt(a, s->then);
	c->otherwise = lang_clone_stmt(a, s->otherwise);
	if (s->nbody)
		c->body = arena_array(a, struct ast_stmt *, s->nbody);
	for (size_t i = 0; i < s->nbody; i++)
		c->body[i] = lang_clone_stmt(a, s->body[i]);
	if (s->foreach)
		c->foreach = clone_foreach(a, s->foreach);
	return c;
}
