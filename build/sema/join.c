// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers of one probe statement that came to do the same become one.
 *
 * "syscall.*" makes a handler for every call, with the variables of each.  What a body
 * does not use is gone by now, and most bodies use nothing of the call.
 */
#include "build/base/map.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"
#include "build/session.h"

/* The globals a body names, in order: a local may have the name of one. */
struct globals {
	struct walk w;
	struct arena *a;
	VEC(const struct sym *) v;
};

static void globals_add(struct globals *g, const struct sym *s)
{
	if (s && s->kind == SYM_GLOBAL)
		vec_apush(g->a, &g->v, s);
}

static bool globals_expr(struct walk *w, struct ast_expr **e)
{
	globals_add(w->arg, (*e)->sym);
	return true;
}

static bool globals_stmt(struct walk *w, struct ast_stmt **s)
{
	struct ast_foreach *f = (*s)->foreach;
	size_t i;

	globals_add(w->arg, (*s)->catch_sym);
	for (i = 0; f && i < f->nkeys; i++)
		globals_add(w->arg, f->key_syms[i]);
	if (f) {
		globals_add(w->arg, f->array_sym);
		globals_add(w->arg, f->value_sym);
	}
	return true;
}

static struct globals globals_of(struct sema *sm, struct handler *h)
{
	struct globals g = { .w = { globals_expr, globals_stmt, NULL },
			     .a = sm->a };

	g.w.arg = &g;
	walk_dprobe(&g.w, h->p);
	g.w.arg = NULL;
	return g;
}

static bool same_globals(struct sema *sm, struct handler *x, struct handler *y)
{
	struct globals a = globals_of(sm, x), b = globals_of(sm, y);
	size_t i;

	for (i = 0; a.v.n == b.v.n && i < a.v.n; i++)
		if (a.v.v[i] != b.v.v[i])
			return false;
	return a.v.n == b.v.n;
}

static bool same_handler(struct sema *sm, struct handler *x, struct handler *y)
{
	const struct dprobe *p = x->p, *q = y->p;

	return p->at.src == q->at.src && p->at.off == q->at.off &&
	       p->kind == q->kind && p->flags == q->flags &&
	       p->maxactive == q->maxactive && !p->saved.n && !q->saved.n &&
	       x->is_never == y->is_never &&
	       tree_equal_expr(p->cond, q->cond, sm->nums.v) &&
	       tree_equal_stmt(p->body, q->body, sm->nums.v) &&
	       same_globals(sm, x, y);
}

/* The place is part of it: a script of a thousand equal probes has no long chain. */
static const char *handler_key(struct sema *sm, const struct handler *h)
{
	uint64_t v = tree_hash_stmt(h->p->body, sm->nums.v) * 31 +
		     tree_hash_expr(h->p->cond, sm->nums.v);

	return arena_printf(sm->a, "%016llx %zu", (unsigned long long)v,
			    (size_t)h->p->at.off);
}

/* The points of @h go to an earlier handler; false: there is none like it. */
static bool join(struct sema *sm, struct map *seen, struct handler *h)
{
	const char *key = handler_key(sm, h);
	struct handler *o;
	struct dpoint *dp;

	for (o = map_get(seen, key); o; o = o->same_hash) {
		if (!same_handler(sm, o, h))
			continue;
		vec_foreach(dp, &h->p->points)
			vec_apush(sm->a, &o->p->points, *dp);
		return true;
	}
	h->same_hash = map_put(seen, key, h);
	return false;
}

void sema_join(struct sema *sm)
{
	struct map seen = { 0 };
	struct handler **h;
	size_t n = 0;

	if (sm->s->unoptimized)
		return;
	vec_foreach(h, &sm->handlers) {
		(*h)->same_hash = NULL;
		if ((*h)->p->points.n && join(sm, &seen, *h))
			map_deinit(&(*h)->locals);
		else
			sm->handlers.v[n++] = *h;
	}
	sm->handlers.n = n;
	map_deinit(&seen);
}
