// SPDX-License-Identifier: GPL-2.0-only
/* How many foreach that need an order of their own run over one array at a time. */
#include "build/emit/em.h"

#include "build/sema/tree.h"

/* Of functions that call themselves inside a foreach: so deep, then an error. */
#define ORDERS_RECURSIVE 8
#define ORDERS_MAX	 255

/**
 * struct nesting - one walk over the program, about one array
 * @now: foreach over @sym around this place; @most: the most anywhere
 * @memo: by function: what running it adds, plus 1; 0 = not known
 * @busy: by function: @now where it was entered, plus 1; 0 = not in it
 */
struct nesting {
	struct walk w;
	const struct sym *sym;
	unsigned int now, most;
	unsigned int *memo, *busy;
	bool unbounded;
};

static void nesting_reach(struct nesting *n, unsigned int depth)
{
	if (depth > n->most)
		n->most = depth;
}

static void nesting_call(struct nesting *n, struct ast_func *f)
{
	unsigned int most = n->most;

	if (n->busy[f->index]) {
		n->unbounded |= n->busy[f->index] <= n->now;
		return;
	}
	if (!n->memo[f->index]) {
		n->busy[f->index] = n->now + 1;
		n->most = n->now;
		walk_stmt(&n->w, &f->body);
		n->memo[f->index] = n->most - n->now + 1;
		n->most = most;
		n->busy[f->index] = 0;
	}
	nesting_reach(n, n->now + n->memo[f->index] - 1);
}

static bool nesting_expr(struct walk *w, struct ast_expr **e)
{
	if ((*e)->kind == EX_CALL)
		for (struct ast_func *f = (*e)->func; f; f = f->next_overload)
			nesting_call(w->arg, f);
	return true;
}

static bool nesting_stmt(struct walk *w, struct ast_stmt **s)
{
	struct nesting *n = w->arg;
	struct ast_foreach *fe = (*s)->foreach;

	if ((*s)->kind != ST_FOREACH || fe->array_sym != n->sym)
		return true;
	walk_expr(w, &fe->limit);
	for (size_t i = 0; i < fe->nslice; i++)
		walk_expr(w, &fe->slice[i]);
	n->now++;
	nesting_reach(n, n->now);
	walk_stmt(w, &(*s)->then);
	n->now--;
	return false;
}

static unsigned int nesting_of(struct em *em, const struct sym *g)
{
	size_t nfuncs = em->p->funcs.n + 1;
	struct nesting n = { .w = { nesting_expr, nesting_stmt, NULL },
			     .sym = g };

	n.w.arg = &n;
	n.memo = arena_array(&em->arena, unsigned int, nfuncs);
	n.busy = arena_array(&em->arena, unsigned int, nfuncs);
	for (size_t i = 0; i < em->p->probes.n; i++)
		walk_dprobe(&n.w, em->p->probes.v[i]);
	if (n.unbounded && n.most < ORDERS_RECURSIVE)
		return ORDERS_RECURSIVE;
	return n.most;
}

struct counting {
	struct em *em;
	bool *ordered;
};

static bool count_stmt(struct walk *w, struct ast_stmt **s)
{
	const struct ast_foreach *fe = (*s)->foreach;
	struct counting *c = w->arg;

	if ((*s)->kind != ST_FOREACH || !fe->array_sym)
		return true;
	c->em->orders[fe->array_sym->index]++;
	c->ordered[fe->array_sym->index] |= fe->sort != 0;
	return true;
}

void em_orders(struct em *em)
{
	size_t i, nglobals = em->p->globals.n;
	struct counting c = { em, arena_array(&em->arena, bool, nglobals + 1) };
	struct walk w = { NULL, count_stmt, &c };

	for (i = 0; i < em->p->probes.n; i++)
		walk_dprobe(&w, em->p->probes.v[i]);
	for (i = 0; i < em->p->funcs.n; i++)
		walk_stmt(&w, &em->p->funcs.v[i]->body);
	for (i = 0; i < nglobals; i++) {
		const struct sym *g = em->p->globals.v[i];

		if (!c.ordered[i] && g->type != TY_STAT && !em->spread[i])
			em->orders[i] = 0; /* walked as it is */
		else if (em->orders[i] > 2 || (em->orders[i] && em->recursive))
			em->orders[i] = nesting_of(em, g);
		if (em->orders[i] > ORDERS_MAX)
			em->orders[i] = ORDERS_MAX;
	}
}
