// SPDX-License-Identifier: GPL-2.0-only
/* What must hold once every name is bound and every type known. */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <string.h>

/* Arrays written by one function, itself or through calls: a bit a global. */
struct wset {
	uint64_t *bit;
};

struct check {
	struct walk w;
	struct sema *sm;
	size_t words;
	struct wset *func; /* by function index */
	unsigned int loops;
	bool cond;		       /* inside a probe condition */
	const struct ast_expr *effect; /* whose value nobody uses */
};

static void check_stmt(struct check *c, struct ast_stmt *s);

/* ---- write sets ---------------------------------------------------------- */

/**
 * struct collect - what is written by one body
 * @watch: a global, or -1; @first: what writes it first, or NULL
 */
struct collect {
	struct walk w;
	struct check *c;
	uint64_t *bit;
	int watch;
	const struct span *first;
};

static void bit_set(uint64_t *b, int i)
{
	b[i / 64] |= 1ULL << (i % 64);
}

static bool bit_test(const uint64_t *b, int i)
{
	return b[i / 64] >> (i % 64) & 1;
}

static void collect_sym(struct collect *k, const struct ast_expr *e)
{
	const struct sym *s = e->sym;

	if (!s || s->kind != SYM_GLOBAL || s->index < 0)
		return;
	bit_set(k->bit, s->index);
	if (s->index == k->watch && !k->first)
		k->first = &e->at;
}

static void collect_call(struct collect *k, const struct ast_expr *e)
{
	const uint64_t *bit = k->c->func[e->func->index].bit;
	size_t i;

	for (i = 0; i < k->c->words; i++)
		k->bit[i] |= bit[i];
	if (k->watch >= 0 && bit_test(bit, k->watch) && !k->first)
		k->first = &e->at;
}

static bool collect_expr(struct walk *w, struct ast_expr **ep)
{
	struct collect *k = w->arg;
	const struct ast_expr *e = *ep;

	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) && e->a)
		collect_sym(k, e->a);
	if (e->kind == EX_CALL && e->func)
		collect_call(k, e);
	return true;
}

static bool collect_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct collect *k = w->arg;
	const struct ast_stmt *s = *sp;

	if (s->kind == ST_DELETE && s->e)
		collect_sym(k, s->e);
	return true;
}

/* Returns where @s first writes the global @watch, or NULL. */
static const struct span *collect_writes(struct check *c, struct ast_stmt *s,
					 uint64_t *bit, int watch)
{
	struct collect k = { .w = { collect_expr, collect_stmt, NULL },
			     .c = c,
			     .bit = bit,
			     .watch = watch };

	k.w.arg = &k;
	walk_stmt(&k.w, &s);
	return k.first;
}

static void collect_embed(const struct ast_func *f, uint64_t *bit)
{
	const struct embed_use *u;

	if (!f->embed)
		return;
	vec_foreach(u, &f->embed->uses)
		if (u->is_write && u->sym && u->sym->index >= 0)
			bit_set(bit, u->sym->index);
}

/* A fixpoint, since functions may call each other in a circle. */
static void collect_functions(struct check *c)
{
	struct sema *sm = c->sm;
	bool changed = true;
	size_t i;

	c->words = sm->prog->globals.n / 64 + 1;
	c->func = arena_array(sm->a, struct wset, sm->funcs.n + 1);
	for (i = 0; i < sm->funcs.n; i++)
		c->func[i].bit = arena_array(sm->a, uint64_t, c->words);
	while (changed) {
		changed = false;
		for (i = 0; i < sm->funcs.n; i++) {
			size_t n = c->words * sizeof(uint64_t);
			uint64_t *was = arena_memdup(sm->a, c->func[i].bit, n);
			struct ast_func *f = sm->funcs.v[i]->f;

			collect_writes(c, f->body, c->func[i].bit, -1);
			collect_embed(f, c->func[i].bit);
			if (f->next_overload && f->next_overload->index >= 0) {
				const uint64_t *o =
					c->func[f->next_overload->index].bit;
				size_t j;

				for (j = 0; j < c->words; j++)
					c->func[i].bit[j] |= o[j];
			}
			changed |= memcmp(was, c->func[i].bit, n) != 0;
		}
	}
}

/* ---- expressions --------------------------------------------------------- */

static void check_lvalue(struct check *c, const struct ast_expr *e)
{
	struct ast_expr *l = e->a;
	size_t i;

	if (!l)
		return;
	if (l->kind != EX_NAME && l->kind != EX_INDEX) {
		diag_error(c->sm->d, &l->at, DIAG_LVALUE,
			   "expecting lvalue for %s",
			   e->kind == EX_INCDEC ? "++ or --" : "assignment");
		return;
	}
	if (c->cond)
		diag_error(c->sm->d, &e->at, DIAG_CONDITION,
			   "probe condition must not modify any variables");
	if (!l->sym)
		return;
	l->sym->is_written = true;
	if (e->kind == EX_ASSIGN && e->op == OP_FEED)
		l->sym->is_fed = true;
	else if (e != c->effect && !(e->kind == EX_ASSIGN && e->op == OP_SET))
		l->sym->is_read = true;
	/* The keys are read; the element itself was handled here. */
	for (i = 0; i < l->nargs; i++) {
		if (l->args[i])
			walk_expr(&c->w, &l->args[i]);
		else
			diag_error(c->sm->d, &l->at, DIAG_WILDCARD_INDEX,
				   "wildcard not allowed in array index");
	}
}

static bool hist_is_sane(struct check *c, const struct ast_expr *e)
{
	const struct taprt_hist *h = &e->hist;
	int64_t max = c->sm->s->limits.max_buckets - 2;

	if (h->kind != TAPRT_HIST_LINEAR)
		return true;
	if (h->step <= 0 || h->hi <= h->lo) {
		diag_error(c->sm->d, &e->at, DIAG_BAD_HIST,
			   "bad @hist_linear: the upper bound must be above "
			   "the lower one and the step above 0");
		return false;
	}
	if (((uint64_t)h->hi - (uint64_t)h->lo) / (uint64_t)h->step >=
	    (uint64_t)max) {
		diag_error(c->sm->d, &e->at, DIAG_BAD_HIST,
			   "bad @hist_linear: more than %lld buckets, use a "
			   "larger step or -DSTP_MAX_BUCKETS=N",
			   (long long)max);
		return false;
	}
	return true;
}

/* Member by member: the bytes between them are anything. */
static bool same_hist(const struct taprt_hist *x, const struct taprt_hist *y)
{
	return x->kind == y->kind && x->lo == y->lo && x->hi == y->hi &&
	       x->step == y->step;
}

/* A statistic has one histogram, since it is filled as values arrive. */
static void check_hist(struct check *c, struct ast_expr *e)
{
	struct sym *s = e->a ? e->a->sym : NULL;

	if (!s || !hist_is_sane(c, e))
		return;
	s->is_read = true;
	if (s->hist.kind == TAPRT_HIST_NONE) {
		s->hist = e->hist;
		s->type_at = e->at;
	} else if (!same_hist(&s->hist, &e->hist)) {
		diag_error(c->sm->d, &e->at, DIAG_HIST_CONFLICT,
			   "multiple histogram types declared on '%s'",
			   s->name);
		diag_note(c->sm->d, &s->type_at, "the first one is here");
	}
	walk_children(&c->w, e);
}

/* Variance is taken as values arrive too, so there is one shift. */
static void check_variance(struct check *c, const struct ast_expr *e,
			   struct sym *s)
{
	if (e->num < 0 || e->num > 62) {
		diag_error(c->sm->d, &e->at, DIAG_SHIFT_RANGE,
			   "bit shift (%lld) out of range <0..62>",
			   (long long)e->num);
		return;
	}
	if (s->keep & TAPRT_KEEP_VARIANCE && s->shift != e->num) {
		diag_error(c->sm->d, &e->at, DIAG_SHIFT_CONFLICT,
			   "conflicting bit shifts declared (previously %u)",
			   s->shift);
		diag_note(c->sm->d, &s->shift_at, "the first one is here");
		return;
	}
	if (!(s->keep & TAPRT_KEEP_VARIANCE))
		s->shift_at = e->at;
	s->shift = (uint8_t)e->num;
	s->keep |= TAPRT_KEEP_VARIANCE;
}

static void check_statop(struct check *c, const struct ast_expr *e)
{
	struct sym *s = e->a ? e->a->sym : NULL;

	if (!s)
		return;
	if (e->statop == ST_MIN || e->statop == ST_MAX)
		s->keep |= TAPRT_KEEP_MINMAX;
	else if (e->statop == ST_VARIANCE)
		check_variance(c, e, s);
}

static void check_print(struct check *c, struct ast_expr *e)
{
	size_t i;

	for (i = 0; i < e->nargs; i++) {
		struct ast_expr *x = e->args[i];

		if (x->kind == EX_HIST && (e->print->kind == PR_PRINT ||
					   e->print->kind == PR_PRINTLN))
			check_hist(c, x);
		else
			walk_expr(&c->w, &e->args[i]);
	}
	if (e->nargs > 32)
		diag_error(c->sm->d, &e->at, DIAG_PRINT_ARGS,
			   "too many arguments to print: %zu, at most 32",
			   e->nargs);
}

static void check_keys(struct check *c, struct ast_expr *e, bool wildcard_ok)
{
	size_t i;

	for (i = 0; i < e->nargs; i++)
		if (!e->args[i] && !wildcard_ok) {
			diag_error(c->sm->d, &e->at, DIAG_WILDCARD_INDEX,
				   "wildcard not allowed in array index");
			return;
		}
}

static bool check_expr(struct walk *w, struct ast_expr **ep)
{
	struct check *c = w->arg;
	struct ast_expr *e = *ep;

	switch (e->kind) {
	case EX_ASSIGN:
		check_lvalue(c, e);
		walk_expr(w, &e->b);
		return false;
	case EX_INCDEC:
		check_lvalue(c, e);
		return false;
	case EX_NAME:
	case EX_INDEX:
	case EX_IN:
		if (e->kind == EX_IN && e->a) {
			check_hist(c, e->a);
			check_keys(c, e, false);
			for (size_t i = 0; i < e->nargs; i++)
				walk_expr(w, &e->args[i]);
			return false;
		}
		if (e->sym)
			e->sym->is_read = true;
		check_keys(c, e, e->kind == EX_IN);
		return true;
	case EX_CALL:
		sema_check_guru(c->sm, e);
		if (c->cond)
			diag_error(c->sm->d, &e->at, DIAG_CONDITION,
				   "probe condition must not reference "
				   "function '%s'",
				   e->name);
		return true;
	case EX_PRINT:
		check_print(c, e);
		return false;
	case EX_HIST:
		diag_error(c->sm->d, &e->at, DIAG_HIST_VALUE,
			   "base histogram operator where expression "
			   "expected: print it, index it, or use foreach");
		return false;
	case EX_HISTIDX:
		check_hist(c, e->a);
		walk_expr(w, &e->b);
		return false;
	case EX_STATOP:
		check_statop(c, e);
		return true;
	case EX_ATOP:
		diag_error(c->sm->d, &e->at, DIAG_UNSUPPORTED,
			   "%s is not supported yet", e->name);
		return false;
	default:
		return true;
	}
}

/* ---- statements ---------------------------------------------------------- */

/* The array of a foreach: what it is sorted by, and that it stays as it is. */
static void check_iterated(struct check *c, struct ast_stmt *s, struct sym *a)
{
	const struct ast_foreach *f = s->foreach;
	const struct span *write;

	a->is_read = true;
	if (f->sort == TAPRT_SORT_MIN || f->sort == TAPRT_SORT_MAX)
		a->keep |= TAPRT_KEEP_MINMAX;
	if (f->sort >= TAPRT_SORT_COUNT &&
	    (a->type == TY_LONG || a->type == TY_STRING))
		diag_error(c->sm->d, &f->array_at, DIAG_TYPE_MISMATCH,
			   "type mismatch: expected stats but found %s: only "
			   "statistics are sorted by an extractor",
			   ty_name(a->type));
	write = collect_writes(c, s->then,
			       arena_array(c->sm->a, uint64_t, c->words),
			       a->index);
	if (write)
		diag_error(c->sm->d, write, DIAG_FOREACH_WRITE,
			   "variable '%s' modified during 'foreach' iteration",
			   a->name);
}

/* Over buckets: their numbers in their order, whatever is counted in them. */
static void check_buckets(struct check *c, const struct ast_foreach *f)
{
	check_hist(c, f->hist);
	if (f->nkeys != 1)
		diag_error(c->sm->d, &f->key_spans[1], DIAG_ARITY_CONFLICT,
			   "inconsistent arity (%zu vs 1): a bucket has one "
			   "number",
			   f->nkeys);
	if (f->sort)
		diag_warn(c->sm->d, &f->array_at, DIAG_UNUSED,
			  "the buckets of a histogram are not sorted: this "
			  "sort directive does nothing");
}

static void check_foreach(struct check *c, struct ast_stmt *s)
{
	struct ast_foreach *f = s->foreach;
	size_t i;

	if (f->hist)
		check_buckets(c, f);
	for (i = 0; i < f->nslice; i++)
		walk_expr(&c->w, &f->slice[i]);
	walk_expr(&c->w, &f->limit);
	for (i = 0; i < f->nkeys; i++)
		if (f->key_syms && f->key_syms[i])
			f->key_syms[i]->is_written = true;
	if (f->value_sym)
		f->value_sym->is_written = true;
	if (f->array_sym)
		check_iterated(c, s, f->array_sym);
	c->loops++;
	check_stmt(c, s->then);
	c->loops--;
}

static void check_delete(struct check *c, struct ast_expr *e)
{
	size_t i;

	if (e->kind != EX_NAME && e->kind != EX_INDEX) {
		diag_error(c->sm->d, &e->at, DIAG_DELETE_OPERAND,
			   e->kind == EX_HISTIDX
				   ? "cannot delete histogram bucket entries"
				   : "invalid operand of delete expression");
		return;
	}
	if (e->sym)
		e->sym->is_written = true;
	for (i = 0; i < e->nargs; i++)
		walk_expr(&c->w, &e->args[i]);
}

static void check_loop(struct check *c, struct ast_stmt *s)
{
	walk_expr(&c->w, &s->init);
	walk_expr(&c->w, &s->e);
	walk_expr(&c->w, &s->step);
	c->loops++;
	check_stmt(c, s->then);
	c->loops--;
}

static void check_stmt(struct check *c, struct ast_stmt *s)
{
	size_t i;

	if (!s)
		return;
	switch (s->kind) {
	case ST_FOREACH:
		check_foreach(c, s);
		return;
	case ST_WHILE:
	case ST_FOR:
		check_loop(c, s);
		return;
	case ST_DELETE:
		check_delete(c, s->e);
		return;
	case ST_BREAK:
	case ST_CONTINUE:
		if (!c->loops)
			diag_error(c->sm->d, &s->at, DIAG_LOOP_CONTEXT,
				   "found '%s' outside of a loop",
				   s->kind == ST_BREAK ? "break" : "continue");
		return;
	case ST_TRY:
		if (s->catch_sym)
			s->catch_sym->is_written = true;
		break;
	default:
		break;
	}
	c->effect = s->kind == ST_EXPR ? s->e : NULL;
	walk_expr(&c->w, &s->e);
	c->effect = NULL;
	for (i = 0; i < s->nbody; i++)
		check_stmt(c, s->body[i]);
	check_stmt(c, s->then);
	check_stmt(c, s->otherwise);
}

/* ---- declarations -------------------------------------------------------- */

static void check_globals(struct sema *sm)
{
	struct sym **s;

	vec_foreach(s, &sm->prog->globals) {
		const struct sym *g = *s;

		if (g->arity == 0 && g->wrap)
			diag_error(sm->d, &g->at, DIAG_WRAP_SCALAR,
				   "wrapping not supported for scalars: '%s' "
				   "is used as one",
				   g->name);
		else if (g->arity == 0 && g->max_entries)
			diag_error(sm->d, &g->at, DIAG_WRAP_SCALAR,
				   "'%s' has a size but is used as a scalar",
				   g->name);
		if (g->arity > TAPRT_MAXKEYS)
			diag_error(sm->d, &g->at, DIAG_ARRAY_KEYS,
				   "'%s' has %d indexes, at most %d are "
				   "possible",
				   g->name, g->arity, TAPRT_MAXKEYS);
	}
}

void sema_check(struct sema *sm)
{
	struct check c = { .w = { .expr = check_expr }, .sm = sm };
	struct handler **h;
	size_t i;

	c.w.arg = &c;
	collect_functions(&c);
	vec_foreach(h, &sm->handlers) {
		struct saved *sv;

		c.cond = true;
		walk_expr(&c.w, &(*h)->p->cond);
		c.cond = false;
		vec_foreach(sv, &(*h)->p->saved)
			walk_expr(&c.w, &sv->e);
		check_stmt(&c, (*h)->p->body);
	}
	for (i = 0; i < sm->funcs.n; i++) {
		struct ast_func *f = sm->funcs.v[i]->f;

		if (f->embed)
			sema_check_embed(sm, f);
		check_stmt(&c, f->body);
	}
	check_globals(sm);
}
