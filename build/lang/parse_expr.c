/* SPDX-License-Identifier: GPL-2.0-only */
/* Expressions, by precedence climbing (features.md 1.6). */
#include "build/lang/parse.h"

#include <string.h>

/* Levels of features.md 1.6; a higher one binds tighter. */
enum level {
	LEVEL_LOR = 3,
	LEVEL_LAND,
	LEVEL_OR,
	LEVEL_XOR,
	LEVEL_AND,
	LEVEL_IN,
	LEVEL_CMP,
	LEVEL_SHIFT,
	LEVEL_CONCAT,
	LEVEL_ADD,
	LEVEL_MUL,
	LEVEL_UNARY,
};

static const struct {
	uint8_t level, op;
} binary[T_COUNT] = {
	[T_LOR] = { LEVEL_LOR, OP_LOR },
	[T_LAND] = { LEVEL_LAND, OP_LAND },
	[T_OR] = { LEVEL_OR, OP_OR },
	[T_XOR] = { LEVEL_XOR, OP_XOR },
	[T_AND] = { LEVEL_AND, OP_AND },
	[T_IN] = { LEVEL_IN, OP_NONE },
	[T_LT] = { LEVEL_CMP, OP_LT },
	[T_GT] = { LEVEL_CMP, OP_GT },
	[T_LE] = { LEVEL_CMP, OP_LE },
	[T_GE] = { LEVEL_CMP, OP_GE },
	[T_EQ] = { LEVEL_CMP, OP_EQ },
	[T_NE] = { LEVEL_CMP, OP_NE },
	[T_MATCH] = { LEVEL_CMP, OP_NONE },
	[T_NOMATCH] = { LEVEL_CMP, OP_NONE },
	[T_SHL] = { LEVEL_SHIFT, OP_SHL },
	[T_SHR] = { LEVEL_SHIFT, OP_SHR },
	[T_USHR] = { LEVEL_SHIFT, OP_USHR },
	[T_DOT] = { LEVEL_CONCAT, OP_CONCAT },
	[T_ADD] = { LEVEL_ADD, OP_ADD },
	[T_SUB] = { LEVEL_ADD, OP_SUB },
	[T_MUL] = { LEVEL_MUL, OP_MUL },
	[T_DIV] = { LEVEL_MUL, OP_DIV },
	[T_MOD] = { LEVEL_MUL, OP_MOD },
};

static const uint8_t assign[T_COUNT] = {
	[T_SET] = OP_SET,	 [T_FEED] = OP_FEED,   [T_ADD_SET] = OP_ADD,
	[T_SUB_SET] = OP_SUB,	 [T_MUL_SET] = OP_MUL, [T_DIV_SET] = OP_DIV,
	[T_MOD_SET] = OP_MOD,	 [T_SHL_SET] = OP_SHL, [T_SHR_SET] = OP_SHR,
	[T_AND_SET] = OP_AND,	 [T_XOR_SET] = OP_XOR, [T_OR_SET] = OP_OR,
	[T_CAT_SET] = OP_CONCAT,
};

static const uint8_t prefix[T_COUNT] = {
	[T_SUB] = OP_NEG,
	[T_ADD] = OP_PLUS,
	[T_NOT] = OP_NOT,
	[T_COMPL] = OP_COMPL,
};

struct ast_expr *parse_node(struct parser *p, enum ex kind, const struct tok *t)
{
	struct ast_expr *e = arena_new(p->a, struct ast_expr);

	e->kind = kind;
	e->at = t->at;
	return e;
}

static void higher(struct ast_expr *e, const struct ast_expr *child)
{
	if (child && child->height >= e->height)
		e->height = child->height + 1;
}

struct ast_expr *parse_done(struct parser *p, struct ast_expr *e,
			    const struct tok *t)
{
	higher(e, e->a);
	higher(e, e->b);
	higher(e, e->c);
	for (size_t i = 0; i < e->nargs; i++)
		higher(e, e->args[i]);
	if (e->target) {
		higher(e, e->target->operand);
		for (size_t i = 0; i < e->target->nsel; i++)
			higher(e, e->target->sel[i].index);
	}
	if (e->height > LANG_MAX_HEIGHT)
		return parse_error(p, t, DIAG_TOO_DEEP,
				   "expression of more than %d levels",
				   LANG_MAX_HEIGHT);
	return e;
}

bool parse_keys(struct parser *p, struct ast_expr ***ret, size_t *n)
{
	VEC(struct ast_expr *) v = { 0 };

	do {
		struct ast_expr *e = NULL;
		enum tokk after = parse_peek2(p)->kind;

		if (parse_is(p, T_MUL) &&
		    (after == T_COMMA || after == T_RBRACKET))
			parse_next(p);
		else if (!(e = parse_expr(p)))
			return false;
		vec_apush(p->a, &v, e);
	} while (parse_accept(p, T_COMMA));
	if (!parse_accept(p, T_RBRACKET))
		return parse_expected(p, "',' or ']'") != NULL;
	*ret = v.v;
	*n = v.n;
	return true;
}

bool parse_args(struct parser *p, struct ast_expr ***ret, size_t *n)
{
	VEC(struct ast_expr *) v = { 0 };

	if (parse_accept(p, T_RPAREN))
		return true;
	do {
		struct ast_expr *e = parse_expr(p);

		if (!e)
			return false;
		vec_apush(p->a, &v, e);
	} while (parse_accept(p, T_COMMA));
	if (!parse_accept(p, T_RPAREN))
		return parse_expected(p, "',' or ')'") != NULL;
	*ret = v.v;
	*n = v.n;
	return true;
}

/* A name: variable, array element or call. */
static struct ast_expr *parse_name(struct parser *p)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *e;
	bool is_print = false;

	if (*t->text == '$')
		return parse_target(p);
	e = parse_print(p, &is_print);
	if (is_print)
		return e;
	parse_next(p);
	e = parse_node(p, EX_NAME, t);
	e->name = t->text;
	if (parse_accept(p, T_LPAREN)) {
		e->kind = EX_CALL;
		if (!parse_args(p, &e->args, &e->nargs))
			return NULL;
	} else if (parse_accept(p, T_LBRACKET)) {
		e->kind = EX_INDEX;
		if (!parse_keys(p, &e->args, &e->nargs))
			return NULL;
	}
	return parse_done(p, e, t);
}

static struct ast_expr *parse_primary(struct parser *p)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *e;

	switch (t->kind) {
	case T_NUMBER:
		e = parse_node(p, EX_NUMBER, parse_next(p));
		e->num = t->num;
		return e;
	case T_STRING:
		e = parse_node(p, EX_STRING, t);
		e->str = parse_string(p);
		return e;
	case T_IDENT:
		return parse_name(p);
	case T_ATWORD:
		return parse_atword(p);
	case T_EMBEDDED:
		parse_may_embed(p, t);
		e = parse_node(p, EX_EMBEDDED, parse_next(p));
		e->str = t->text;
		e->embed = embed_new(p->a, t);
		return e;
	case T_LPAREN:
		parse_next(p);
		e = parse_expr(p);
		return e && parse_expect(p, T_RPAREN) ? e : NULL;
	case T_LBRACKET:
		return parse_error(p, t, DIAG_TUPLE,
				   "unexpected comma-separated expression "
				   "list");
	default:
		return parse_expected(p, "a value");
	}
}

static bool is_target(const struct ast_expr *e)
{
	return e->kind == EX_TARGET || e->kind == EX_ATCAST ||
	       e->kind == EX_AUTOCAST;
}

/* [bucket] of a histogram, ->member and [index] of a pointer. */
static struct ast_expr *parse_suffix(struct parser *p, struct ast_expr *e)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *o;

	if (e->kind == EX_HIST && parse_accept(p, T_LBRACKET)) {
		o = parse_node(p, EX_HISTIDX, t);
		o->a = e;
		o->b = parse_expr(p);
		if (!o->b || !parse_expect(p, T_RBRACKET))
			return NULL;
		return parse_done(p, o, t);
	}
	if (t->kind != T_ARROW &&
	    (t->kind != T_LBRACKET || e->kind == EX_NUMBER ||
	     e->kind == EX_STRING || e->kind == EX_HIST))
		return e;
	parse_since(p, t, SINCE_AUTOCAST);
	o = parse_node(p, EX_AUTOCAST, t);
	o->target = arena_new(p->a, struct ast_target);
	o->target->operand = e;
	if (!parse_selectors(p, o->target))
		return NULL;
	return parse_done(p, o, t);
}

static struct ast_expr *parse_postfix(struct parser *p)
{
	struct ast_expr *e = parse_primary(p), *o;
	const struct tok *t;

	if (e)
		e = parse_suffix(p, e);
	t = parse_peek(p);
	if (!e || (t->kind != T_INC && t->kind != T_DEC))
		return e;
	o = parse_node(p, EX_INCDEC, parse_next(p));
	o->op = t->kind == T_INC ? OP_ADD : OP_SUB;
	o->a = e;
	return parse_done(p, o, t);
}

/* &v[i] and &(…) of a plain value: its type decides later what is meant. */
static struct ast_expr *address_of_value(struct parser *p, struct ast_expr *e,
					 const struct tok *t)
{
	struct ast_expr *o = parse_node(p, EX_AUTOCAST, t);
	struct ast_target *tg = arena_new(p->a, struct ast_target);

	parse_since(p, t, SINCE_AUTOCAST);
	o->target = tg;
	tg->operand = e;
	if (e->kind == EX_INDEX && e->nargs == 1 && e->args[0]) {
		tg->sel = arena_new(p->a, struct ast_sel);
		tg->sel->at = e->at;
		tg->sel->index = e->args[0];
		tg->nsel = 1;
		tg->operand = arena_memdup(p->a, e, sizeof(*e));
		tg->operand->kind = EX_NAME;
		tg->operand->args = NULL;
		tg->operand->nargs = 0;
		tg->operand->height = 0;
	}
	return parse_done(p, o, t);
}

static struct ast_expr *parse_address(struct parser *p)
{
	const struct tok *t = parse_next(p);
	struct ast_expr *e;

	if (!parse_is(p, T_AND)) {
		e = parse_primary(p);
		if (e)
			e = parse_suffix(p, e);
		if (e && !is_target(e))
			e = address_of_value(p, e, t);
		if (!e)
			return NULL;
		if (!e->target->addressof) {
			e->target->addressof = true;
			return e;
		}
	}
	return parse_error(p, t, DIAG_SYNTAX,
			   "cannot take address more than once");
}

static struct ast_expr *parse_unary(struct parser *p)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *e;

	if (t->kind == T_AND)
		return parse_address(p);
	if (t->kind == T_INC || t->kind == T_DEC) {
		e = parse_node(p, EX_INCDEC, parse_next(p));
		e->op = t->kind == T_INC ? OP_ADD : OP_SUB;
		e->is_prefix = true;
		e->a = parse_primary(p);
		if (e->a)
			e->a = parse_suffix(p, e->a);
	} else if (prefix[t->kind]) {
		if (!parse_enter(p))
			return NULL;
		e = parse_node(p, EX_UNARY, parse_next(p));
		e->op = prefix[t->kind];
		e->a = parse_unary(p);
		parse_leave(p);
	} else {
		return parse_postfix(p);
	}
	return e->a ? parse_done(p, e, t) : NULL;
}

/* "in ARRAY" or "in @hist_log(…)" behind the keys already in @e. */
static struct ast_expr *parse_in(struct parser *p, struct ast_expr *e)
{
	const struct tok *t = parse_peek(p);

	if (t->kind == T_ATWORD) {
		e->a = parse_atword(p);
		if (e->a && e->a->kind != EX_HIST)
			return parse_error(p, t, DIAG_SYNTAX,
					   "expected an array or a histogram "
					   "after 'in'");
		return e->a ? parse_done(p, e, t) : NULL;
	}
	if (t->kind != T_IDENT || *t->text == '$')
		return parse_expected(p, "an array after 'in'");
	e->name = parse_next(p)->text;
	e->at = t->at;
	return parse_done(p, e, t);
}

/* [a, *] in ARRAY */
static struct ast_expr *parse_tuple(struct parser *p)
{
	const struct tok *t = parse_next(p);
	struct ast_expr *e = parse_node(p, EX_IN, t);

	if (!parse_keys(p, &e->args, &e->nargs))
		return NULL;
	if (!parse_accept(p, T_IN))
		return parse_error(p, t, DIAG_TUPLE,
				   "unexpected comma-separated expression "
				   "list");
	for (size_t i = 0; i < e->nargs; i++)
		if (!e->args[i]) {
			parse_since(p, t, SINCE_SLICES);
			break;
		}
	return parse_in(p, e);
}

static struct ast_expr *parse_binary(struct parser *p, enum level min);

/* @lhs and the operator @t, which was consumed. */
static struct ast_expr *parse_rhs(struct parser *p, struct ast_expr *lhs,
				  const struct tok *t)
{
	struct ast_expr *e;

	if (t->kind == T_IN) {
		e = parse_node(p, EX_IN, t);
		e->args = arena_array(p->a, struct ast_expr *, 1);
		e->args[0] = lhs;
		e->nargs = 1;
		return parse_in(p, e);
	}
	if (t->kind == T_MATCH || t->kind == T_NOMATCH) {
		parse_since(p, t, SINCE_REGEX);
		e = parse_node(p, EX_REGEX, t);
		e->a = lhs;
		e->is_not = t->kind == T_NOMATCH;
		e->regex = arena_new(p->a, struct ast_regex);
		e->regex->at = parse_peek(p)->at;
		e->str = parse_string(p);
		return e->str ? parse_done(p, e, t) : NULL;
	}
	e = parse_node(p, EX_BINARY, t);
	e->op = binary[t->kind].op;
	e->a = lhs;
	e->b = parse_binary(p, (enum level)(binary[t->kind].level + 1));
	return e->b ? parse_done(p, e, t) : NULL;
}

static struct ast_expr *parse_binary(struct parser *p, enum level min)
{
	enum level last = LEVEL_UNARY;
	struct ast_expr *e;

	if (parse_is(p, T_LBRACKET) && min <= LEVEL_IN) {
		e = parse_tuple(p);
		last = LEVEL_AND;
	} else {
		e = parse_unary(p);
	}
	while (e) {
		const struct tok *t = parse_peek(p);
		enum level level = binary[t->kind].level;

		/* above @last: behind an operator that does not chain */
		if (!level || level < min || level > last)
			break;
		parse_next(p);
		e = parse_rhs(p, e, t);
		last = level;
		if (t->kind == T_IN || t->kind == T_MATCH ||
		    t->kind == T_NOMATCH)
			last = (enum level)(level - 1);
	}
	return e;
}

static struct ast_expr *parse_ternary(struct parser *p)
{
	struct ast_expr *e = parse_binary(p, LEVEL_LOR), *o;
	const struct tok *t = parse_peek(p);

	if (!e || t->kind != T_QUESTION)
		return e;
	if (!parse_enter(p))
		return NULL;
	o = parse_node(p, EX_COND, parse_next(p));
	o->a = e;
	o->b = parse_expr(p);
	if (o->b && parse_expect(p, T_COLON))
		o->c = since_has(t->at.src, SINCE_NARROW_ELSE)
			       ? parse_ternary(p)
			       : parse_expr(p);
	parse_leave(p);
	return o->c ? parse_done(p, o, t) : NULL;
}

struct ast_expr *parse_expr(struct parser *p)
{
	struct ast_expr *e, *o;
	const struct tok *t;

	if (!parse_enter(p))
		return NULL;
	e = parse_ternary(p);
	t = parse_peek(p);
	if (e && assign[t->kind]) {
		o = parse_node(p, EX_ASSIGN, parse_next(p));
		o->op = assign[t->kind];
		o->a = e;
		o->b = parse_expr(p);
		e = o->b ? parse_done(p, o, t) : NULL;
	}
	parse_leave(p);
	return e;
}
