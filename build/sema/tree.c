// SPDX-License-Identifier: GPL-2.0-only
/* Walking, comparing and building syntax trees. */
#include "build/sema/tree.h"

#include "build/base/arena.h"
#include "build/base/map.h"

#include <string.h>

void walk_children(struct walk *w, struct ast_expr *e)
{
	size_t i;

	walk_expr(w, &e->a);
	walk_expr(w, &e->b);
	walk_expr(w, &e->c);
	for (i = 0; i < e->nargs; i++)
		walk_expr(w, &e->args[i]);
	if (e->target) {
		walk_expr(w, &e->target->operand);
		for (i = 0; i < e->target->nsel; i++)
			walk_expr(w, &e->target->sel[i].index);
	}
}

void walk_expr(struct walk *w, struct ast_expr **e)
{
	if (!*e)
		return;
	if (w->expr && !w->expr(w, e))
		return;
	if (*e)
		walk_children(w, *e);
}

static void walk_foreach(struct walk *w, struct ast_foreach *f)
{
	size_t i;

	walk_expr(w, &f->hist);
	for (i = 0; i < f->nslice; i++)
		walk_expr(w, &f->slice[i]);
	walk_expr(w, &f->limit);
}

void walk_stmt(struct walk *w, struct ast_stmt **s)
{
	size_t i;

	if (!*s)
		return;
	if (w->stmt && !w->stmt(w, s))
		return;
	if (!*s)
		return;
	walk_expr(w, &(*s)->init);
	walk_expr(w, &(*s)->e);
	if ((*s)->foreach)
		walk_foreach(w, (*s)->foreach);
	for (i = 0; i < (*s)->nbody; i++)
		walk_stmt(w, &(*s)->body[i]);
	walk_stmt(w, &(*s)->then);
	walk_stmt(w, &(*s)->otherwise);
	walk_expr(w, &(*s)->step);
}

void walk_dprobe(struct walk *w, struct dprobe *p)
{
	struct saved *sv;

	vec_foreach(sv, &p->saved)
		walk_expr(w, &sv->e);
	walk_expr(w, &p->cond);
	walk_stmt(w, &p->body);
}

/* ---- comparing ----------------------------------------------------------- */

static bool same_str(const char *x, const char *y)
{
	return x == y || (x && y && !strcmp(x, y));
}

static bool same_list(struct ast_expr *const *x, struct ast_expr *const *y,
		      size_t n, const int64_t *nums)
{
	size_t i;

	if (!x != !y)
		return false;
	for (i = 0; x && i < n; i++)
		if (!tree_equal_expr(x[i], y[i], nums))
			return false;
	return true;
}

static bool same_target(const struct ast_target *x, const struct ast_target *y,
			const int64_t *nums)
{
	size_t i;

	if (!x || !y)
		return x == y;
	if (!same_str(x->name, y->name) || !same_str(x->module, y->module) ||
	    !same_str(x->cast_type, y->cast_type) || x->nsel != y->nsel ||
	    x->is_atvar != y->is_atvar || x->addressof != y->addressof ||
	    x->pretty != y->pretty ||
	    !tree_equal_expr(x->operand, y->operand, nums))
		return false;
	for (i = 0; i < x->nsel; i++)
		if (!same_str(x->sel[i].member, y->sel[i].member) ||
		    !tree_equal_expr(x->sel[i].index, y->sel[i].index, nums))
			return false;
	return true;
}

static bool same_print(const struct ast_print *x, const struct ast_print *y)
{
	size_t i;

	if (!x || !y)
		return x == y;
	if (x->kind != y->kind || x->to_string != y->to_string ||
	    !same_str(x->delim, y->delim) || x->nfmt != y->nfmt)
		return false;
	for (i = 0; i < x->nfmt; i++) {
		const struct fmt_piece *p = &x->fmt[i], *q = &y->fmt[i];

		if (p->kind != q->kind || !same_str(p->lit, q->lit) ||
		    p->conv != q->conv || p->flags != q->flags ||
		    p->width != q->width || p->prec != q->prec)
			return false;
	}
	return true;
}

static bool same_access(const struct access *x, const struct access *y)
{
	return x->bytes == y->bytes && x->is_signed == y->is_signed &&
	       x->is_user == y->is_user && x->bits == y->bits &&
	       x->shift == y->shift;
}

static bool same_hist(const struct taprt_hist *x, const struct taprt_hist *y)
{
	return x->kind == y->kind && x->lo == y->lo && x->hi == y->hi &&
	       x->step == y->step;
}

bool tree_equal_expr(const struct ast_expr *x, const struct ast_expr *y,
		     const int64_t *nums)
{
	if (!x || !y)
		return x == y;
	if (x == y)
		return true;
	if (x->kind != y->kind || x->op != y->op ||
	    x->is_prefix != y->is_prefix || x->is_not != y->is_not ||
	    x->statop != y->statop || x->nargs != y->nargs ||
	    x->intrinsic != y->intrinsic || x->func != y->func)
		return false;
	if (x->kind == EX_KNUM && nums ? nums[x->num] != nums[y->num]
				       : x->num != y->num)
		return false;
	return same_str(x->name, y->name) && same_str(x->str, y->str) &&
	       same_hist(&x->hist, &y->hist) &&
	       same_access(&x->access, &y->access) &&
	       same_target(x->target, y->target, nums) &&
	       same_print(x->print, y->print) &&
	       tree_equal_expr(x->a, y->a, nums) &&
	       tree_equal_expr(x->b, y->b, nums) &&
	       tree_equal_expr(x->c, y->c, nums) &&
	       same_list(x->args, y->args, x->nargs, nums);
}

static bool same_foreach(const struct ast_foreach *x,
			 const struct ast_foreach *y, const int64_t *nums)
{
	size_t i;

	if (!x || !y)
		return x == y;
	if (x->nkeys != y->nkeys || !same_str(x->value, y->value) ||
	    !same_str(x->array, y->array) || x->nslice != y->nslice ||
	    x->sort != y->sort || x->desc != y->desc)
		return false;
	for (i = 0; i < x->nkeys; i++)
		if (!same_str(x->keys[i], y->keys[i]))
			return false;
	return tree_equal_expr(x->hist, y->hist, nums) &&
	       tree_equal_expr(x->limit, y->limit, nums) &&
	       same_list(x->slice, y->slice, x->nslice, nums);
}

bool tree_equal_stmt(const struct ast_stmt *x, const struct ast_stmt *y,
		     const int64_t *nums)
{
	size_t i;

	if (!x || !y)
		return x == y;
	if (x == y)
		return true;
	if (x->kind != y->kind || x->nbody != y->nbody ||
	    !same_str(x->catch_name, y->catch_name))
		return false;
	for (i = 0; i < x->nbody; i++)
		if (!tree_equal_stmt(x->body[i], y->body[i], nums))
			return false;
	return tree_equal_expr(x->e, y->e, nums) &&
	       tree_equal_expr(x->init, y->init, nums) &&
	       tree_equal_expr(x->step, y->step, nums) &&
	       tree_equal_stmt(x->then, y->then, nums) &&
	       tree_equal_stmt(x->otherwise, y->otherwise, nums) &&
	       same_foreach(x->foreach, y->foreach, nums);
}

/* ---- hashing ------------------------------------------------------------- */

/* Mixes one number in (the finalizer of splitmix64). */
static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
	return h ^ (h >> 27);
}

static uint64_t mix_str(uint64_t h, const char *s)
{
	return mix(h, s ? hash_bytes(s, strlen(s)) : 0);
}

uint64_t tree_hash_expr(const struct ast_expr *e, const int64_t *nums)
{
	uint64_t h;
	size_t i;

	if (!e)
		return 1;
	h = mix((uint64_t)e->kind, (uint64_t)e->op);
	h = mix(h,
		(uint64_t)(e->kind == EX_KNUM && nums ? nums[e->num] : e->num));
	h = mix_str(mix_str(h, e->name), e->str);
	h = mix(h, e->access.bytes | e->access.is_signed << 8 |
			   e->access.bits << 16 | e->access.shift << 24);
	h = mix(h, tree_hash_expr(e->a, nums));
	h = mix(h, tree_hash_expr(e->b, nums));
	h = mix(h, tree_hash_expr(e->c, nums));
	for (i = 0; i < e->nargs; i++)
		h = mix(h, tree_hash_expr(e->args[i], nums));
	for (i = 0; e->print && i < e->print->nfmt; i++)
		h = mix_str(mix(h, (uint64_t)e->print->fmt[i].conv),
			    e->print->fmt[i].lit);
	return h;
}

uint64_t tree_hash_stmt(const struct ast_stmt *s, const int64_t *nums)
{
	uint64_t h;
	size_t i;

	if (!s)
		return 2;
	h = mix((uint64_t)s->kind, s->nbody);
	h = mix(h, tree_hash_expr(s->e, nums));
	h = mix(h, tree_hash_expr(s->init, nums));
	h = mix(h, tree_hash_expr(s->step, nums));
	for (i = 0; i < s->nbody; i++)
		h = mix(h, tree_hash_stmt(s->body[i], nums));
	h = mix(h, tree_hash_stmt(s->then, nums));
	return mix(h, tree_hash_stmt(s->otherwise, nums));
}

/* ---- building ------------------------------------------------------------ */

struct ast_expr *tree_expr(struct arena *a, enum ex kind, struct span at)
{
	struct ast_expr *e = arena_new(a, struct ast_expr);

	e->kind = kind;
	e->at = at;
	return e;
}

struct ast_expr *tree_num(struct arena *a, struct span at, int64_t v)
{
	struct ast_expr *e = tree_expr(a, EX_NUMBER, at);

	e->type = TY_LONG;
	e->num = v;
	return e;
}

struct ast_expr *tree_str(struct arena *a, struct span at, const char *s)
{
	struct ast_expr *e = tree_expr(a, EX_STRING, at);

	e->type = TY_STRING;
	e->str = s;
	return e;
}

struct ast_expr *tree_binary(struct arena *a, enum op op, struct ast_expr *x,
			     struct ast_expr *y)
{
	struct ast_expr *e = tree_expr(a, EX_BINARY, x->at);

	e->op = op;
	e->a = x;
	e->b = y;
	e->type = op == OP_CONCAT ? TY_STRING : TY_LONG;
	return e;
}

struct ast_stmt *tree_stmt(struct arena *a, enum st kind, struct span at)
{
	struct ast_stmt *s = arena_new(a, struct ast_stmt);

	s->kind = kind;
	s->at = at;
	return s;
}

struct ast_stmt *tree_block(struct arena *a, struct span at,
			    struct ast_stmt **v, size_t n)
{
	struct ast_stmt *s = tree_stmt(a, ST_BLOCK, at);

	s->body = n ? arena_memdup(a, v, n * sizeof(*v)) : NULL;
	s->nbody = n;
	return s;
}

struct written {
	const char *name;
	bool found;
};

static bool find_write(struct walk *w, struct ast_expr **ep)
{
	struct written *p = w->arg;
	const struct ast_expr *e = *ep;

	if ((e->kind == EX_ASSIGN || e->kind == EX_INCDEC) &&
	    e->a->kind == EX_NAME && !strcmp(e->a->name, p->name))
		p->found = true;
	return !p->found;
}

bool tree_writes(struct ast_stmt **s, const char *name)
{
	struct written x = { .name = name };
	struct walk w = { .expr = find_write, .arg = &x };

	walk_stmt(&w, s);
	return x.found;
}
