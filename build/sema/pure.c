// SPDX-License-Identifier: GPL-2.0-only
/* What has no effect but its value, so that nobody misses it. */
#include "build/base/arena.h"
#include "build/sema/intrinsic.h"
#include "build/sema/opt.h"

bool opt_is_global(const struct ast_expr *e)
{
	return e && e->sym && e->sym->kind == SYM_GLOBAL;
}

/* Sets @found at anything that does more than give a value. */
static bool impure_expr(struct walk *w, struct ast_expr **ep)
{
	struct opt *o = w->arg;
	const struct ast_expr *e = *ep;

	switch (e->kind) {
	case EX_ASSIGN:
	case EX_INCDEC:
	case EX_EMBEDDED:
	case EX_HIST: /* never right outside print: to be reported */
		o->found = true;
		break;
	case EX_PRINT:
		o->found |= !e->print->to_string;
		break;
	case EX_BINARY:
		/* A division that may fail ends the handler: that shows. */
		o->found |= (e->op == OP_DIV || e->op == OP_MOD) &&
			    (e->b->kind != EX_NUMBER || !e->b->num);
		break;
	case EX_REGEX:
		o->found |= o->keeps_groups && !e->is_not;
		break;
	case EX_CALL:
		if (e->intrinsic)
			o->found |= !(e->intrinsic->flags & IN_PURE);
		else
			o->found |= !e->func || !o->is_pure[e->func->index];
		break;
	default:
		break;
	}
	return !o->found;
}

/* In a function, changing its own variables is no effect. */
static bool impure_in_func(struct walk *w, struct ast_expr **ep)
{
	const struct ast_expr *e = *ep;

	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) &&
	    !opt_is_global(e->a))
		return true;
	return impure_expr(w, ep);
}

static bool impure_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	const struct ast_stmt *s = *sp;
	size_t i;

	if (s->kind == ST_DELETE)
		o->found |= opt_is_global(s->e);
	/*
	 * A loop may run into MAXACTION, which is for the user to see; those of the
	 * library end before.
	 */
	if (s->kind == ST_WHILE || s->kind == ST_FOR)
		o->found |= !o->in_library;
	if (s->kind == ST_NEXT)
		o->found = true;
	for (i = 0; s->kind == ST_FOREACH && i < s->foreach->nkeys; i++)
		o->found |= s->foreach->key_syms[i]->kind == SYM_GLOBAL;
	return !o->found;
}

bool opt_is_pure(struct opt *o, struct ast_expr *e)
{
	struct walk w = { .expr = impure_expr, .arg = o };

	o->found = false;
	walk_expr(&w, &e);
	return !o->found;
}

static bool is_pure_embed(const struct embed *em)
{
	return !em || em->flags & EMBED_PURE;
}

void opt_find_pure(struct opt *o)
{
	struct walk w = { impure_in_func, impure_stmt, o };
	struct sema *sm = o->sm;
	bool changed = true;
	size_t i;

	o->is_pure = arena_array(sm->a, bool, sm->funcs.n + 1);
	for (i = 0; i < sm->funcs.n; i++)
		o->is_pure[i] = is_pure_embed(sm->funcs.v[i]->f->embed);
	while (changed) {
		changed = false;
		/* callees mostly come after their callers */
		for (i = sm->funcs.n; i--;) {
			if (!o->is_pure[i])
				continue;
			o->found = false;
			o->in_library = sm->funcs.v[i]->f->is_library;
			walk_stmt(&w, &sm->funcs.v[i]->f->body);
			if (o->found) {
				o->is_pure[i] = false;
				changed = true;
			}
		}
	}
}
