// SPDX-License-Identifier: GPL-2.0-only
/* Changing variables and elements: = += ++ and their kin, delete. */
#include "build/emit/em.h"

static struct val val_var(const char *name)
{
	return (struct val){ name, false, true, false };
}

static struct val val_temp(struct em *em, unsigned int t)
{
	return (struct val){ em_text(em, "t%u", t), true, true, false };
}

static bool is_atomic(struct em *em, const struct sym *sym)
{
	return sym->kind == SYM_GLOBAL && em->guard[sym->index] == GUARD_ATOMIC;
}

/* "lhs = lhs op b", for any op but division, in its short form if C has one */
static void print_compound(struct em *em, enum op op, const char *lhs,
			   struct val b, const struct ast_expr *be)
{
	switch (op) {
	case OP_ADD:
		cw_line(&em->w, "%s += %s;", lhs, b.c);
		return;
	case OP_SUB:
		cw_line(&em->w, "%s -= %s;", lhs, b.c);
		return;
	default:
		cw_line(&em->w, "%s = %s;", lhs,
			em_arith(em, op, lhs, b.c, be));
	}
}

/* Refuse a zero divisor before the left side is looked up or created. */
static struct val check_divisor(struct em *em, struct val b,
				const struct ast_expr *be,
				const struct span *at)
{
	if (be->kind == EX_NUMBER && be->num)
		return b;
	b = em_atom(em, b);
	em_raise(em, em_text(em, "!%s", b.c), "division by 0", at);
	return b;
}

/* An array of counters a CPU each, and nobody looks at the result of the sum. */
static bool is_count(struct em *em, const struct ast_expr *e, bool want)
{
	const struct sym *sym = e->a->sym;

	return !want && (e->op == OP_ADD || e->op == OP_SUB) && sym &&
	       sym->kind == SYM_GLOBAL && em->spread[sym->index];
}

static bool is_division(enum op op)
{
	return op == OP_DIV || op == OP_MOD;
}

static void print_op(struct em *em, enum op op, const char *lhs, struct val b,
		     const struct ast_expr *be)
{
	if (op == OP_SET)
		cw_line(&em->w, "%s = %s;", lhs, b.c);
	else if (is_division(op))
		cw_line(&em->w, "%s = tap_%s(%s, %s);", lhs,
			op == OP_DIV ? "div" : "mod", lhs, b.c);
	else
		print_compound(em, op, lhs, b, be);
}

/* ---- scalars --------------------------------------------------------------------- */

static struct val assign_long(struct em *em, struct ast_expr *e, bool want)
{
	const struct sym *sym = e->a->sym;
	struct val b = em_expr(em, e->b);
	const char *name = em_var(em, sym);

	if (is_division(e->op))
		b = check_divisor(em, b, e->b, &e->b->at);
	if (is_atomic(em, sym) && !want && (e->op == OP_ADD || e->op == OP_SUB))
		cw_line(&em->w, "__atomic_fetch_%s(&%s, %s, __ATOMIC_RELAXED);",
			e->op == OP_ADD ? "add" : "sub", name, b.c);
	else
		print_op(em, e->op, name, b, e->b);
	return val_var(name);
}

static struct val assign_string(struct em *em, struct ast_expr *e)
{
	const struct sym *sym = e->a->sym;
	const char *name = em_var(em, sym);
	struct val b;

	if (e->op == OP_SET) {
		/* a failing call may leave a local half-written if nothing can
		 * look at it afterwards */
		em_str_into(em, e->b, name, sym,
			    sym->kind != SYM_GLOBAL && !em->fn->try_depth);
		return val_var(name);
	}
	b = em_expr(em, e->b);
	if (effect_mentions(e->b, sym))
		b = em_fix(em, b, TY_STRING);
	cw_line(&em->w, "taprt_strcat(%s, %s, STRSIZE);", name, b.c);
	return val_var(name);
}

/* ---- elements ---------------------------------------------------------------------- */

/*
 * Print the lookup that creates the element; returns "pN", which is not NULL.
 * An insertion into a wrapping array may evict the node a key points into.
 */
static const char *element_slot(struct em *em, struct ast_expr *lv,
				struct val *k)
{
	const char *map = em_var(em, lv->sym), *p;
	bool is_str = lv->type == TY_STRING;
	size_t i;

	for (i = 0; i < lv->nargs; i++)
		if (k[i].in_map && lv->sym->wrap)
			k[i] = em_fix(em, k[i], TY_STRING);
	p = em_text(em, "p%u", em->fn->ntemp++);
	if (!is_str && em_one_long_key(lv->sym))
		cw_line(&em->w, "s64 *%s = taprt_map_slot_long1(c, %s, %s);", p,
			map, k[0].c);
	else
		cw_line(&em->w, "%s *%s = taprt_map_slot_%s(c, %s, %s);",
			is_str ? "char" : "s64", p, is_str ? "str" : "long",
			map, em_keys(em, lv->sym, k, lv->nargs));
	cw_open(&em->w, "if (unlikely(!%s))", p);
	cw_line(&em->w, "c->near = %s;", em_near(em, &lv->at));
	cw_line(&em->w, "goto %s;", em_fail(em));
	cw_close(&em->w, "");
	return p;
}

static struct val assign_element(struct em *em, struct ast_expr *e, bool want)
{
	struct ast_expr *lv = e->a, *list[TAPRT_MAXKEYS + 1];
	struct val v[TAPRT_MAXKEYS + 1] = { 0 }, *b = &v[lv->nargs];
	const char *p;

	for (size_t i = 0; i < lv->nargs; i++)
		list[i] = lv->args[i];
	list[lv->nargs] = e->b;
	em_list(em, list, lv->nargs + 1, v, false);
	/* the right side is what it was before the element exists */
	if (!b->fixed && effect_mentions(e->b, lv->sym))
		*b = em_fix(em, *b, lv->type);
	if (is_division(e->op))
		*b = check_divisor(em, *b, e->b, &e->b->at);
	if (is_count(em, e, want)) {
		em_map_add(em, lv, v,
			   e->op == OP_ADD ? b->c : em_text(em, "-(%s)", b->c),
			   &lv->at);
		return val_var("0LL");
	}
	p = element_slot(em, lv, v);
	if (lv->type == TY_STRING) {
		cw_line(&em->w, "taprt_str%s(%s, %s, STRSIZE);",
			e->op == OP_SET ? "cpy" : "cat", p, b->c);
		return (struct val){ p, false, true, true };
	}
	print_op(em, e->op, em_text(em, "*%s", p), *b, e->b);
	if (want) {
		unsigned int t = em->fn->ntemp++;

		cw_line(&em->w, "s64 t%u = *%s;", t, p);
		return val_temp(em, t);
	}
	return val_var("0LL");
}

struct val em_assign(struct em *em, struct ast_expr *e, bool want)
{
	struct val v = val_var("0LL");

	if (e->op == OP_FEED) {
		em_feed(em, e->a, e->b, &e->at, want ? &v : NULL);
		return v;
	}
	switch (e->a->kind) {
	case EX_NAME:
		return e->a->type == TY_STRING ? assign_string(em, e)
					       : assign_long(em, e, want);
	case EX_INDEX:
		return assign_element(em, e, want);
	default:
		em_refuse(em, &e->at, "writing to a target variable");
		return v;
	}
}

struct val em_incdec(struct em *em, struct ast_expr *e, bool want)
{
	struct ast_expr *lv = e->a;
	const char *sign = e->op == OP_ADD ? "++" : "--", *name;
	struct val k[TAPRT_MAXKEYS] = { 0 };
	unsigned int t;

	if (lv->kind != EX_NAME && lv->kind != EX_INDEX) {
		em_refuse(em, &e->at, "writing to a target variable");
		return val_var("0LL");
	}
	if (lv->kind == EX_NAME) {
		name = em_var(em, lv->sym);
	} else {
		em_list(em, lv->args, lv->nargs, k, false);
		if (is_count(em, e, want)) {
			em_map_add(em, lv, k, e->op == OP_ADD ? "1" : "-1",
				   &lv->at);
			return val_var("0LL");
		}
		name = em_text(em, "(*%s)", element_slot(em, lv, k));
	}
	if (!want) {
		if (lv->kind == EX_NAME && is_atomic(em, lv->sym))
			cw_line(&em->w,
				"__atomic_fetch_%s(&%s, 1, __ATOMIC_RELAXED);",
				e->op == OP_ADD ? "add" : "sub", name);
		else
			cw_line(&em->w, "%s%s;", name, sign);
		return val_var("0LL");
	}
	t = em->fn->ntemp++;
	cw_line(&em->w, "s64 t%u = %s%s%s;", t, e->is_prefix ? sign : "", name,
		e->is_prefix ? "" : sign);
	return val_temp(em, t);
}

/* ---- delete -------------------------------------------------------------------------- */

void em_delete(struct em *em, struct ast_stmt *s)
{
	struct ast_expr *e = s->e;
	struct val k[TAPRT_MAXKEYS] = { 0 };
	unsigned int any = 0;
	const char *name;

	if ((e->kind != EX_NAME && e->kind != EX_INDEX) || !e->sym) {
		em_refuse(em, &e->at, "deleting this");
		return;
	}
	name = em_var(em, e->sym);
	if (e->kind == EX_NAME) {
		if (e->sym->arity)
			cw_line(&em->w, "taprt_map_clear(%s);", name);
		else if (e->sym->type == TY_STAT)
			cw_line(&em->w, "taprt_stat_clear(%s);", name);
		else
			cw_line(&em->w, "%s%s = 0;",
				e->sym->type == TY_STRING ? "*" : "", name);
		return;
	}
	em_list(em, e->args, e->nargs, k, false);
	for (size_t i = 0; i < e->nargs; i++)
		any |= (e->args[i] ? 0u : 1u) << i;
	if (any)
		cw_line(&em->w, "taprt_map_del_slice(%s, %s, %#x);", name,
			em_keys(em, e->sym, k, e->nargs), any);
	else
		cw_line(&em->w, "taprt_map_del(%s, %s);", name,
			em_keys(em, e->sym, k, e->nargs));
}
