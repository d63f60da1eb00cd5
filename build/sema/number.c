// SPDX-License-Identifier: GPL-2.0-only
/* The last pass: final positions of everything emit refers to by number. */
#include "build/base/arena.h"
#include "build/sema/ctx.h"
#include "build/sema/limits.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <string.h>

struct number {
	struct walk w;
	struct sema *sm;
	int64_t *index; /* by old number: new one + 1, 0 = not seen */
};

struct ast_expr *sema_knum(struct sema *sm, struct span at, int64_t value)
{
	struct ast_expr *e = tree_expr(sm->a, EX_KNUM, at);

	e->type = TY_LONG;
	e->num = (int64_t)sm->nums.n;
	vec_apush(sm->a, &sm->nums, value);
	return e;
}

static bool number_expr(struct walk *w, struct ast_expr **ep)
{
	struct number *n = w->arg;
	struct ast_expr *e = *ep;

	if (e->kind != EX_KNUM)
		return true;
	if (!n->index[e->num]) {
		vec_apush(n->sm->a, &n->sm->prog->nums, n->sm->nums.v[e->num]);
		n->index[e->num] = (int64_t)n->sm->prog->nums.n;
	}
	e->num = n->index[e->num] - 1;
	return false;
}

/* Functions that read arguments were copied for one place each. */
struct args {
	struct walk w;
	size_t *seen; /* by function index: the last probe it was seen for */
	size_t probe;
	bool found;
};

static bool args_expr(struct walk *w, struct ast_expr **ep)
{
	struct args *g = w->arg;
	struct ast_func *f = (*ep)->kind == EX_CALL ? (*ep)->func : NULL;

	if ((*ep)->kind == EX_ARG)
		g->found = true;
	if (f && g->seen[f->index] != g->probe) {
		g->seen[f->index] = g->probe;
		walk_stmt(w, &f->body);
	}
	return !g->found;
}

static bool reads_args(struct args *g, struct dprobe *p)
{
	g->probe++;
	g->found = false;
	walk_dprobe(&g->w, p);
	return g->found;
}

/* Snapshots lie one after the other, 8-byte aligned. */
static void number_saved(struct sema *sm, struct dprobe *p)
{
	struct saved *sv;

	p->saved_size = 0;
	vec_foreach(sv, &p->saved) {
		uint32_t n = 8;

		if (sv->e->type == TY_STRING)
			n = ((uint32_t)sm->s->limits.maxstringlen + 7) & ~7U;
		sv->off = p->saved_size;
		p->saved_size += n;
	}
}

/* ---- nesting ------------------------------------------------------------- */

struct nest {
	struct walk w;
	struct sema *sm;
	int *depth; /* by function: 0 not seen, -1 being visited, else levels */
	bool cycle;
	int deepest; /* of the calls in the tree being walked */
};

static int nest_func(struct nest *n, struct ast_func *f)
{
	int outer = n->deepest, *d = &n->depth[f->index];

	if (*d > 0)
		return *d;
	if (*d < 0) {
		n->cycle = true;
		return 0;
	}
	*d = -1;
	n->deepest = 0;
	walk_stmt(&n->w, &f->body);
	if (f->next_overload && f->next_overload->index >= 0) {
		int o = nest_func(n, f->next_overload);

		if (o > n->deepest)
			n->deepest = o;
	}
	*d = n->deepest + 1;
	n->deepest = outer;
	return *d;
}

static bool nest_expr(struct walk *w, struct ast_expr **e)
{
	struct nest *n = w->arg;

	if ((*e)->kind == EX_CALL && (*e)->func) {
		int d = nest_func(n, (*e)->func);

		if (d > n->deepest)
			n->deepest = d;
	}
	return true;
}

/* A chain of calls that is longer than the default limit must still run. */
static void number_nesting(struct sema *sm)
{
	struct nest n = { .w = { .expr = nest_expr }, .sm = sm };
	struct dprobe **p;
	int64_t need;

	n.w.arg = &n;
	n.depth = arena_array(sm->a, int, sm->funcs.n + 1);
	vec_foreach(p, &sm->prog->probes)
		walk_dprobe(&n.w, *p);
	need = n.deepest + 1;
	if (need > sm->prog->limits->maxnesting && !n.cycle)
		sm->prog->limits->maxnesting = need;
}

void sema_number(struct sema *sm)
{
	struct number n = { .w = { .expr = number_expr }, .sm = sm };
	struct args g = { .w = { .expr = args_expr } };
	struct dprobe **p;
	size_t i;

	sema_reach(sm, false);
	n.w.arg = &n;
	n.index = arena_array(sm->a, int64_t, sm->nums.n + 1);
	g.w.arg = &g;
	g.seen = arena_array(sm->a, size_t, sm->funcs.n + 1);
	vec_foreach(p, &sm->prog->probes) {
		walk_dprobe(&n.w, *p);
		if (reads_args(&g, *p))
			(*p)->flags |= TAPRT_P_ARGS;
		number_saved(sm, *p);
	}
	for (i = 0; i < sm->funcs.n; i++) {
		struct ast_func *f = sm->funcs.v[i]->f;

		walk_stmt(&n.w, &f->body);
		vec_apush(sm->a, &sm->prog->funcs, f);
	}
	number_nesting(sm);
}
