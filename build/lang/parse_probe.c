/* SPDX-License-Identifier: GPL-2.0-only */
/* Probe points, probes and aliases (features.md 1.4). */
#include "build/lang/parse.h"
#include "build/base/buf.h"
#include "build/base/intern.h"

#include <string.h>

#define PROBE_MAX_COMPS 64

struct points {
	struct ast_point *v;
	size_t n, cap;
};

static bool parse_points(struct parser *p, struct points *out);

static bool is_word(const struct tok *t)
{
	return t->kind == T_IDENT || t->kind == T_MUL ||
	       tok_is_keyword(t->kind);
}

/* A word glued from tokens with nothing between them: sys*64. */
static bool parse_word(struct parser *p, struct ast_comp *c)
{
	const struct tok *t = parse_peek(p);
	struct buf b = BUF_INIT;

	if (!is_word(t)) {
		parse_expected(p, "a probe point name or '*'");
		return false;
	}
	c->at = t->at;
	do {
		if (t->kind == T_NUMBER)
			buf_add(&b, t->at.src->text + t->at.off, t->at.len);
		else
			buf_adds(&b, t->kind == T_MUL ? "*" : t->text);
		if (t->at.src == c->at.src && t->at.off >= c->at.off)
			c->at.len = t->at.off + t->at.len - c->at.off;
		parse_next(p);
		t = parse_peek(p);
	} while (t->glued && (is_word(t) || t->kind == T_NUMBER));
	c->name = intern_n(b.p, b.len);
	buf_deinit(&b);
	return true;
}

static bool parse_argument(struct parser *p, struct ast_comp *c)
{
	if (!parse_accept(p, T_LPAREN))
		return true;
	if (parse_is(p, T_STRING)) {
		c->arg_kind = ARG_STR;
		c->str = parse_string(p);
	} else if (parse_is(p, T_NUMBER) || parse_is(p, T_SUB) ||
		   parse_is(p, T_ADD)) {
		c->arg_kind = ARG_NUM;
		if (!parse_int(p, &c->num))
			return false;
	} else {
		parse_expected(p, "literal string or number");
		return false;
	}
	return parse_expect(p, T_RPAREN);
}

static bool has_mark(const struct ast_point *pt)
{
	return pt->optional || pt->sufficient || pt->cond;
}

/* Append the components of @tail, and its marks, to a copy of @head. */
static bool join(struct parser *p, struct points *out,
		 const struct ast_point *head, const struct ast_point *tail)
{
	struct ast_point pt = *head;

	if (out->n >= LANG_MAX_POINTS ||
	    head->ncomp + tail->ncomp > PROBE_MAX_COMPS) {
		parse_error(p, parse_peek(p), DIAG_TOO_DEEP,
			    "more than %d probe points, or %d components in "
			    "one",
			    LANG_MAX_POINTS, PROBE_MAX_COMPS);
		return false;
	}
	pt.ncomp += tail->ncomp;
	pt.comp = arena_array(p->a, struct ast_comp, pt.ncomp);
	if (head->ncomp)
		memcpy(pt.comp, head->comp, head->ncomp * sizeof(*pt.comp));
	memcpy(pt.comp + head->ncomp, tail->comp,
	       tail->ncomp * sizeof(*pt.comp));
	pt.optional = tail->optional;
	pt.sufficient = tail->sufficient;
	pt.cond = tail->cond ? lang_clone_expr(p->a, tail->cond) : NULL;
	vec_apush(p->a, out, pt);
	return true;
}

/* One component, perhaps braces: every head gets every alternative. */
static bool parse_component(struct parser *p, struct points *heads)
{
	struct points tails = { 0 }, out = { 0 };
	struct ast_comp *c = arena_new(p->a, struct ast_comp);
	struct ast_point one = { .comp = c, .ncomp = 1 };

	for (size_t i = 0; i < heads->n; i++)
		if (has_mark(&heads->v[i]))
			return parse_error(p, parse_peek(p), DIAG_POINT_MARK,
					   "'?', '!' or condition must only be "
					   "specified in suffix") != NULL;
	if (parse_accept(p, T_LBRACE)) {
		if (!parse_enter(p) || !parse_points(p, &tails))
			return false;
		parse_leave(p);
		if (!parse_accept(p, T_RBRACE))
			return parse_expected(p, "',' or '}'") != NULL;
	} else {
		if (!parse_word(p, c) || !parse_argument(p, c))
			return false;
		vec_apush(p->a, &tails, one);
	}
	for (size_t i = 0; i < heads->n; i++)
		for (size_t j = 0; j < tails.n; j++)
			if (!join(p, &out, &heads->v[i], &tails.v[j]))
				return false;
	*heads = out;
	return true;
}

/* ? or ! and if (…) behind a point: they go to each of @v. */
static bool parse_marks(struct parser *p, struct points *v)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *cond;

	if (t->kind == T_QUESTION || t->kind == T_NOT) {
		for (size_t i = 0; i < v->n; i++) {
			if (v->v[i].optional || v->v[i].sufficient)
				return parse_error(p, t, DIAG_POINT_MARK,
						   "'?' or '!' respecified") !=
				       NULL;
			v->v[i].optional = t->kind == T_QUESTION;
			v->v[i].sufficient = t->kind == T_NOT;
		}
		parse_next(p);
		if (parse_is(p, T_QUESTION) || parse_is(p, T_NOT))
			return parse_error(p, parse_peek(p), DIAG_POINT_MARK,
					   "'?' or '!' respecified") != NULL;
	}
	t = parse_peek(p);
	if (!parse_accept(p, T_IF))
		return true;
	if (!parse_expect(p, T_LPAREN) || !(cond = parse_expr(p)) ||
	    !parse_expect(p, T_RPAREN))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		if (v->v[i].cond)
			return parse_error(p, t, DIAG_POINT_MARK,
					   "condition respecified") != NULL;
		v->v[i].cond = i ? lang_clone_expr(p->a, cond) : cond;
	}
	if (parse_is(p, T_IF))
		return parse_error(p, parse_peek(p), DIAG_POINT_MARK,
				   "condition respecified") != NULL;
	return true;
}

static bool parse_point(struct parser *p, struct points *out)
{
	struct ast_point none = { .at = parse_peek(p)->at };
	struct points v = { 0 };

	vec_apush(p->a, &v, none);
	do {
		if (!parse_component(p, &v))
			return false;
	} while (parse_accept(p, T_DOT));
	if (!parse_marks(p, &v))
		return false;
	for (size_t i = 0; i < v.n; i++)
		vec_apush(p->a, out, v.v[i]);
	return true;
}

static bool parse_points(struct parser *p, struct points *out)
{
	do {
		if (!parse_point(p, out))
			return false;
	} while (parse_accept(p, T_COMMA));
	return true;
}

/* @v stands left of = or +=: it must be a plain name. */
static bool check_alias(struct parser *p, const struct points *v,
			const struct tok *t)
{
	const struct ast_point *pt = &v->v[0];

	if (v->n != 1)
		return parse_error(p, t, DIAG_ALIAS_NAME,
				   "an alias is defined by one name, not by a "
				   "list") != NULL;
	if (has_mark(pt))
		return parse_error(p, t, DIAG_ALIAS_NAME,
				   "probe point alias name cannot be optional "
				   "nor sufficient") != NULL;
	for (size_t i = 0; i < pt->ncomp; i++)
		if (strchr(pt->comp[i].name, '*'))
			return parse_error(p, t, DIAG_ALIAS_NAME,
					   "probe point alias name cannot hold "
					   "'*'") != NULL;
	return true;
}

/* Everything up to the handler. */
static bool parse_head(struct parser *p, struct ast_probe *pb)
{
	struct points names = { 0 }, v = { 0 };

	for (;;) {
		const struct tok *t = parse_peek(p);

		v = (struct points){ 0 };
		if (!parse_points(p, &v))
			return false;
		if (pb->epilogue ||
		    (!parse_is(p, T_SET) && !parse_is(p, T_ADD_SET)))
			break;
		if (!check_alias(p, &v, t))
			return false;
		vec_apush(p->a, &names, v.v[0]);
		pb->epilogue = parse_next(p)->kind == T_ADD_SET;
	}
	pb->alias = names.v;
	pb->nalias = names.n;
	pb->points = v.v;
	pb->npoints = v.n;
	if (parse_is(p, T_LBRACE))
		return true;
	return parse_expected(p, "one of ', { } = +='") != NULL;
}

bool parse_probe(struct parser *p)
{
	struct ast_probe *pb = arena_new(p->a, struct ast_probe);
	const struct tok *t = parse_peek(p);

	pb->at = t->at;
	pb->is_library = p->f->is_library;
	if (!parse_head(p, pb))
		return false;
	pb->body = parse_block(p);
	if (!pb->body)
		return false;
	t = parse_peek(p);
	if (pb->nalias && parse_accept(p, T_COMMA)) {
		if (pb->epilogue)
			return parse_error(p, t, DIAG_ALIAS_BODY,
					   "Combined prologue and epilogue "
					   "cannot be defined with '+='") !=
			       NULL;
		pb->body2 = parse_block(p);
		if (!pb->body2)
			return false;
	}
	if (pb->nalias)
		vec_apush(p->a, &p->f->aliases, pb);
	else
		vec_apush(p->a, &p->f->probes, pb);
	return true;
}
