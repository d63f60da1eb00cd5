// SPDX-License-Identifier: GPL-2.0-only
/* How many foreach that need an order of their own run over one array at a time. */
#include "build/emit/em.h"

#include "build/sema/tree.h"

/* Of functions that call themselves inside a foreach: so deep, then an error. */
#define ORDERS_RECURSIVE 8
#define ORDERS_MAX	 255

/* One array in a function or handler: foreach over it around a place, and the most. */
struct nest {
	size_t array;
	unsigned int now, most;
};

typedef VEC(struct nest) nests;

/**
 * struct nesting - one walk over the program, about all arrays
 * @in: arrays of the group or handler being walked; @slot: where each is in it
 * @group: by function: the first of those that can call it and that it can call;
 *         what runs one of a group may run all of it
 * @memo: by group: what running it adds; @known
 * @around: arrays of the foreach around this place; those of the group or handler
 *          being walked from @begin on
 * @now: that group; SIZE_MAX = a handler
 */
struct nesting {
	struct walk w;
	struct arena *a;
	const struct program *p;
	nests *in;
	size_t *slot, *group;
	nests *memo;
	bool *known, *unbounded;
	VEC(size_t) around;
	size_t begin, now;
};

static struct nest *nesting_array(struct nesting *n, size_t array)
{
	size_t at = n->slot[array];

	if (at >= n->in->n || n->in->v[at].array != array) {
		struct nest new = { .array = array };

		at = n->slot[array] = n->in->n;
		vec_apush(n->a, n->in, new);
	}
	return &n->in->v[at];
}

static void nesting_reach(struct nest *x, unsigned int depth)
{
	if (depth > x->most)
		x->most = depth;
}

/* A group's own nesting, with nothing around it. */
static void nesting_learn(struct nesting *n, size_t group)
{
	size_t i, begin = n->begin, now = n->now;
	nests *outer = n->in;

	n->in = &n->memo[group];
	n->begin = n->around.n;
	n->now = group;
	for (i = group; i < n->p->funcs.n; i++)
		if (n->group[i] == group)
			walk_stmt(&n->w, &n->p->funcs.v[i]->body);
	n->known[group] = true;
	n->now = now;
	n->begin = begin;
	n->in = outer;
	for (i = 0; i < outer->n; i++)
		n->slot[outer->v[i].array] = i;
}

static void nesting_call(struct nesting *n, struct ast_func *f)
{
	size_t i, group = n->group[f->index];
	const nests *of = &n->memo[group];

	if (group == n->now) {
		/* it may come here again, and again */
		for (i = n->begin; i < n->around.n; i++)
			n->unbounded[n->around.v[i]] = true;
		return;
	}
	if (!n->known[group])
		nesting_learn(n, group);
	for (i = 0; i < of->n; i++) {
		struct nest *x = nesting_array(n, of->v[i].array);

		nesting_reach(x, x->now + of->v[i].most);
	}
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
	struct nest *x;
	size_t array;

	if ((*s)->kind != ST_FOREACH || !fe->array_sym)
		return true;
	array = (size_t)fe->array_sym->index;
	walk_expr(w, &fe->limit);
	for (size_t i = 0; i < fe->nslice; i++)
		walk_expr(w, &fe->slice[i]);
	x = nesting_array(n, array);
	nesting_reach(x, ++x->now);
	vec_apush(n->a, &n->around, array);
	walk_stmt(w, &(*s)->then);
	n->around.n--;
	nesting_array(n, array)->now--; /* the table may have moved */
	return false;
}

static bool calls_each_other(const struct em *em, size_t i, size_t k)
{
	return effect_calls(&em->func[i].fx, k) &&
	       effect_calls(&em->func[k].fx, i);
}

/* @group: as in struct nesting */
static void nesting_groups(const struct em *em, size_t *group)
{
	size_t i, k;

	for (i = 0; i < em->p->funcs.n; i++) {
		group[i] = i;
		for (k = 0; k < i && em->recursive && group[i] == i; k++)
			if (calls_each_other(em, i, k))
				group[i] = k;
	}
}

/* @most: by global, at least how many there are at a time. */
static void nesting_of_all(struct em *em, unsigned int *most)
{
	size_t i, k, nglobals = em->p->globals.n, nfuncs = em->p->funcs.n;
	struct nesting n = { .w = { nesting_expr, nesting_stmt, NULL },
			     .a = &em->arena,
			     .p = em->p,
			     .now = SIZE_MAX };

	n.w.arg = &n;
	n.slot = arena_array(n.a, size_t, nglobals + 1);
	n.unbounded = arena_array(n.a, bool, nglobals + 1);
	n.memo = arena_array(n.a, nests, nfuncs + 1);
	n.known = arena_array(n.a, bool, nfuncs + 1);
	n.group = arena_array(n.a, size_t, nfuncs + 1);
	nesting_groups(em, n.group);
	for (i = 0; i < em->p->probes.n; i++) {
		nests in = { 0 };

		n.in = &in;
		walk_dprobe(&n.w, em->p->probes.v[i]);
		for (k = 0; k < in.n; k++)
			if (in.v[k].most > most[in.v[k].array])
				most[in.v[k].array] = in.v[k].most;
	}
	for (i = 0; i < nglobals; i++)
		if (n.unbounded[i] && most[i] < ORDERS_RECURSIVE)
			most[i] = ORDERS_RECURSIVE;
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
	unsigned int *most =
		arena_array(&em->arena, unsigned int, nglobals + 1);

	nesting_of_all(em, most);
	for (i = 0; i < em->p->probes.n; i++)
		walk_dprobe(&w, em->p->probes.v[i]);
	for (i = 0; i < em->p->funcs.n; i++)
		walk_stmt(&w, &em->p->funcs.v[i]->body);
	for (i = 0; i < nglobals; i++) {
		const struct sym *g = em->p->globals.v[i];

		if (!c.ordered[i] && g->type != TY_STAT && !em->spread[i])
			em->orders[i] = 0; /* walked as it is */
		else if (em->orders[i] > 2 || (em->orders[i] && em->recursive))
			em->orders[i] = most[i];
		if (em->orders[i] > ORDERS_MAX)
			em->orders[i] = ORDERS_MAX;
	}
}
