/* SPDX-License-Identifier: GPL-2.0-only */
/* Target variables and @operators (features.md 1.7, 1.8). */
#include "build/lang/parse.h"
#include "build/base/intern.h"
#include "build/base/similar.h"
#include "build/lang/lex.h"
#include "build/lang/pp.h"

#include <string.h>

enum at_kind {
	AT_STAT, /* @count(s): which = enum statop */
	AT_HIST, /* @hist_log(s): which = enum taprt_hist_kind */
	AT_CAST,
	AT_VAR,
	AT_DEFINED,
	AT_ENTRY,
	AT_OP, /* @word(min … max expressions) */
};

static const struct {
	const char *name;
	enum at_kind kind;
	uint8_t which, min, max;
	bool is_guru;
} words[] = {
	{ "@count", AT_STAT, ST_COUNT, 0, 0, false },
	{ "@sum", AT_STAT, ST_SUM, 0, 0, false },
	{ "@min", AT_STAT, ST_MIN, 0, 0, false },
	{ "@max", AT_STAT, ST_MAX, 0, 0, false },
	{ "@avg", AT_STAT, ST_AVG, 0, 0, false },
	{ "@variance", AT_STAT, ST_VARIANCE, 0, 0, false },
	{ "@hist_log", AT_HIST, TAPRT_HIST_LOG, 0, 0, false },
	{ "@hist_linear", AT_HIST, TAPRT_HIST_LINEAR, 0, 0, false },
	{ "@cast", AT_CAST, 0, 0, 0, false },
	{ "@var", AT_VAR, 0, 0, 0, false },
	{ "@defined", AT_DEFINED, 0, 0, 0, false },
	{ "@entry", AT_ENTRY, 0, 0, 0, false },
	{ "@probewrite", AT_OP, 0, 1, 1, false },
	{ "@perf", AT_OP, 0, 1, 1, false },
	{ "@enum", AT_OP, 0, 1, 1, false },
	{ "@enumname", AT_OP, 0, 1, 3, false },
	{ "@uregister", AT_OP, 0, 1, 1, false },
	{ "@uderef", AT_OP, 0, 2, 2, false },
	{ "@const", AT_OP, 0, 1, 1, true },
	{ "@kregister", AT_OP, 0, 1, 1, true },
	{ "@kderef", AT_OP, 0, 2, 2, true },
};

/* Cut the trailing dollars off a name: how many, 3 for too many. */
static unsigned int cut_pretty(const char *s, size_t *len)
{
	unsigned int n = 0;

	while (*len && s[*len - 1] == '$' && n < 3) {
		n++;
		--*len;
	}
	return n;
}

static bool add_selector(struct parser *p, struct ast_target *tg,
			 const struct ast_sel *sel)
{
	struct ast_sel *v = arena_array(p->a, struct ast_sel, tg->nsel + 1);

	if (tg->nsel)
		memcpy(v, tg->sel, tg->nsel * sizeof(*v));
	v[tg->nsel++] = *sel;
	tg->sel = v;
	if (tg->nsel <= LANG_MAX_HEIGHT)
		return true;
	parse_error(p, parse_peek(p), DIAG_TOO_DEEP,
		    "more than %d members in a row", LANG_MAX_HEIGHT);
	return false;
}

/* The member name behind "->", perhaps with a pretty suffix. */
static bool parse_member(struct parser *p, struct ast_target *tg)
{
	const struct tok *t = parse_peek(p);
	struct ast_sel sel = { .at = t->at };
	size_t len;

	if (t->kind != T_IDENT && !tok_is_keyword(t->kind))
		return parse_expected(p, "a member name") != NULL;
	parse_next(p);
	len = strlen(t->text);
	tg->pretty = cut_pretty(t->text, &len);
	if (!len || tg->pretty > 2 || memchr(t->text, '$', len)) {
		parse_error(p, t, DIAG_SYNTAX, "invalid member name '%s'",
			    t->text);
		return false;
	}
	sel.member = intern_n(t->text, len);
	return add_selector(p, tg, &sel);
}

bool parse_selectors(struct parser *p, struct ast_target *tg)
{
	for (;;) {
		const struct tok *t = parse_peek(p);
		struct ast_sel sel = { .at = t->at };

		if ((t->kind == T_ARROW || t->kind == T_LBRACKET) &&
		    tg->pretty) {
			parse_error(p, t, DIAG_PRETTY_SUFFIX,
				    "-> and [ are not accepted for a "
				    "pretty-printing variable");
			return false;
		}
		if (parse_accept(p, T_ARROW)) {
			if (!parse_member(p, tg))
				return false;
		} else if (parse_accept(p, T_LBRACKET)) {
			sel.index = parse_expr(p);
			if (!sel.index || !parse_expect(p, T_RBRACKET) ||
			    !add_selector(p, tg, &sel))
				return false;
		} else if (t->kind == T_IDENT && !tg->pretty &&
			   (!strcmp(t->text, "$") || !strcmp(t->text, "$$"))) {
			tg->pretty = (unsigned int)strlen(t->text);
			parse_next(p);
		} else {
			return true;
		}
	}
}

struct ast_expr *parse_target(struct parser *p)
{
	const struct tok *t = parse_next(p);
	struct ast_expr *e = parse_node(p, EX_TARGET, t);
	struct ast_target *tg = arena_new(p->a, struct ast_target);
	size_t len = strlen(t->text), lead = strspn(t->text, "$");

	if (p->in_func)
		parse_since(p, t, SINCE_CONTEXT_FUNCS);
	e->target = tg;
	if (lead < len)
		tg->pretty = cut_pretty(t->text, &len);
	if (lead >= len || tg->pretty > 2 ||
	    memchr(t->text + lead, '$', len - lead))
		return parse_error(p, t, DIAG_SYNTAX,
				   "invalid target variable '%s'", t->text);
	tg->name = intern_n(t->text, len);
	return parse_selectors(p, tg) ? parse_done(p, e, t) : NULL;
}

/* , "module" – if it stands there; then ) */
static bool parse_module(struct parser *p, struct ast_target *tg)
{
	if (parse_accept(p, T_COMMA)) {
		tg->module = parse_string(p);
		if (!tg->module)
			return false;
	}
	return parse_expect(p, T_RPAREN);
}

static bool parse_cast(struct parser *p, struct ast_expr *e)
{
	struct ast_target *tg = arena_new(p->a, struct ast_target);

	e->kind = EX_ATCAST;
	e->target = tg;
	tg->operand = parse_expr(p);
	if (!tg->operand || !parse_expect(p, T_COMMA))
		return false;
	tg->cast_type = parse_string(p);
	return tg->cast_type && parse_module(p, tg) && parse_selectors(p, tg);
}

static bool parse_var(struct parser *p, struct ast_expr *e)
{
	struct ast_target *tg = arena_new(p->a, struct ast_target);
	const char *name = parse_string(p);

	e->kind = EX_TARGET;
	e->target = tg;
	tg->is_atvar = true;
	if (!name)
		return false;
	tg->name = intern(name);
	return parse_module(p, tg) && parse_selectors(p, tg);
}

/* The statistic an extractor reads: a variable or an array element. */
static bool parse_stat_arg(struct parser *p, struct ast_expr *e)
{
	const struct tok *t = parse_peek(p);

	e->a = parse_expr(p);
	if (!e->a)
		return false;
	if (e->a->kind == EX_NAME || e->a->kind == EX_INDEX)
		return true;
	parse_error(p, t, DIAG_SYNTAX,
		    "expected a statistics variable or array element");
	return false;
}

static bool parse_stat(struct parser *p, struct ast_expr *e, enum statop op)
{
	e->kind = EX_STATOP;
	e->statop = op;
	if (!parse_stat_arg(p, e))
		return false;
	if (op == ST_VARIANCE && parse_accept(p, T_COMMA) &&
	    !parse_int(p, &e->num))
		return false;
	return parse_expect(p, T_RPAREN);
}

static bool parse_hist(struct parser *p, struct ast_expr *e, uint32_t kind)
{
	int64_t v[3];

	e->kind = EX_HIST;
	e->hist.kind = kind;
	if (!parse_stat_arg(p, e))
		return false;
	if (kind == TAPRT_HIST_LINEAR) {
		for (size_t i = 0; i < 3; i++)
			if (!parse_expect(p, T_COMMA) || !parse_int(p, &v[i]))
				return false;
		e->hist.lo = v[0];
		e->hist.hi = v[1];
		e->hist.step = v[2];
	}
	return parse_expect(p, T_RPAREN);
}

static bool parse_op(struct parser *p, struct ast_expr *e, size_t w,
		     const struct tok *t)
{
	e->kind = EX_ATOP;
	e->name = t->text;
	if (words[w].is_guru && !p->env->guru && !parse_may_embed(p, t))
		return false;
	if (!parse_args(p, &e->args, &e->nargs))
		return false;
	if (e->nargs >= words[w].min && e->nargs <= words[w].max)
		return true;
	parse_error(p, t, DIAG_SYNTAX, "'%s' takes %s%u operand%s, not %zu",
		    t->text, words[w].min < words[w].max ? "up to " : "",
		    words[w].max, words[w].max > 1 ? "s" : "", e->nargs);
	return false;
}

static bool parse_wrapped(struct parser *p, struct ast_expr *e, enum ex kind)
{
	e->kind = kind;
	e->a = parse_expr(p);
	return e->a && parse_expect(p, T_RPAREN);
}

static bool parse_word(struct parser *p, struct ast_expr *e, size_t w,
		       const struct tok *t)
{
	switch (words[w].kind) {
	case AT_STAT:
		return parse_stat(p, e, (enum statop)words[w].which);
	case AT_HIST:
		return parse_hist(p, e, words[w].which);
	case AT_CAST:
		return parse_cast(p, e);
	case AT_VAR:
		return parse_var(p, e);
	case AT_DEFINED:
		return parse_wrapped(p, e, EX_DEFINED);
	case AT_ENTRY:
		return parse_wrapped(p, e, EX_ATENTRY);
	case AT_OP:
		return parse_op(p, e, w, t);
	}
	return false;
}

static void *unknown_atword(struct parser *p, const struct tok *t)
{
	const struct pp_macros *m = p->env->library;
	struct similar sim;
	size_t i;

	similar_init(&sim, t->text);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		similar_add(&sim, words[i].name);
	for (i = 0; m && i < m->v.n; i++)
		similar_add(&sim, m->v.v[i]->name);
	return parse_error(p, t, DIAG_UNKNOWN_ATWORD,
			   "unknown operator or macro '%s'%s", t->text,
			   similar_text(p->a, &sim, "similar"));
}

struct ast_expr *parse_atword(struct parser *p)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *e = parse_node(p, EX_ATOP, t);
	size_t w = 0, n = sizeof(words) / sizeof(*words);

	while (w < n && strcmp(words[w].name, t->text))
		w++;
	if (w == n)
		return unknown_atword(p, t);
	parse_next(p);
	parse_since(p, t, lex_builtin_since(t->text));
	if (!parse_expect(p, T_LPAREN) || !parse_word(p, e, w, t))
		return NULL;
	return parse_done(p, e, t);
}
