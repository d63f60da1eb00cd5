// SPDX-License-Identifier: GPL-2.0-only
/* What running a piece of the program may read, change and call. */
#include "build/emit/em.h"

#include "build/families/family.h"

#include "build/sema/tree.h"

#include <string.h>

/** struct fx_walk - @func: whose body it is, or NULL */
struct fx_walk {
	struct em *em;
	struct effect *fx;
	const struct ast_func *func;
};

/* The place of global @g in @fx, or where it would be. */
static size_t fx_find(const struct effect *fx, uint32_t g)
{
	size_t lo = 0, hi = fx->uses.n;

	/* mostly the last, or behind it */
	if (hi && fx->uses.v[hi - 1].index <= g)
		return fx->uses.v[hi - 1].index == g ? hi - 1 : hi;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (fx->uses.v[mid].index < g)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool fx_has(const struct effect *fx, size_t i, uint32_t g)
{
	return i < fx->uses.n && fx->uses.v[i].index == g;
}

/* True when that was new. */
static bool fx_add(struct em *em, struct effect *fx, uint32_t g, uint8_t use)
{
	const struct effect_use none = { .index = g };
	size_t i = fx_find(fx, g);
	uint8_t had;

	if (!fx_has(fx, i, g)) {
		vec_apush(&em->arena, &fx->uses, none);
		memmove(&fx->uses.v[i + 1], &fx->uses.v[i],
			(fx->uses.n - 1 - i) * sizeof(none));
		fx->uses.v[i] = none;
	}
	had = fx->uses.v[i].use;
	fx->uses.v[i].use |= use;
	return fx->uses.v[i].use != had;
}

static void fx_use(struct em *em, struct effect *fx, const struct sym *sym,
		   unsigned int use)
{
	if (!sym || sym->kind != SYM_GLOBAL)
		return;
	fx_add(em, fx, (uint32_t)sym->index, (uint8_t)use);
	if (use & ~(unsigned int)(USE_READ | USE_SORT))
		fx->writes = true;
}

static void fx_call(struct effect *fx, const struct ast_func *t)
{
	fx->calls[t->index / 64] |= 1ull << t->index % 64;
}

static void fx_args(struct walk *w, struct ast_expr *e)
{
	for (size_t i = 0; i < e->nargs; i++)
		walk_expr(w, &e->args[i]);
}

/* The target of an assignment: its keys are read, it is not. */
static void fx_lvalue(struct walk *w, struct ast_expr *lv, unsigned int use)
{
	struct fx_walk *f = w->arg;

	fx_use(f->em, f->fx, lv->sym, use);
	fx_args(w, lv);
}

static bool fx_expr(struct walk *w, struct ast_expr **pe)
{
	struct fx_walk *f = w->arg;
	struct ast_expr *e = *pe;

	switch (e->kind) {
	case EX_NAME:
	case EX_INDEX:
	case EX_IN:
		fx_use(f->em, f->fx, e->sym, USE_READ);
		return true;
	case EX_ASSIGN:
		fx_lvalue(w, e->a,
			  e->op == OP_FEED  ? USE_FEED
			  : e->op == OP_SET ? USE_WRITE
					    : USE_WRITE | USE_READ);
		walk_expr(w, &e->b);
		return false;
	case EX_INCDEC:
		fx_lvalue(w, e->a, USE_WRITE | USE_READ);
		return false;
	case EX_CALL:
		for (struct ast_func *t = e->func; t; t = t->next_overload)
			fx_call(f->fx, t);
		return true;
	default:
		return true;
	}
}

bool effect_is_add(const struct ast_expr *e)
{
	const struct ast_expr *lv = e->a;

	if (e->kind != EX_INCDEC &&
	    !(e->kind == EX_ASSIGN && (e->op == OP_ADD || e->op == OP_SUB)))
		return false;
	return (lv->kind == EX_NAME || lv->kind == EX_INDEX) && lv->sym &&
	       lv->sym->kind == SYM_GLOBAL && lv->type == TY_LONG;
}

static bool fx_stmt(struct walk *w, struct ast_stmt **ps)
{
	struct fx_walk *f = w->arg;
	struct ast_stmt *s = *ps;
	struct ast_foreach *fe = s->foreach;

	switch (s->kind) {
	case ST_EXPR:
		if (!effect_is_add(s->e))
			return true;
		fx_lvalue(w, s->e->a, USE_ADD);
		if (s->e->kind == EX_ASSIGN)
			walk_expr(w, &s->e->b);
		return false;
	case ST_DELETE:
		fx_lvalue(w, s->e,
			  s->e->sym && (s->e->sym->arity > 0 ||
					s->e->sym->type == TY_STAT)
				  ? USE_DELETE
				  : USE_WRITE);
		return false;
	case ST_TRY:
		fx_use(f->em, f->fx, s->catch_sym, USE_WRITE);
		return true;
	case ST_NEXT:
		if (f->func && f->func->next_overload)
			fx_call(f->fx, f->func->next_overload);
		return true;
	case ST_WHILE:
	case ST_FOR:
		f->fx->loops = true;
		return true;
	case ST_FOREACH:
		f->fx->loops = true;
		fx_use(f->em, f->fx, fe->array_sym,
		       fe->sort ? USE_READ | USE_SORT : USE_READ);
		fx_use(f->em, f->fx, fe->value_sym, USE_WRITE);
		for (size_t i = 0; i < fe->nkeys; i++)
			fx_use(f->em, f->fx, fe->key_syms[i], USE_WRITE);
		return true;
	default:
		return true;
	}
}

/* What C does to globals, it says in comments; STAP_NEXT may be in a macro. */
static void fx_embed(struct em *em, struct effect *fx, const struct ast_func *f)
{
	const struct embed_use *u;

	if (!f->embed)
		return;
	fx->embeds = true;
	vec_foreach(u, &f->embed->uses)
		fx_use(em, fx, u->sym, u->is_write ? USE_WRITE : USE_READ);
	if (f->next_overload)
		fx_call(fx, f->next_overload);
}

static struct effect fx_new(struct em *em)
{
	return (struct effect){
		.calls = arena_array(&em->arena, uint64_t,
				     em->p->funcs.n / 64 + 1),
	};
}

static struct walk fx_start(struct fx_walk *f)
{
	return (struct walk){ fx_expr, fx_stmt, f };
}

/* Add what @t may do to @fx; true when something was new. */
static bool fx_merge(struct em *em, struct effect *fx, const struct effect *t)
{
	bool changed = (t->writes && !fx->writes) || (t->loops && !fx->loops) ||
		       (t->embeds && !fx->embeds);
	const struct effect_use *u;

	vec_foreach(u, &t->uses)
		changed |= fx_add(em, fx, u->index, u->use);
	for (size_t k = 0; k < em->p->funcs.n / 64 + 1; k++) {
		changed |= (t->calls[k] & ~fx->calls[k]) != 0;
		fx->calls[k] |= t->calls[k];
	}
	fx->writes |= t->writes;
	fx->loops |= t->loops;
	fx->embeds |= t->embeds;
	return changed;
}

/** struct fx_calls - what a body calls itself; @next: one to look at, of a walk */
struct fx_calls {
	const uint32_t *v;
	uint32_t n, next;
	bool seen;
};

static struct fx_calls fx_list_calls(struct em *em, const struct effect *fx)
{
	VEC(uint32_t) v = { 0 };
	uint64_t bits;

	for (size_t k = 0; k < em->p->funcs.n / 64 + 1; k++)
		for (bits = fx->calls[k]; bits; bits &= bits - 1)
			vec_apush(&em->arena, &v,
				  (uint32_t)(k * 64) +
					  (uint32_t)__builtin_ctzll(bits));
	return (struct fx_calls){ .v = v.v, .n = (uint32_t)v.n };
}

/* Add what those may do; true when something was new. */
static bool fx_merge_calls(struct em *em, struct effect *fx,
			   const struct fx_calls *calls)
{
	bool changed = false;

	for (size_t i = 0; i < calls->n; i++)
		if (&em->func[calls->v[i]].fx != fx)
			changed |= fx_merge(em, fx, &em->func[calls->v[i]].fx);
	return changed;
}

/* The functions, each behind all that it calls, but in a circle. */
static const uint32_t *fx_order(struct em *em, struct fx_calls *calls)
{
	size_t i, n = 0, depth, nfuncs = em->p->funcs.n;
	uint32_t *order = arena_array(&em->arena, uint32_t, nfuncs + 1);
	uint32_t *stack = arena_array(&em->arena, uint32_t, nfuncs + 1);

	for (i = 0; i < nfuncs; i++) {
		if (calls[i].seen)
			continue;
		calls[i].seen = true;
		stack[0] = (uint32_t)i;
		for (depth = 1; depth;) {
			struct fx_calls *c = &calls[stack[depth - 1]];

			if (c->next == c->n) {
				order[n++] = stack[--depth];
			} else if (!calls[c->v[c->next]].seen) {
				stack[depth] = c->v[c->next];
				calls[stack[depth++]].seen = true;
			} else {
				c->next++;
			}
		}
	}
	return order;
}

static void fx_close(struct em *em, const struct fx_calls *calls,
		     const uint32_t *order)
{
	bool changed = true;
	size_t i;

	while (changed) {
		changed = false;
		for (i = 0; i < em->p->funcs.n; i++)
			changed |= fx_merge_calls(em, &em->func[order[i]].fx,
						  &calls[order[i]]);
	}
}

static void fx_functions(struct em *em)
{
	size_t i, n = em->p->funcs.n;
	struct fx_calls *calls =
		arena_array(&em->arena, struct fx_calls, n + 1);
	const uint32_t *order;

	for (i = 0; i < n; i++) {
		struct ast_func *func = em->p->funcs.v[i];
		struct fx_walk f = { em, &em->func[i].fx, func };
		struct walk w = fx_start(&f);

		em->func[i].fx = fx_new(em);
		walk_stmt(&w, &func->body);
		fx_embed(em, f.fx, func);
		calls[i] = fx_list_calls(em, f.fx);
	}
	order = fx_order(em, calls);
	fx_close(em, calls, order);
	for (i = 0; i < n; i++)
		if (effect_calls(&em->func[i].fx, i))
			em->func[i].fx.loops = true;
	/* a caller of a recursive function loops too */
	fx_close(em, calls, order);
}

/* What the functions that @fx calls may do is known by now. */
static void fx_add_calls(struct em *em, struct effect *fx)
{
	const struct fx_calls calls = fx_list_calls(em, fx);

	fx_merge_calls(em, fx, &calls);
}

/* The condition of a probe that is put in place only while it holds. */
static void fx_cond(struct em *em, size_t i)
{
	struct dprobe *p = em->p->probes.v[i];
	struct fx_walk f = { em, &em->cond[i], NULL };
	struct walk w = fx_start(&f);
	const struct effect_use *u;

	em->switches = true;
	em->cond[i] = fx_new(em);
	walk_expr(&w, &p->cond);
	vec_foreach(u, &em->cond[i].uses)
		em->in_cond[u->index] = true;
}

bool effect_switches(struct em *em, const struct effect *fx)
{
	const struct effect_use *u;

	vec_foreach(u, &fx->uses)
		if (em->in_cond[u->index] &&
		    u->use & (USE_WRITE | USE_ADD | USE_FEED | USE_DELETE))
			return true;
	return false;
}

void effect_compute(struct em *em)
{
	const struct effect none = fx_new(em); /* shared: nobody adds to it */

	fx_functions(em);
	for (size_t i = 0; i < em->p->probes.n; i++) {
		struct dprobe *p = em->p->probes.v[i];
		struct fx_walk f = { em, &em->handler[i], NULL };
		struct walk w = fx_start(&f);

		em->handler[i] = fx_new(em);
		walk_expr(&w, &p->cond);
		walk_stmt(&w, &p->body);
		fx_add_calls(em, &em->handler[i]);
		em->cond[i] = none;
		if (p->cond && p->kind->flags & KIND_SWITCHED)
			fx_cond(em, i);
		em->entry[i] = none;
		if (!p->saved.n)
			continue;
		f.fx = &em->entry[i];
		em->entry[i] = fx_new(em);
		for (size_t k = 0; k < p->saved.n; k++)
			walk_expr(&w, &p->saved.v[k].e);
		fx_add_calls(em, &em->entry[i]);
	}
}

static bool count_stmt(struct walk *w, struct ast_stmt **ps)
{
	size_t *n = w->arg;

	*n += (*ps)->kind != ST_BLOCK && (*ps)->kind != ST_EMPTY;
	return true;
}

size_t effect_statements(struct em *em)
{
	size_t n = 0;
	struct walk w = { NULL, count_stmt, &n };

	for (size_t i = 0; i < em->p->funcs.n; i++)
		walk_stmt(&w, &em->p->funcs.v[i]->body);
	for (size_t i = 0; i < em->p->probes.n; i++)
		walk_stmt(&w, &em->p->probes.v[i]->body);
	return n;
}

/* ---- questions about one expression ------------------------------------------- */

struct fx_ask {
	struct em *em;
	const struct sym *sym;
	bool yes;
};

static bool ask_writes(struct walk *w, struct ast_expr **pe)
{
	struct fx_ask *q = w->arg;
	struct ast_expr *e = *pe;

	if (e->kind == EX_ASSIGN || e->kind == EX_INCDEC)
		q->yes = true;
	for (struct ast_func *t = e->kind == EX_CALL ? e->func : NULL; t;
	     t = t->next_overload)
		q->yes |= q->em->func[t->index].fx.writes;
	return !q->yes;
}

bool effect_writes(struct em *em, struct ast_expr *e)
{
	struct fx_ask q = { em, NULL, false };
	struct walk w = { ask_writes, NULL, &q };

	walk_expr(&w, &e);
	return q.yes;
}

static bool ask_mentions(struct walk *w, struct ast_expr **pe)
{
	struct fx_ask *q = w->arg;

	if ((*pe)->sym == q->sym)
		q->yes = true;
	return !q->yes;
}

bool effect_mentions(struct ast_expr *e, const struct sym *sym)
{
	struct fx_ask q = { NULL, sym, false };
	struct walk w = { ask_mentions, NULL, &q };

	walk_expr(&w, &e);
	return q.yes;
}

struct assigned {
	const struct sym *sym;
	bool yes;
};

static bool assigned_expr(struct walk *w, struct ast_expr **pe)
{
	struct assigned *q = w->arg;
	struct ast_expr *e = *pe;

	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) &&
	    e->a->sym == q->sym)
		q->yes = true;
	return !q->yes;
}

static bool assigned_stmt(struct walk *w, struct ast_stmt **ps)
{
	struct assigned *q = w->arg;
	struct ast_stmt *s = *ps;

	if (s->kind == ST_DELETE && s->e->sym == q->sym)
		q->yes = true;
	if (s->kind == ST_TRY && s->catch_sym == q->sym)
		q->yes = true;
	if (s->kind == ST_FOREACH) {
		q->yes |= s->foreach->value_sym == q->sym;
		for (size_t i = 0; i < s->foreach->nkeys; i++)
			q->yes |= s->foreach->key_syms[i] == q->sym;
	}
	return !q->yes;
}

bool effect_assigns(struct ast_stmt *s, const struct sym *sym)
{
	struct assigned q = { sym, false };
	struct walk w = { assigned_expr, assigned_stmt, &q };

	walk_stmt(&w, &s);
	return q.yes;
}

bool effect_same(const struct ast_expr *x, const struct ast_expr *y)
{
	if (x->kind != y->kind || x->nargs != y->nargs)
		return false;
	switch (x->kind) {
	case EX_NUMBER:
		return x->num == y->num;
	case EX_STRING:
		return !strcmp(x->str, y->str);
	case EX_NAME:
		return x->sym == y->sym;
	case EX_INDEX:
		if (x->sym != y->sym)
			return false;
		for (size_t i = 0; i < x->nargs; i++)
			if (!x->args[i] || !y->args[i] ||
			    !effect_same(x->args[i], y->args[i]))
				return false;
		return true;
	default:
		return false;
	}
}

bool effect_locks(struct em *em, const struct effect *fx)
{
	const struct effect_use *u;

	vec_foreach(u, &fx->uses)
		if (lock_mode(em, u->index, u->use))
			return true;
	return false;
}

static struct effect fx_of_stmt(struct em *em, struct ast_stmt *s)
{
	struct effect fx = fx_new(em);
	struct fx_walk f = { em, &fx, em->fn ? em->fn->func : NULL };
	struct walk w = fx_start(&f);

	walk_stmt(&w, &s);
	fx_add_calls(em, &fx);
	return fx;
}

bool effect_sorts(struct em *em, struct ast_stmt *s, const struct sym *sym)
{
	const struct effect fx = fx_of_stmt(em, s);
	uint32_t g = (uint32_t)sym->index;
	size_t i = fx_find(&fx, g);

	return fx_has(&fx, i, g) && fx.uses.v[i].use & USE_SORT;
}

bool effect_locks_stmt(struct em *em, struct ast_stmt *s)
{
	struct effect fx = fx_of_stmt(em, s);

	return effect_locks(em, &fx);
}

bool effect_locks_expr(struct em *em, struct ast_expr *e)
{
	struct effect fx = fx_new(em);
	struct fx_walk f = { em, &fx, em->fn ? em->fn->func : NULL };
	struct walk w = fx_start(&f);

	walk_expr(&w, &e);
	fx_add_calls(em, &fx);
	return effect_locks(em, &fx);
}
