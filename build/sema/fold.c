// SPDX-License-Identifier: GPL-2.0-only
/* Constant folding; what can never run is dropped before types are inferred. */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"

#include <string.h>

static bool is_num(const struct ast_expr *e)
{
	return e && e->kind == EX_NUMBER;
}

/* A literal without escapes: its text is its value. */
static bool is_plain_str(const struct ast_expr *e)
{
	return e && e->kind == EX_STRING && !strchr(e->str, '\\');
}

static int64_t shift(enum op op, int64_t x, int64_t n)
{
	/* Folded, a count out of range is the nearest in it (features.md 1.7); the
	 * generated code takes it modulo 64 (1.6). */
	unsigned int k = n < 0 ? 0 : n > 63 ? 63 : (unsigned int)n;

	if (op == OP_SHL)
		return (int64_t)((uint64_t)x << k);
	if (op == OP_USHR)
		return (int64_t)((uint64_t)x >> k);
	return x >> k;
}

/* @c: what strcmp() says of the two. */
static bool compare(enum op op, int c, int64_t *r)
{
	switch (op) {
	case OP_LT:
		*r = c < 0;
		return true;
	case OP_GT:
		*r = c > 0;
		return true;
	case OP_LE:
		*r = c <= 0;
		return true;
	case OP_GE:
		*r = c >= 0;
		return true;
	case OP_EQ:
		*r = c == 0;
		return true;
	case OP_NE:
		*r = c != 0;
		return true;
	default:
		return false;
	}
}

/* False: not foldable (division by zero fails when it runs). */
static bool arith(enum op op, int64_t x, int64_t y, int64_t *r)
{
	uint64_t ux = (uint64_t)x, uy = (uint64_t)y;

	switch (op) {
	case OP_ADD:
		*r = (int64_t)(ux + uy);
		return true;
	case OP_SUB:
		*r = (int64_t)(ux - uy);
		return true;
	case OP_MUL:
		*r = (int64_t)(ux * uy);
		return true;
	case OP_DIV:
		if (!y)
			return false;
		*r = y == -1 ? (int64_t)(0 - ux) : x / y;
		return true;
	case OP_MOD:
		if (!y)
			return false;
		*r = y == -1 ? 0 : x % y;
		return true;
	case OP_AND:
		*r = x & y;
		return true;
	case OP_OR:
		*r = x | y;
		return true;
	case OP_XOR:
		*r = x ^ y;
		return true;
	case OP_SHL:
	case OP_SHR:
	case OP_USHR:
		*r = shift(op, x, y);
		return true;
	case OP_LAND:
		*r = x && y;
		return true;
	case OP_LOR:
		*r = x || y;
		return true;
	default:
		return compare(op, x < y ? -1 : x > y, r);
	}
}

static void fold_binary(struct sema *sm, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;
	int64_t r;

	if (is_num(e->a) && is_num(e->b)) {
		if (arith(e->op, e->a->num, e->b->num, &r))
			*ep = tree_num(sm->a, e->at, r);
	} else if (is_num(e->a) && (e->op == OP_LAND || e->op == OP_LOR)) {
		/* 0 && x, 1 || x: x never runs. */
		if (!e->a->num == (e->op == OP_LAND))
			*ep = tree_num(sm->a, e->at, e->op == OP_LOR);
	} else if (is_plain_str(e->a) && is_plain_str(e->b)) {
		if (e->op == OP_CONCAT)
			*ep = tree_str(sm->a, e->at,
				       arena_printf(sm->a, "%s%s", e->a->str,
						    e->b->str));
		else if (compare(e->op, strcmp(e->a->str, e->b->str), &r))
			*ep = tree_num(sm->a, e->at, r);
	}
}

static void fold_unary(struct sema *sm, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;
	int64_t v;

	if (!is_num(e->a))
		return;
	v = e->a->num;
	switch (e->op) {
	case OP_NEG:
	case OP_SUB:
		v = (int64_t)(0 - (uint64_t)v);
		break;
	case OP_PLUS:
	case OP_ADD:
		break;
	case OP_NOT:
		v = !v;
		break;
	case OP_COMPL:
		v = ~v;
		break;
	default:
		return;
	}
	*ep = tree_num(sm->a, e->at, v);
}

static void fold_children(struct sema *sm, struct ast_expr *e)
{
	size_t i;

	sema_fold(sm, &e->a);
	sema_fold(sm, &e->b);
	sema_fold(sm, &e->c);
	for (i = 0; i < e->nargs; i++)
		sema_fold(sm, &e->args[i]);
}

void sema_fold(struct sema *sm, struct ast_expr **ep)
{
	struct ast_expr *e = *ep;

	if (!e)
		return;
	if (e->kind == EX_COND) {
		sema_fold(sm, &e->a);
		if (is_num(e->a)) {
			*ep = e->a->num ? e->b : e->c;
			sema_fold(sm, ep);
			return;
		}
	}
	fold_children(sm, e);
	if (e->kind == EX_BINARY)
		fold_binary(sm, ep);
	else if (e->kind == EX_UNARY)
		fold_unary(sm, ep);
}

/* ---- statements ---------------------------------------------------------- */

static bool fold_in_stmt(struct walk *w, struct ast_expr **e)
{
	sema_fold(w->arg, e);
	return false;
}

static void drop(struct sema *sm, struct ast_stmt **sp)
{
	*sp = tree_stmt(sm->a, ST_EMPTY, (*sp)->at);
}

static bool fold_stmt(struct walk *w, struct ast_stmt **sp)
{
	struct sema *sm = w->arg;
	struct ast_stmt *s = *sp;

	while (s->kind == ST_IF) {
		sema_fold(sm, &s->e);
		if (!is_num(s->e))
			return true;
		if (s->e->num)
			*sp = s->then;
		else if (s->otherwise)
			*sp = s->otherwise;
		else
			drop(sm, sp);
		s = *sp;
	}
	if (s->kind == ST_WHILE) {
		sema_fold(sm, &s->e);
		if (is_num(s->e) && !s->e->num)
			drop(sm, sp);
	}
	if (s->kind == ST_FOR && s->e) {
		sema_fold(sm, &s->e);
		if (is_num(s->e) && !s->e->num) {
			/* it starts and does not go on */
			drop(sm, sp);
			if (s->init) {
				(*sp)->kind = ST_EXPR;
				(*sp)->e = s->init;
			}
		}
	}
	return true;
}

void sema_fold_stmt(struct sema *sm, struct ast_stmt **s)
{
	struct walk w = { .expr = fold_in_stmt, .stmt = fold_stmt, .arg = sm };

	walk_stmt(&w, s);
}
