// SPDX-License-Identifier: GPL-2.0-only
/* What a dropped statement leaves without effect in turn, followed from one to the next. */
#include "build/base/arena.h"
#include "build/sema/opt.h"

#include <stdlib.h>

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

	if (lv && opt_use_of(c->o, lv->sym)) {
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

		if (b->left || was->kind != ST_IF || !opt_is_pure(c->o, was->e))
			return;
		opt_make_empty(c->o, b->sp);
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
	struct walk drop = { opt_no_exprs, opt_drop_stmt, c->o };
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
void opt_cascade(struct opt *o, struct ast_stmt **body, const struct handler *h)
{
	struct cascade c = { .o = o };
	struct walk w = { opt_no_exprs, cascade_stmt, &c };
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
