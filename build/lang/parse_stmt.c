/* SPDX-License-Identifier: GPL-2.0-only */
/* Statements (features.md 1.5). */
#include "build/lang/parse.h"

#include <string.h>

static struct ast_stmt *parse_stmt(struct parser *p);

static struct ast_stmt *stmt(struct parser *p, enum st kind,
			     const struct tok *t)
{
	struct ast_stmt *s = arena_new(p->a, struct ast_stmt);

	s->kind = kind;
	s->at = t->at;
	return s;
}

/* ---- foreach ----------------------------------------------------------------------- */

/* A + or - behind a key, the value or the array. */
static bool parse_mark(struct parser *p, struct ast_foreach *f, uint32_t by)
{
	const struct tok *t = parse_peek(p);

	if (t->kind != T_ADD && t->kind != T_SUB)
		return true;
	if (f->sort) {
		parse_error(p, t, DIAG_MULTIPLE_SORT,
			    "multiple sort directives");
		return false;
	}
	parse_next(p);
	f->sort = by;
	f->desc = t->kind == T_SUB;
	return true;
}

static const char *parse_var_name(struct parser *p)
{
	const struct tok *t = parse_peek(p);

	if (t->kind != T_IDENT || *t->text == '$')
		return parse_expected(p, "identifier");
	return parse_next(p)->text;
}

/* K or [K1,K2]; marks are sorted by key. */
static bool parse_foreach_keys(struct parser *p, struct ast_foreach *f)
{
	VEC(const char *) keys = { 0 };
	VEC(struct span) spans = { 0 };
	bool is_tuple = parse_accept(p, T_LBRACKET);

	do {
		struct span at = parse_peek(p)->at;
		const char *name = parse_var_name(p);

		if (!name ||
		    !parse_mark(p, f, TAPRT_SORT_KEY + (uint32_t)keys.n))
			return false;
		vec_apush(p->a, &keys, name);
		vec_apush(p->a, &spans, at);
	} while (is_tuple && keys.n < TAPRT_MAXKEYS &&
		 parse_accept(p, T_COMMA));
	if (is_tuple && !parse_accept(p, T_RBRACKET))
		return parse_expected(p, "',' or ']'") != NULL;
	f->keys = keys.v;
	f->key_spans = spans.v;
	f->nkeys = keys.n;
	f->key_syms = arena_array(p->a, struct sym *, keys.n);
	return true;
}

/* Is this "V =", "V+ =" or "V+="? */
static bool at_value(const struct parser *p)
{
	enum tokk k = parse_peek2(p)->kind;

	if (!parse_is(p, T_IDENT))
		return false;
	if (k == T_ADD || k == T_SUB)
		return p->i + 2 < p->n && p->tok[p->i + 2].kind == T_SET;
	return k == T_SET || k == T_ADD_SET || k == T_SUB_SET;
}

static bool parse_foreach_value(struct parser *p, struct ast_foreach *f)
{
	if (!at_value(p))
		return true;
	f->value = parse_var_name(p);
	if (!f->value)
		return false;
	if (parse_is(p, T_ADD_SET) || parse_is(p, T_SUB_SET)) {
		f->sort = TAPRT_SORT_VALUE;
		f->desc = parse_next(p)->kind == T_SUB_SET;
		return true;
	}
	return parse_mark(p, f, TAPRT_SORT_VALUE) && parse_expect(p, T_SET);
}

/* @count-  and its like behind the array */
static bool parse_aggregate(struct parser *p, struct ast_foreach *f)
{
	static const struct {
		const char *name;
		uint32_t by;
	} by[] = {
		{ "@count", TAPRT_SORT_COUNT },
		{ "@sum", TAPRT_SORT_SUM },
		{ "@min", TAPRT_SORT_MIN },
		{ "@max", TAPRT_SORT_MAX },
		{ "@avg", TAPRT_SORT_AVG },
		/* sorted by count, as scripts are used to */
		{ "@variance", TAPRT_SORT_COUNT },
	};
	const struct tok *t = parse_peek(p);
	uint32_t sort = 0;

	if (t->kind != T_ATWORD)
		return true;
	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++)
		if (!strcmp(by[i].name, t->text))
			sort = by[i].by;
	if (!sort)
		return parse_expected(p, "statistical operation") != NULL;
	if (f->sort)
		return parse_error(p, t, DIAG_MULTIPLE_SORT,
				   "multiple sort directives") != NULL;
	parse_next(p);
	if (!parse_is(p, T_ADD) && !parse_is(p, T_SUB))
		return parse_expected(p, "sort directive") != NULL;
	return parse_mark(p, f, sort);
}

static bool parse_foreach_array(struct parser *p, struct ast_foreach *f)
{
	const struct tok *t = parse_peek(p);

	f->array_at = t->at;
	if (t->kind == T_ATWORD) {
		f->hist = parse_atword(p);
		if (f->hist && f->hist->kind != EX_HIST)
			return parse_error(p, t, DIAG_SYNTAX,
					   "expected an array or a histogram "
					   "after 'in'") != NULL;
		return f->hist != NULL;
	}
	f->array = parse_var_name(p);
	if (!f->array || !parse_mark(p, f, TAPRT_SORT_VALUE))
		return false;
	if (parse_is(p, T_LBRACKET))
		parse_since(p, parse_peek(p), SINCE_SLICED_FOREACH);
	if (parse_accept(p, T_LBRACKET) &&
	    (!parse_keys(p, &f->slice, &f->nslice) ||
	     !parse_mark(p, f, TAPRT_SORT_VALUE)))
		return false;
	return parse_aggregate(p, f);
}

static struct ast_stmt *parse_foreach(struct parser *p)
{
	struct ast_stmt *s = stmt(p, ST_FOREACH, parse_next(p));
	struct ast_foreach *f = arena_new(p->a, struct ast_foreach);

	s->foreach = f;
	if (!parse_expect(p, T_LPAREN) || !parse_foreach_value(p, f) ||
	    !parse_foreach_keys(p, f) || !parse_expect(p, T_IN) ||
	    !parse_foreach_array(p, f))
		return NULL;
	if (parse_accept(p, T_LIMIT)) {
		f->limit = parse_expr(p);
		if (!f->limit)
			return NULL;
	}
	if (!parse_expect(p, T_RPAREN))
		return NULL;
	s->then = parse_stmt(p);
	return s->then ? s : NULL;
}

/* ---- the others ---------------------------------------------------------------------- */

static struct ast_expr *parse_condition(struct parser *p)
{
	struct ast_expr *e;

	if (!parse_expect(p, T_LPAREN))
		return NULL;
	e = parse_expr(p);
	return e && parse_expect(p, T_RPAREN) ? e : NULL;
}

static struct ast_stmt *parse_if(struct parser *p)
{
	struct ast_stmt *s = stmt(p, ST_IF, parse_next(p));

	s->e = parse_condition(p);
	if (!s->e)
		return NULL;
	s->then = parse_stmt(p);
	if (!s->then)
		return NULL;
	if (!parse_accept(p, T_ELSE))
		return s;
	s->otherwise = parse_stmt(p);
	return s->otherwise ? s : NULL;
}

static struct ast_stmt *parse_while(struct parser *p)
{
	struct ast_stmt *s = stmt(p, ST_WHILE, parse_next(p));

	s->e = parse_condition(p);
	s->then = s->e ? parse_stmt(p) : NULL;
	return s->then ? s : NULL;
}

/* An expression or nothing, then @end. */
static bool parse_for_part(struct parser *p, struct ast_expr **ret,
			   enum tokk end)
{
	if (!parse_is(p, end)) {
		*ret = parse_expr(p);
		if (!*ret)
			return false;
	}
	return parse_expect(p, end);
}

static struct ast_stmt *parse_for(struct parser *p)
{
	struct ast_stmt *s = stmt(p, ST_FOR, parse_next(p));

	if (!parse_expect(p, T_LPAREN) ||
	    !parse_for_part(p, &s->init, T_SEMI) ||
	    !parse_for_part(p, &s->e, T_SEMI) ||
	    !parse_for_part(p, &s->step, T_RPAREN))
		return NULL;
	s->then = parse_stmt(p);
	return s->then ? s : NULL;
}

static struct ast_stmt *parse_return(struct parser *p)
{
	const struct tok *t = parse_next(p);
	struct ast_stmt *s = stmt(p, ST_RETURN, t);

	if (!p->in_func)
		parse_error(p, t, DIAG_RETURN_CONTEXT,
			    "found 'return' not in function context");
	if (!parse_is(p, T_SEMI) && !parse_is(p, T_RBRACE)) {
		s->e = parse_expr(p);
		if (!s->e)
			return NULL;
	}
	parse_accept(p, T_SEMI);
	return s;
}

static struct ast_stmt *parse_delete(struct parser *p)
{
	struct ast_stmt *s = stmt(p, ST_DELETE, parse_next(p));
	const struct tok *t = parse_peek(p);

	s->e = parse_expr(p);
	if (!s->e)
		return NULL;
	if (s->e->kind == EX_HIST || s->e->kind == EX_HISTIDX)
		parse_error(p, t, DIAG_DELETE_OPERAND,
			    "cannot delete histogram bucket entries");
	else if (s->e->kind != EX_NAME && s->e->kind != EX_INDEX)
		parse_error(p, t, DIAG_DELETE_OPERAND,
			    "invalid operand of delete expression");
	parse_accept(p, T_SEMI);
	return s;
}

static struct ast_stmt *parse_try(struct parser *p)
{
	const struct tok *t = parse_next(p);
	struct ast_stmt *s = stmt(p, ST_TRY, t);

	parse_since(p, t, SINCE_TRY);
	s->then = parse_block(p);
	if (!s->then || !parse_expect(p, T_CATCH))
		return NULL;
	if (parse_accept(p, T_LPAREN)) {
		s->catch_at = parse_peek(p)->at;
		s->catch_name = parse_var_name(p);
		if (!s->catch_name || !parse_expect(p, T_RPAREN))
			return NULL;
	}
	s->otherwise = parse_block(p);
	return s->otherwise ? s : NULL;
}

static struct ast_stmt *parse_jump(struct parser *p, enum st kind)
{
	struct ast_stmt *s = stmt(p, kind, parse_next(p));

	parse_accept(p, T_SEMI);
	return s;
}

static struct ast_stmt *parse_expr_stmt(struct parser *p)
{
	struct ast_stmt *s = stmt(p, ST_EXPR, parse_peek(p));

	s->e = parse_expr(p);
	if (!s->e)
		return NULL;
	parse_accept(p, T_SEMI);
	return s;
}

static struct ast_stmt *parse_stmt_inner(struct parser *p)
{
	switch (parse_peek(p)->kind) {
	case T_SEMI:
		return stmt(p, ST_EMPTY, parse_next(p));
	case T_LBRACE:
		return parse_block(p);
	case T_IF:
		return parse_if(p);
	case T_WHILE:
		return parse_while(p);
	case T_FOR:
		return parse_for(p);
	case T_FOREACH:
		return parse_foreach(p);
	case T_RETURN:
		return parse_return(p);
	case T_DELETE:
		return parse_delete(p);
	case T_TRY:
		return parse_try(p);
	case T_BREAK:
		return parse_jump(p, ST_BREAK);
	case T_CONTINUE:
		return parse_jump(p, ST_CONTINUE);
	case T_NEXT:
		return parse_jump(p, ST_NEXT);
	default:
		return parse_expr_stmt(p);
	}
}

static struct ast_stmt *parse_stmt(struct parser *p)
{
	struct ast_stmt *s;

	if (!parse_enter(p))
		return NULL;
	s = parse_stmt_inner(p);
	parse_leave(p);
	return s;
}

static bool at_top(const struct parser *p)
{
	return parse_is(p, T_EOF) || parse_at_declaration(p);
}

/* The brackets open in the statement that is walked again; @n may pass @v. */
struct brackets {
	enum tokk v[32]; /* the closing ones awaited */
	size_t n;
};

static void bracket_open(struct brackets *b, enum tokk close)
{
	if (b->n < sizeof(b->v) / sizeof(*b->v))
		b->v[b->n] = close;
	b->n++;
}

/* A closing bracket also closes those inside it that were forgotten. */
static bool bracket_close(struct brackets *b, enum tokk close)
{
	for (size_t i = b->n; i-- > 0;) {
		if (i < sizeof(b->v) / sizeof(*b->v) && b->v[i] != close)
			continue;
		b->n = i;
		return true;
	}
	return false;
}

/*
 * The statement that starts at token @start failed at the cursor.  Walk it
 * again with its brackets to find where it ends, so that one mistake is one
 * message.
 */
static void recover(struct parser *p, size_t start)
{
	struct brackets b = { .n = 0 };
	size_t failed = p->i;

	for (p->i = start;; parse_next(p)) {
		enum tokk k = parse_peek(p)->kind;

		if (p->i >= failed && at_top(p))
			return;
		if (k == T_LBRACE)
			bracket_open(&b, T_RBRACE);
		else if (k == T_LPAREN)
			bracket_open(&b, T_RPAREN);
		else if (k == T_LBRACKET)
			bracket_open(&b, T_RBRACKET);
		else if (k == T_RPAREN || k == T_RBRACKET)
			bracket_close(&b, k);
		else if (k == T_RBRACE && !bracket_close(&b, k) &&
			 p->i >= failed)
			return;
		if (k == T_SEMI && p->i >= failed && !b.n) {
			parse_next(p);
			return;
		}
	}
}

struct ast_stmt *parse_block(struct parser *p)
{
	const struct tok *open = parse_peek(p);
	struct ast_stmt *s = stmt(p, ST_BLOCK, open), *one;
	VEC(struct ast_stmt *) v = { 0 };

	if (!parse_expect(p, T_LBRACE))
		return NULL;
	while (!parse_is(p, T_RBRACE)) {
		size_t start = p->i;
		unsigned int depth = p->depth;

		if (at_top(p)) {
			parse_expected(p, "'}'");
			diag_note(p->d, &open->at, "to close this block");
			return NULL;
		}
		one = parse_stmt(p);
		p->depth = depth;
		if (one)
			vec_apush(p->a, &v, one);
		else if (!at_top(p))
			recover(p, start);
		if (!one && at_top(p))
			return NULL;
	}
	parse_next(p);
	s->body = v.v;
	s->nbody = v.n;
	return s;
}
