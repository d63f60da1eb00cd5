// SPDX-License-Identifier: GPL-2.0-only
/*
 * Assignments to $variables: what reading them would be says where to write.
 *
 * features.md 1.8: with -g only; an argument at the entry of a function or system
 * call, what a function returns, and everything that has an address.  A variable that
 * an alias copies an argument to stands for it.
 */
#include "build/elab/poke.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/lang/lang.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <string.h>

#define REG_ARGS 6 /* the rest of them are on the stack */

bool poke_is_target(const struct ast_expr *e)
{
	return e->kind == EX_TARGET || e->kind == EX_ATCAST ||
	       e->kind == EX_AUTOCAST;
}

static struct ast_expr *write_memory(struct tgt *t, struct ast_expr *lv,
				     struct ast_expr *v)
{
	const struct access *acc = &lv->access;
	int64_t how = acc->bits | acc->shift << 8 | acc->bytes << 16;

	if (acc->bits)
		return intrinsic_call(t->sm->a, lv->at, "__poke_bits", 3, lv->a,
				      v, tree_num(t->sm->a, lv->at, how));
	return intrinsic_call(t->sm->a, lv->at,
			      acc->is_user ? "__poke_user" : "__poke", 3, lv->a,
			      v, tree_num(t->sm->a, lv->at, acc->bytes));
}

static struct ast_expr *refuse(struct tgt *t, const struct ast_expr *lv,
			       const char *why)
{
	diag_error(t->sm->d, &lv->at, DIAG_TARGET_WRITE,
		   "write to target variable not permitted: %s", why);
	return NULL;
}

/* @lv as it would be read. */
static struct ast_expr *write_to(struct tgt *t, struct ast_expr *lv,
				 struct ast_expr *v)
{
	switch (lv->kind) {
	case EX_KREAD:
		return write_memory(t, lv, v);
	case EX_ARG:
		if (t->p && t->p->kind == &kind_trace)
			return refuse(
				t, lv,
				"the arguments of a tracepoint are copies");
		if (lv->num >= REG_ARGS)
			return refuse(t, lv, "it is on the caller's stack");
		return intrinsic_call(t->sm->a, lv->at, "__poke_arg", 2,
				      tree_num(t->sm->a, lv->at, lv->num), v);
	case EX_RETVAL:
		return intrinsic_call(t->sm->a, lv->at, "__poke_return", 1, v);
	case EX_SAVED:
		return refuse(t, lv,
			      "in a return probe it is what it was at "
			      "entry");
	default:
		return refuse(t, lv, "it has no address");
	}
}

static bool find_effect(struct walk *w, struct ast_expr **ep)
{
	const struct ast_expr *e = *ep;

	if (e->kind == EX_ASSIGN || e->kind == EX_INCDEC || e->kind == EX_CALL)
		*(bool *)w->arg = true;
	return true;
}

/* "place op= value" reads and writes, so that the place is computed twice. */
static struct ast_expr *old_value(struct tgt *t, const struct ast_expr *place)
{
	struct ast_expr *e = lang_clone_expr(t->sm->a, place);
	bool effect = false;
	struct walk w = { find_effect, NULL, &effect };

	walk_children(&w, e);
	if (effect)
		return refuse(t, place,
			      "what says where it is must not change anything");
	walk_expr(&t->w, &e);
	return e;
}

void poke_lower(struct tgt *t, struct ast_expr **ep)
{
	struct ast_expr *e = *ep, *lv = e->a, *v = e->b, *old, *r;
	unsigned int before = t->sm->d->nerrors;
	bool steps = e->kind == EX_INCDEC;

	if (!t->sm->s->guru) {
		refuse(t, lv, "it needs -g (guru mode)");
		return;
	}
	if (steps)
		v = tree_num(t->sm->a, e->at, 1);
	else
		walk_expr(&t->w, &v);
	if (steps || e->op != OP_SET) {
		old = old_value(t, lv);
		if (!old)
			return;
		v = tree_binary(t->sm->a, e->op, old, v);
	}
	walk_expr(&t->w, &lv);
	if (t->sm->d->nerrors > before)
		return;
	r = write_to(t, lv, v);
	if (!r)
		return;
	/* what it was before, which nobody else looks at */
	if (steps && !e->is_prefix)
		r = tree_binary(t->sm->a, e->op == OP_ADD ? OP_SUB : OP_ADD, r,
				tree_num(t->sm->a, e->at, 1));
	*ep = r;
}

/* ---- arguments that are variables of aliases ------------------------------- */

/* "v = $arg1"; what a call returned may be changed by that name only */
static bool is_copy(const struct ast_stmt *s)
{
	const struct ast_expr *e = s->e;
	const struct ast_target *tg;

	if (s->kind != ST_EXPR || e->kind != EX_ASSIGN || e->op != OP_SET ||
	    e->a->kind != EX_NAME || e->b->kind != EX_TARGET)
		return false;
	tg = e->b->target;
	return !tg->is_atvar && !tg->nsel && !tg->addressof && !tg->pretty &&
	       tg->name[1] != '$' && strcmp(tg->name, "$return") != 0;
}

/* The copy @s of part @i of the handler: when a later part writes to it, so does the
 * argument become that in the end. */
static void put_back(struct sema *sm, struct handler *h, size_t i,
		     const struct ast_stmt *s)
{
	struct body_part back = h->parts.v[i];
	bool is_written = false;
	struct ast_expr *e;
	size_t k;

	for (k = i + 1; k < h->parts.n; k++)
		if (h->parts.v[k].def != back.def)
			is_written |=
				tree_writes(&h->parts.v[k].s, s->e->a->name);
	if (!is_written)
		return;
	e = lang_clone_expr(sm->a, s->e);
	back.s = tree_stmt(sm->a, ST_EXPR, s->at);
	back.s->e = arena_memdup(sm->a, e, sizeof(*e));
	back.s->e->a = e->b;
	back.s->e->b = e->a;
	vec_apush(sm->a, &h->parts, back);
}

void poke_back(struct sema *sm, struct handler *h)
{
	size_t n = h->parts.n, i, k;

	for (i = 0; i < n; i++) {
		const struct ast_stmt *s = h->parts.v[i].s;

		if (!h->parts.v[i].is_alias || s->kind != ST_BLOCK)
			continue;
		for (k = 0; k < s->nbody; k++)
			if (is_copy(s->body[k]))
				put_back(sm, h, i, s->body[k]);
	}
}
