// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the silent rounds of inference look at, and in which order.
 *
 * A round looks at functions, then at handlers: what a function does with its
 * parameters says more than one call.  Functions go both ways in turn, so that long
 * chains take few rounds.  The order shows: the first place that decides a type is
 * named in errors.  So a round skips what would find nothing new, and only that: a
 * statement is looked at again when something it depends on has changed since, in
 * this round if its turn is still to come, else in the next.
 */
#include "build/sema/infer.h"

#include "build/base/arena.h"
#include "build/sema/tree.h"

/**
 * struct unit - what is looked at as a whole
 * @s: a statement without those in it, or NULL
 * @e: an expression that must be a @want, or NULL
 * @sv: the snapshot that @e is, or NULL
 * @fi: the function it is in; without @s: its overloads
 * @p: the probe it is in
 */
struct unit {
	struct ast_stmt *s;
	struct ast_expr *e;
	enum ty want;
	struct saved *sv;
	struct func_info *fi;
	struct dprobe *p;
};

/**
 * struct infer_users - units that depend on one variable, function or snapshot
 * @of: the run it belongs to: an earlier one left its own behind
 * @is_assigned: a local that is given a value
 */
struct infer_users {
	const struct infer_work *of;
	VEC(uint32_t) units;
	bool is_assigned;
};

/** struct turns - a set of turns; @some has a bit for each word of @v with any */
struct turns {
	uint64_t *v, *some;
	size_t nsome;
};

/**
 * struct infer_work - all units, in the order of a round that goes forward
 * @turn: by unit: when a backward round gets to it
 * @unit: by turn: the unit a backward round looks at
 * @due: of this round, and of the next: @now says which is which
 * @at: the turn this round is at; NOT_IN_ROUND between rounds
 * @backward: this round, and odd ones, go through functions backward
 */
struct infer_work {
	struct infer *in;
	VEC(struct unit) units;
	uint32_t *turn, *unit;
	struct turns due[2];
	unsigned int now;
	size_t at;
	/* while units are made: */
	bool in_saved;
};

#define NOT_IN_ROUND SIZE_MAX

/* ---- sets of turns ------------------------------------------------------- */

static struct turns turns_new(size_t n)
{
	size_t words = n / 64 + 1, nsome = words / 64 + 1;

	return (struct turns){ .v = xcalloc(words, sizeof(uint64_t)),
			       .some = xcalloc(nsome, sizeof(uint64_t)),
			       .nsome = nsome };
}

static void turns_free(struct turns *t)
{
	free(t->v);
	free(t->some);
}

static void turns_add(struct turns *t, size_t i)
{
	t->v[i / 64] |= 1ull << i % 64;
	t->some[i / 4096] |= 1ull << i / 64 % 64;
}

/* Take out the first, into @i. */
static bool turns_take(struct turns *t, size_t *i)
{
	size_t k, word;

	for (k = 0; k < t->nsome && !t->some[k]; k++)
		;
	if (k == t->nsome)
		return false;
	word = k * 64 + (size_t)__builtin_ctzll(t->some[k]);
	*i = word * 64 + (size_t)__builtin_ctzll(t->v[word]);
	t->v[word] &= t->v[word] - 1;
	if (!t->v[word])
		t->some[k] &= t->some[k] - 1;
	return true;
}

/* ---- who depends on what ------------------------------------------------- */

static struct infer_users *users_of(struct infer_work *k,
				    struct infer_users **u)
{
	if (!*u || (*u)->of != k) {
		*u = arena_new(k->in->sm->a, struct infer_users);
		(*u)->of = k;
	}
	return *u;
}

/* The last unit depends on what @slot is of. */
static void depends(struct infer_work *k, struct infer_users **slot)
{
	struct infer_users *u = users_of(k, slot);
	uint32_t unit = (uint32_t)k->units.n - 1;

	if (!u->units.n || u->units.v[u->units.n - 1] != unit)
		vec_apush(k->in->sm->a, &u->units, unit);
}

static void depends_sym(struct infer_work *k, struct sym *s)
{
	if (s)
		depends(k, &s->users);
}

static void depends_func(struct infer_work *k, struct ast_func *f)
{
	size_t i;

	depends(k, &f->users);
	for (i = 0; i < f->nparams; i++)
		depends_sym(k, f->params[i]);
}

static void depends_saved(struct infer_work *k, struct walk *w, int64_t num)
{
	const struct dprobe *p = k->units.v[k->units.n - 1].p;
	bool outer = k->in_saved;

	if (!p || (size_t)num >= p->saved.n)
		return;
	depends(k, &p->saved.v[num].users);
	k->in_saved = true;
	walk_expr(w, &p->saved.v[num].e);
	k->in_saved = outer;
}

static bool depends_expr(struct walk *w, struct ast_expr **ep)
{
	struct infer_work *k = w->arg;
	struct ast_expr *e = *ep;

	depends_sym(k, e->sym);
	if (e->kind == EX_CALL && e->func)
		depends_func(k, e->func);
	if (e->kind == EX_SAVED)
		depends_saved(k, w, e->num);
	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) && e->a &&
	    e->a->sym && !k->in_saved)
		users_of(k, &e->a->sym->users)->is_assigned = true;
	return true;
}

static void depends_foreach(struct infer_work *k, struct walk *w,
			    struct ast_foreach *f)
{
	size_t i;

	depends_sym(k, f->array_sym);
	depends_sym(k, f->value_sym);
	for (i = 0; i < f->nkeys; i++)
		depends_sym(k, f->key_syms[i]);
	walk_expr(w, &f->hist);
	for (i = 0; i < f->nslice; i++)
		walk_expr(w, &f->slice[i]);
	walk_expr(w, &f->limit);
}

/* ---- making units -------------------------------------------------------- */

static bool add_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct infer_work *k = w->arg;
	struct walk exprs = { .expr = depends_expr, .arg = k };
	struct ast_stmt *s = *sp;

	if (s->kind == ST_BLOCK || s->kind == ST_EMPTY)
		return true;
	vec_push(&k->units,
		 (struct unit){ .s = s, .fi = k->in->fi, .p = k->in->p });
	walk_expr(&exprs, &s->init);
	walk_expr(&exprs, &s->e);
	walk_expr(&exprs, &s->step);
	depends_sym(k, s->catch_sym);
	if (s->foreach)
		depends_foreach(k, &exprs, s->foreach);
	if (s->kind == ST_RETURN && k->in->fi)
		depends(k, &k->in->fi->f->users);
	return true;
}

static bool add_no_expr(struct walk *w, struct ast_expr **e)
{
	(void)w;
	(void)e;
	return false;
}

static void add_body(struct infer_work *k, struct ast_stmt **s)
{
	struct walk w = { add_no_expr, add_stmt, k };

	walk_stmt(&w, s);
}

static void add_func(struct infer_work *k, struct func_info *fi)
{
	k->in->fi = fi;
	add_body(k, &fi->f->body);
	if (fi->f->next_overload) {
		vec_push(&k->units, (struct unit){ .fi = fi });
		depends_func(k, fi->f);
		depends_func(k, fi->f->next_overload);
	}
	k->in->fi = NULL;
}

static void add_expr(struct infer_work *k, struct ast_expr *e, enum ty want,
		     struct saved *sv)
{
	struct walk exprs = { .expr = depends_expr, .arg = k };

	if (!e)
		return;
	vec_push(
		&k->units,
		(struct unit){ .e = e, .want = want, .sv = sv, .p = k->in->p });
	k->in_saved = true;
	walk_expr(&exprs, &e);
	k->in_saved = false;
	if (sv)
		depends(k, &sv->users);
}

static void add_handler(struct infer_work *k, struct dprobe *p)
{
	struct saved *sv;

	k->in->p = p;
	add_expr(k, p->cond, TY_LONG, NULL);
	vec_foreach(sv, &p->saved)
		add_expr(k, sv->e, TY_UNKNOWN, sv);
	add_body(k, &p->body);
	k->in->p = NULL;
}

/* Backward rounds take functions from the last, each from its beginning. */
static void number_backward(struct infer_work *k)
{
	size_t i, from, to, turn = 0;

	k->turn = xcalloc(k->units.n + 1, sizeof(*k->turn));
	k->unit = xcalloc(k->units.n + 1, sizeof(*k->unit));
	for (to = 0; to < k->units.n && k->units.v[to].fi; to++)
		;
	for (; to; to = from) {
		for (from = to - 1;
		     from && k->units.v[from - 1].fi == k->units.v[from].fi;)
			from--;
		for (i = from; i < to; i++)
			k->turn[i] = (uint32_t)turn++;
	}
	for (; turn < k->units.n; turn++)
		k->turn[turn] = (uint32_t)turn;
	for (i = 0; i < k->units.n; i++)
		k->unit[k->turn[i]] = (uint32_t)i;
}

void infer_work_start(struct infer *in)
{
	struct infer_work *k = arena_new(in->sm->a, struct infer_work);
	struct func_info **fi;
	struct handler **h;
	size_t i;

	k->in = in;
	k->at = NOT_IN_ROUND;
	k->now = 1;
	vec_foreach(fi, &in->sm->funcs)
		add_func(k, *fi);
	vec_foreach(h, &in->sm->handlers)
		add_handler(k, (*h)->p);
	number_backward(k);
	for (i = 0; i < 2; i++)
		k->due[i] = turns_new(k->units.n);
	for (i = 0; i < k->units.n; i++)
		turns_add(&k->due[0], i);
	in->work = k;
}

void infer_work_end(struct infer *in)
{
	struct infer_work *k = in->work;

	turns_free(&k->due[0]);
	turns_free(&k->due[1]);
	free(k->turn);
	free(k->unit);
	vec_deinit(&k->units);
	in->work = NULL;
}

/* ---- rounds -------------------------------------------------------------- */

/* When rounds of parity @odd get to @unit. */
static size_t turn_of(const struct infer_work *k, unsigned int odd, size_t unit)
{
	return odd ? k->turn[unit] : unit;
}

static void make_due(struct infer_work *k, size_t unit)
{
	size_t turn = turn_of(k, k->now, unit);

	if (k->at != NOT_IN_ROUND && turn > k->at)
		turns_add(&k->due[k->now], turn);
	else
		turns_add(&k->due[!k->now], turn_of(k, !k->now, unit));
}

void infer_changed(struct infer *in, const struct infer_users *u)
{
	size_t i;

	in->changed = true;
	if (!u || u->of != in->work)
		return;
	for (i = 0; i < u->units.n; i++)
		make_due(in->work, u->units.v[i]);
}

bool infer_is_assigned(const struct infer *in, const struct sym *s)
{
	return s->users && s->users->of == in->work && s->users->is_assigned;
}

static void look_at(struct infer *in, const struct unit *u)
{
	in->fi = u->fi;
	in->p = u->p;
	in->saved = u->sv;
	if (u->s)
		infer_stmt(in, u->s);
	else if (u->e)
		infer_need(in, u->e, u->want);
	else
		infer_overload(in, u->fi->f);
	in->saved = NULL;
	in->p = NULL;
	in->fi = NULL;
}

void infer_work_round(struct infer *in)
{
	struct infer_work *k = in->work;
	bool any = false;

	k->now = !k->now;
	while (turns_take(&k->due[k->now], &k->at)) {
		size_t unit = k->now ? k->unit[k->at] : k->at;

		in->changed = false;
		look_at(in, &k->units.v[unit]);
		if (in->changed) /* what it found may tell it more */
			make_due(k, unit);
		any |= in->changed;
	}
	k->at = NOT_IN_ROUND;
	in->changed = any;
}
