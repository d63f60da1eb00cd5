// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that has no effect is dropped: values nobody reads, expressions without
 * side effects, handlers with nothing left in them.
 *
 * Aliases compute many variables of which a script uses few; this is what makes
 * them cost nothing.  User code gets a warning for each thing dropped.
 */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/families/family.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"
#include "build/session.h"

#include <string.h>

/* How often a local of the body being looked at is read or given a value. */
struct use {
	unsigned int reads, writes;
};

/**
 * struct opt - one body
 * @use: by index in the body's list of locals
 * @in_library: the function being looked at is of the tapset
 * @is_pure: by function index: calling it has no effect but its value
 */
struct opt {
	struct walk w;
	struct sema *sm;
	struct use *use;
	size_t nuse;
	bool *is_pure;
	bool in_library;
	bool keeps_groups; /* a =~ has an effect */
	bool changed, found;
	bool is_alias;	       /* looking at a part that an alias brought in */
	unsigned int nsimilar; /* warnings that suggest names */
	unsigned int delta;    /* what a read counts: 1, or -1 to take back */
	VEC(int) zeros;	       /* locals whose last read was taken back */
};

/* Only about what the user wrote in a probe or function, and only once. */
static bool may_warn(struct opt *o, const struct span *at)
{
	const char *key;

	if (!at->src || at->src->is_library || o->is_alias)
		return false;
	key = arena_printf(o->sm->a, "%p:%u", (void *)at->src, at->off);
	return !map_put(&o->sm->warned, key, o);
}

/* ---- purity -------------------------------------------------------------- */

static bool is_global(const struct ast_expr *e)
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

	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) && !is_global(e->a))
		return true;
	return impure_expr(w, ep);
}

static bool impure_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	const struct ast_stmt *s = *sp;
	size_t i;

	if (s->kind == ST_DELETE)
		o->found |= is_global(s->e);
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

static bool is_pure_expr(struct opt *o, struct ast_expr *e)
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

static void find_pure_functions(struct opt *o)
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

/* ---- uses of locals ------------------------------------------------------ */

static struct use *use_of(struct opt *o, const struct sym *s)
{
	if (!s || s->kind != SYM_LOCAL || (size_t)s->index >= o->nuse)
		return NULL;
	return &o->use[s->index];
}

static void count_write(struct opt *o, const struct sym *s)
{
	struct use *u = use_of(o, s);

	if (u)
		u->writes++;
}

static bool count_expr(struct walk *w, struct ast_expr **ep)
{
	struct opt *o = w->arg;
	struct ast_expr *e = *ep;
	struct use *u;

	if (e->kind == EX_ASSIGN || e->kind == EX_INCDEC) {
		count_write(o, e->a->sym);
		/* "x = v" does not read x; its value is that of v. */
		if (e->a->kind == EX_NAME && e->op == OP_SET &&
		    e->kind == EX_ASSIGN) {
			walk_expr(w, &e->b);
			return false;
		}
	}
	u = e->kind == EX_NAME ? use_of(o, e->sym) : NULL;
	if (u && !(u->reads += o->delta))
		vec_push(&o->zeros, e->sym->index);
	return true;
}

/* A statement that only updates a variable does not read it either. */
static bool count_effect(struct opt *o, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	if ((e->kind != EX_ASSIGN && e->kind != EX_INCDEC) ||
	    e->a->kind != EX_NAME)
		return false;
	count_write(o, e->a->sym);
	walk_expr(&o->w, &e->b);
	return true;
}

static bool count_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	struct ast_stmt *s = *sp;
	size_t i;

	switch (s->kind) {
	case ST_EXPR:
		return !count_effect(o, &s->e);
	case ST_DELETE:
		/* "delete x" gives a local a value. */
		if (s->e->kind != EX_NAME)
			return true;
		count_write(o, s->e->sym);
		return false;
	case ST_FOREACH:
		for (i = 0; i < s->foreach->nkeys; i++)
			count_write(o, s->foreach->key_syms[i]);
		count_write(o, s->foreach->value_sym);
		return true;
	case ST_TRY:
		count_write(o, s->catch_sym);
		return true;
	default:
		return true;
	}
}

/* ---- dropping ------------------------------------------------------------ */

static void make_empty(struct opt *o, struct ast_stmt **sp)
{
	*sp = tree_stmt(o->sm->a, ST_EMPTY, (*sp)->at);
	o->changed = true;
}

static bool is_unread(struct opt *o, const struct ast_expr *e)
{
	struct use *u;

	if ((e->kind != EX_ASSIGN && e->kind != EX_INCDEC) ||
	    e->a->kind != EX_NAME || e->op == OP_FEED)
		return false;
	u = use_of(o, e->a->sym);
	return u && !u->reads;
}

static bool drop_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	struct ast_stmt *s = *sp;

	if (s->kind == ST_DELETE && s->e->kind == EX_NAME) {
		struct use *u = use_of(o, s->e->sym);

		if (u && !u->reads)
			make_empty(o, sp);
		return false;
	}
	if (s->kind == ST_TRY) {
		/* What is tried is there for its failures. */
		walk_stmt(w, &s->otherwise);
		return false;
	}
	if (s->kind != ST_EXPR)
		return true;
	if (is_unread(o, s->e)) {
		if (may_warn(o, &s->e->at))
			diag_warn(o->sm->d, &s->e->at, DIAG_UNUSED,
				  "Eliding assignment to '%s'", s->e->a->name);
		if (!s->e->b || is_pure_expr(o, s->e->b)) {
			make_empty(o, sp);
		} else {
			s->e = s->e->b;
			o->changed = true;
		}
	} else if (is_pure_expr(o, s->e)) {
		if (may_warn(o, &s->e->at))
			diag_warn(o->sm->d, &s->e->at, DIAG_UNUSED,
				  "Eliding side-effect-free expression");
		make_empty(o, sp);
	}
	return false;
}

static bool no_exprs(struct walk *w, struct ast_expr **e)
{
	(void)w;
	(void)e;
	return false;
}

static bool is_empty(const struct ast_stmt *s)
{
	size_t i;

	if (!s || s->kind == ST_EMPTY)
		return true;
	if (s->kind != ST_BLOCK)
		return false;
	for (i = 0; i < s->nbody; i++)
		if (!is_empty(s->body[i]))
			return false;
	return true;
}

static bool is_jump(const struct ast_stmt *s)
{
	return s->kind == ST_RETURN || s->kind == ST_NEXT ||
	       s->kind == ST_BREAK || s->kind == ST_CONTINUE;
}

/* What stands behind a jump in the same block. */
static void drop_unreachable(struct opt *o, struct ast_stmt *s)
{
	size_t i;

	for (i = 0; i + 1 < s->nbody && !is_jump(s->body[i]); i++)
		;
	for (i++; i < s->nbody; i++) {
		if (is_empty(s->body[i]))
			continue;
		if (may_warn(o, &s->body[i]->at))
			diag_warn(o->sm->d, &s->body[i]->at, DIAG_UNUSED,
				  "statement will never be reached");
		while (i < s->nbody)
			make_empty(o, &s->body[i++]);
	}
}

/* Statements that are left without anything to do. */
static bool prune_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct opt *o = w->arg;
	struct ast_stmt *s = *sp;
	size_t i, n = 0;

	if (s->kind == ST_BLOCK) {
		drop_unreachable(o, s);
		for (i = 0; i < s->nbody; i++)
			if (!is_empty(s->body[i]))
				s->body[n++] = s->body[i];
		o->changed |= n != s->nbody;
		s->nbody = n;
	} else if (s->kind == ST_IF && is_empty(s->then) &&
		   is_empty(s->otherwise) && is_pure_expr(o, s->e)) {
		make_empty(o, sp);
	}
	return true;
}

/* ---- snapshots and locals that are left over ----------------------------- */

static bool renumber_saved(struct walk *w, struct ast_expr **ep)
{
	int64_t *index = w->arg;

	if ((*ep)->kind == EX_SAVED)
		(*ep)->num = index[(*ep)->num];
	return true;
}

static bool mark_saved(struct walk *w, struct ast_expr **ep)
{
	int64_t *index = w->arg;

	if ((*ep)->kind == EX_SAVED)
		index[(*ep)->num] = 1;
	return true;
}

static void drop_saved(struct sema *sm, struct dprobe *p)
{
	int64_t *index = arena_array(sm->a, int64_t, p->saved.n + 1);
	struct walk mark = { .expr = mark_saved, .arg = index };
	struct walk renumber = { .expr = renumber_saved, .arg = index };
	size_t i, n = 0;

	walk_stmt(&mark, &p->body);
	for (i = 0; i < p->saved.n; i++) {
		if (!index[i])
			continue;
		index[i] = (int64_t)n;
		p->saved.v[n++] = p->saved.v[i];
	}
	p->saved.n = n;
	walk_stmt(&renumber, &p->body);
}

static size_t drop_locals(struct opt *o, struct sym **v, size_t n)
{
	size_t i, k = 0;

	for (i = 0; i < n; i++) {
		if (!o->use[i].reads && !o->use[i].writes)
			continue;
		v[i]->index = (int)k;
		v[k++] = v[i];
	}
	return k;
}

static void warn_never_assigned(struct opt *o, struct sym **v, size_t n)
{
	struct similar sim;
	size_t i, j;

	for (i = 0; i < n; i++) {
		if (o->use[i].writes || !o->use[i].reads ||
		    !may_warn(o, &v[i]->at))
			continue;
		similar_init(&sim, v[i]->name);
		/* looking for names takes long, and nobody reads so many */
		for (j = 0; j < n && o->nsimilar < 100; j++)
			if (j != i && o->use[j].writes)
				similar_add(&sim, v[j]->name);
		for (j = 0; j < o->sm->prog->globals.n && o->nsimilar < 100;
		     j++)
			similar_add(&sim, o->sm->prog->globals.v[j]->name);
		o->nsimilar++;
		diag_warn(o->sm->d, &v[i]->at, DIAG_NEVER_ASSIGNED,
			  "never-assigned local variable '%s'%s", v[i]->name,
			  similar_text(o->sm->a, &sim, "similar"));
	}
}

static void count_body(struct opt *o, struct ast_stmt **body, size_t nlocals)
{
	o->w.expr = count_expr;
	o->w.stmt = count_stmt;
	o->w.arg = o;
	o->nuse = nlocals;
	o->delta = 1;
	o->use = arena_array(o->sm->a, struct use, nlocals + 1);
	walk_stmt(&o->w, body);
}

/* The parts of a handler stay apart until it is known who wrote what. */
static void drop_body(struct opt *o, struct ast_stmt **body,
		      const struct handler *h)
{
	struct walk drop = { no_exprs, drop_stmt, o };
	struct walk prune = { no_exprs, prune_stmt, o };
	size_t i, n = h ? h->parts.n : 1;

	for (i = 0; i < n; i++) {
		struct ast_stmt **s = n > 1 ? &(*body)->body[i] : body;

		o->is_alias = h && h->parts.v[i].is_alias;
		walk_stmt(&drop, s);
		walk_stmt(&prune, s);
	}
	o->is_alias = false;
}

/* An if, and how many statements are left in it. */
struct branch {
	struct ast_stmt **sp;
	size_t outer; /* the if around it, plus 1 */
	size_t left;
};

/* A statement that later rounds may drop. */
struct droppable {
	struct ast_stmt **sp;
	size_t other;  /* that gives the same local a value, plus 1 */
	size_t branch; /* the if around it, plus 1 */
	bool is_alias;
};

/**
 * struct cascade - all of them, in the order they stand
 * @first: by local: the last statement that gives it a value, plus 1
 * @now, @next: those to look at in this round and in the next
 * @branch: where statements are added, plus 1
 */
struct cascade {
	struct opt *o;
	VEC(struct droppable) all;
	VEC(struct branch) branches;
	size_t *first;
	VEC(size_t) now, next;
	size_t branch;
	bool is_alias;
};

/* Remember @d under the local that it gives a value. */
static void cascade_add(struct cascade *c, struct droppable d)
{
	const struct ast_stmt *s = *d.sp;
	const struct ast_expr *lv = s->kind == ST_DELETE ? s->e : s->e->a;

	if (lv && use_of(c->o, lv->sym)) {
		d.other = c->first[lv->sym->index];
		c->first[lv->sym->index] = c->all.n + 1;
	}
	vec_push(&c->all, d);
}

static bool cascade_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct cascade *c = w->arg;
	struct ast_stmt *s = *sp;
	struct branch b = { sp, c->branch, 0 };
	size_t i;

	if (s->kind == ST_BLOCK)
		return true;
	if (c->branch && s->kind != ST_EMPTY)
		c->branches.v[c->branch - 1].left++;
	if (s->kind == ST_EXPR || s->kind == ST_DELETE) {
		vec_push(&c->now, c->all.n);
		cascade_add(
			c, (struct droppable){ sp, 0, c->branch, c->is_alias });
		return false;
	}
	c->branch = 0;
	if (s->kind == ST_IF) {
		vec_push(&c->branches, b);
		c->branch = c->branches.n;
	}
	for (i = 0; s->kind != ST_TRY && i < s->nbody; i++)
		walk_stmt(w, &s->body[i]);
	if (s->kind != ST_TRY)
		walk_stmt(w, &s->then);
	walk_stmt(w, &s->otherwise);
	c->branch = b.outer;
	return false;
}

static int by_place(const void *x, const void *y)
{
	size_t a = *(const size_t *)x, b = *(const size_t *)y;

	return (a > b) - (a < b);
}

/* Take back what @old read; count what is there instead. */
static void cascade_recount(struct cascade *c, struct ast_stmt *old,
			    struct ast_stmt **now)
{
	c->o->delta = -1u;
	walk_stmt(&c->o->w, &old);
	c->o->delta = 1;
	walk_stmt(&c->o->w, now);
}

/* An if with nothing left in it goes, and with it what its condition reads. */
static void cascade_empty(struct cascade *c, size_t branch)
{
	while (branch) {
		struct branch *b = &c->branches.v[branch - 1];
		struct ast_stmt *was = *b->sp;

		if (b->left || was->kind != ST_IF ||
		    !is_pure_expr(c->o, was->e))
			return;
		make_empty(c->o, b->sp);
		cascade_recount(c, was, b->sp);
		branch = b->outer;
		if (branch)
			c->branches.v[branch - 1].left--;
	}
}

/* The statement of @d was dropped, or what is left of it is another one. */
static void cascade_dropped(struct cascade *c, size_t i)
{
	struct droppable d = c->all.v[i];

	if ((*d.sp)->kind == ST_EXPR) {
		cascade_add(c, d);
	} else if (d.branch) {
		c->branches.v[d.branch - 1].left--;
		cascade_empty(c, d.branch);
	}
}

/* What is dropped in a round counts from the next one on. */
static void cascade_round(struct cascade *c)
{
	struct walk drop = { no_exprs, drop_stmt, c->o };
	VEC(struct ast_stmt) old = { 0 };
	size_t i, k, *n, nold;

	c->next.n = 0;
	for (i = 0; i < c->now.n; i++) {
		struct droppable *d = &c->all.v[c->now.v[i]];
		struct ast_stmt was = **d->sp;

		c->o->changed = false;
		c->o->is_alias = d->is_alias;
		walk_stmt(&drop, d->sp);
		if (!c->o->changed)
			continue;
		vec_push(&old, was);
		vec_push(&c->next, c->now.v[i]);
	}
	c->o->is_alias = false;
	nold = old.n;
	for (i = 0; i < nold; i++) {
		cascade_recount(c, &old.v[i], c->all.v[c->next.v[i]].sp);
		cascade_dropped(c, c->next.v[i]);
	}
	for (i = 0; i < c->o->zeros.n; i++)
		for (k = c->first[c->o->zeros.v[i]]; k;
		     k = c->all.v[k - 1].other)
			vec_push(&c->next, k - 1);
	c->o->zeros.n = 0;
	vec_deinit(&old);
	if (c->next.n)
		qsort(c->next.v, c->next.n, sizeof(*c->next.v), by_place);
	c->now.n = 0;
	vec_foreach(n, &c->next)
		if (!c->now.n || c->now.v[c->now.n - 1] != *n)
			vec_push(&c->now, *n);
}

/*
 * A dropped statement may have been the last that reads a variable, or the last of
 * a branch.  Chains of those are followed from one to the next.
 */
static void drop_cascade(struct opt *o, struct ast_stmt **body,
			 const struct handler *h)
{
	struct cascade c = { .o = o };
	struct walk w = { no_exprs, cascade_stmt, &c };
	size_t i, n = h ? h->parts.n : 1;

	c.first = xcalloc(o->nuse + 1, sizeof(*c.first));
	for (i = 0; i < n; i++) {
		c.is_alias = h && h->parts.v[i].is_alias;
		walk_stmt(&w, n > 1 ? &(*body)->body[i] : body);
	}
	o->zeros.n = 0;
	/* the innermost first: it may be all that the next one holds */
	for (i = c.branches.n; i--;)
		cascade_empty(&c, i + 1);
	while (c.now.n)
		cascade_round(&c);
	free(c.first);
	vec_deinit(&c.all);
	vec_deinit(&c.branches);
	vec_deinit(&c.now);
	vec_deinit(&c.next);
	vec_deinit(&o->zeros);
}

/* Return: how many of the locals are left. */
static size_t opt_body(struct opt *o, struct ast_stmt **body, struct sym **v,
		       size_t n, const struct handler *h)
{
	struct walk prune = { no_exprs, prune_stmt, o };

	count_body(o, body, n);
	warn_never_assigned(o, v, n);
	o->changed = false;
	drop_body(o, body, h);
	if (o->changed) {
		count_body(o, body, n);
		drop_cascade(o, body, h);
	}
	walk_stmt(&prune, body);
	count_body(o, body, n);
	return drop_locals(o, v, n);
}

static bool opt_probe(struct opt *o, struct handler *h)
{
	struct dprobe *p = h->p;

	p->locals.n = opt_body(o, &p->body, p->locals.v, p->locals.n, h);
	drop_saved(o->sm, p);
	if (!is_empty(p->body) || p->kind->flags & KIND_PASSIVE)
		return true;
	if (may_warn(o, &p->at))
		diag_warn(o->sm->d, &p->at, DIAG_UNUSED,
			  "Probe '%s' has been elided: its handler does "
			  "nothing",
			  p->name);
	return false;
}

/* ---- globals and functions ----------------------------------------------- */

/* Which globals are read as scalars, which get values; by index. */
struct global_use {
	struct walk w;
	bool *read, *written;
};

static void global_written(struct global_use *u, const struct sym *s)
{
	if (s && s->kind == SYM_GLOBAL)
		u->written[s->index] = true;
}

static bool global_expr(struct walk *w, struct ast_expr **ep)
{
	struct global_use *u = w->arg;
	const struct ast_expr *e = *ep;

	if (e->kind == EX_ASSIGN || e->kind == EX_INCDEC)
		global_written(u, e->a->sym);
	else if (e->kind == EX_STATOP || e->kind == EX_HIST)
		return false;
	else if (e->kind == EX_NAME && is_global(e))
		u->read[e->sym->index] = true;
	return true;
}

static bool global_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct global_use *u = w->arg;
	const struct ast_stmt *s = *sp;
	size_t i;

	if (s->kind == ST_DELETE)
		global_written(u, s->e->sym);
	else if (s->kind == ST_TRY)
		global_written(u, s->catch_sym);
	else if (s->kind == ST_FOREACH) {
		global_written(u, s->foreach->value_sym);
		for (i = 0; i < s->foreach->nkeys; i++)
			global_written(u, s->foreach->key_syms[i]);
	}
	return true;
}

static bool was_cloned(const struct sema *sm, const struct ast_func *f)
{
	struct func_info **c;

	vec_foreach(c, &sm->clones)
		if ((*c)->origin->f == f)
			return true;
	return false;
}

/* Another of its name and number of parameters is used instead of @f. */
static bool is_overloaded(const struct sema *sm, const struct ast_func *f)
{
	struct ast_func **o;
	size_t i;

	for (i = 0; i < sm->nuser; i++)
		vec_foreach(o, &sm->files.v[i]->ast->funcs)
			if ((*o)->is_used && (*o)->name == f->name &&
			    (*o)->nparams == f->nparams)
				return true;
	return false;
}

static void warn_unused(struct sema *sm, const struct ast_file *f)
{
	struct ast_global **g;
	struct ast_func **fn;

	vec_foreach(fn, &f->funcs) {
		if ((*fn)->is_used || was_cloned(sm, *fn))
			continue;
		else if (is_overloaded(sm, *fn))
			diag_warn(sm->d, &(*fn)->at, DIAG_UNUSED,
				  "instance of overloaded function '%s' will "
				  "never be reached",
				  (*fn)->name);
		else
			diag_warn(sm->d, &(*fn)->at, DIAG_UNUSED,
				  "Eliding unused function '%s'", (*fn)->name);
	}
	vec_foreach(g, &f->globals)
		if ((*g)->sym->index < 0)
			diag_warn(sm->d, &(*g)->at, DIAG_UNUSED,
				  "Eliding unused variable '%s'",
				  (*g)->sym->name);
}

/* The name of an embedded function's global stands somewhere in its text. */
static bool is_embedded_use(const struct sema *sm, const struct sym *g)
{
	size_t i;

	for (i = 0; i < sm->funcs.n; i++)
		if (sm->funcs.v[i]->f->embedded &&
		    strstr(sm->funcs.v[i]->f->embedded, g->name))
			return true;
	return false;
}

static bool is_set(const struct session *s, const struct sym *g)
{
	size_t i, n = strlen(g->name);

	for (i = 0; i < s->nglobal_set; i++)
		if (!strncmp(s->global_set[i], g->name, n) &&
		    s->global_set[i][n] == '=')
			return true;
	return false;
}

static void warn_unassigned_global(struct opt *o, const struct ast_file *f,
				   const struct sym *s)
{
	struct similar sim;
	struct ast_global **g;

	similar_init(&sim, s->name);
	vec_foreach(g, &f->globals)
		if ((*g)->sym != s && o->nsimilar < 100)
			similar_add(&sim, (*g)->sym->name);
	if (may_warn(o, &s->at))
		diag_warn(o->sm->d, &s->at, DIAG_NEVER_ASSIGNED,
			  "never-assigned global variable '%s'%s", s->name,
			  similar_text(o->sm->a, &sim, "similar"));
	o->nsimilar++;
}

/* Scalars of the script that are read and have only the value they start with. */
static void warn_globals(struct opt *o)
{
	struct global_use u = { .w = { global_expr, global_stmt, NULL } };
	struct sema *sm = o->sm;
	struct ast_global **g;
	struct handler **h;
	size_t i;

	u.w.arg = &u;
	u.written = arena_array(sm->a, bool, sm->prog->globals.n + 1);
	u.read = arena_array(sm->a, bool, sm->prog->globals.n + 1);
	for (i = 0; i < sm->funcs.n; i++)
		walk_stmt(&u.w, &sm->funcs.v[i]->f->body);
	vec_foreach(h, &sm->handlers)
		walk_dprobe(&u.w, (*h)->p);
	for (i = 0; i < sm->nuser; i++) {
		vec_foreach(g, &sm->files.v[i]->ast->globals) {
			const struct sym *s = (*g)->sym;

			if (s->index >= 0 && !s->init && !u.written[s->index] &&
			    u.read[s->index] && !is_set(sm->s, s) &&
			    !is_embedded_use(sm, s))
				warn_unassigned_global(o, sm->files.v[i]->ast,
						       s);
		}
	}
}

static void opt_function(struct opt *o, struct ast_func *f)
{
	if (!f->body)
		return;
	f->locals.n = opt_body(o, &f->body, f->locals.v, f->locals.n, NULL);
	if (is_empty(f->body) && may_warn(o, &f->at))
		diag_warn(o->sm->d, &f->at, DIAG_UNUSED,
			  "side-effect-free function '%s'", f->name);
}

void sema_optimize(struct sema *sm)
{
	struct opt o = { .sm = sm, .keeps_groups = sema_keeps_groups(sm) };
	struct handler **h;
	size_t i, n;

	if (sm->s->unoptimized)
		return;
	warn_globals(&o);
	do {
		find_pure_functions(&o);
		for (i = 0; i < sm->funcs.n; i++)
			opt_function(&o, sm->funcs.v[i]->f);
		n = 0;
		vec_foreach(h, &sm->handlers) {
			if (opt_probe(&o, *h))
				sm->handlers.v[n++] = *h;
			else
				map_deinit(&(*h)->locals);
		}
		sm->handlers.n = n;
	} while (sema_reach(sm, true));
	for (i = 0; i < sm->nuser; i++)
		warn_unused(sm, sm->files.v[i]->ast);
}
