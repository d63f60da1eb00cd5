/* SPDX-License-Identifier: GPL-2.0-only */
/* Declarations of a file, and the token cursor. */
#include "build/lang/parse.h"
#include "build/base/buf.h"
#include "build/base/similar.h"
#include "build/lang/lex.h"
#include "build/lang/pp.h"
#include "build/lang/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- cursor ------------------------------------------------------------------- */

const struct tok *parse_next(struct parser *p)
{
	const struct tok *t = parse_peek(p);

	if (p->i + 1 < p->n)
		p->i++;
	return t;
}

bool parse_accept(struct parser *p, enum tokk k)
{
	if (!parse_is(p, k))
		return false;
	parse_next(p);
	return true;
}

void *parse_error(struct parser *p, const struct tok *t, enum diag_tag tag,
		  const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	p->failed = true;
	if (t->kind == T_JUNK) {
		diag_error(p->d, &t->at, t->junk, "%s", t->text);
		return NULL;
	}
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	diag_error(p->d, &t->at, tag, "%s", msg);
	return NULL;
}

void parse_since(struct parser *p, const struct tok *t, enum since f)
{
	if (!since_check(p->d, &t->at, f))
		p->failed = true;
}

static const char *saw(struct parser *p, const struct tok *t)
{
	switch (t->kind) {
	case T_EOF:
		return "end of file";
	case T_IDENT:
		return arena_printf(p->a, "identifier '%s'", t->text);
	case T_ATWORD:
		return arena_printf(p->a, "'%s'", t->text);
	case T_NUMBER:
		return arena_printf(p->a, "number %lld", (long long)t->num);
	case T_STRING:
		return "a string";
	case T_EMBEDDED:
		return "embedded code";
	default:
		break;
	}
	return arena_printf(p->a, "%s'%s'",
			    tok_is_keyword(t->kind) ? "keyword " : "",
			    tok_kind_name(t->kind));
}

void *parse_expected(struct parser *p, const char *what)
{
	const struct tok *t = parse_peek(p);

	return parse_error(p, t, DIAG_SYNTAX, "expected %s, saw %s", what,
			   saw(p, t));
}

bool parse_expect(struct parser *p, enum tokk k)
{
	if (parse_accept(p, k))
		return true;
	parse_expected(p, arena_printf(p->a, "'%s'", tok_kind_name(k)));
	return false;
}

bool parse_enter(struct parser *p)
{
	if (p->depth >= LANG_MAX_HEIGHT) {
		parse_error(p, parse_peek(p), DIAG_TOO_DEEP,
			    "nested more than %d levels deep", LANG_MAX_HEIGHT);
		return false;
	}
	p->depth++;
	return true;
}

void parse_leave(struct parser *p)
{
	p->depth--;
}

const char *parse_string(struct parser *p)
{
	struct buf b = BUF_INIT;
	const char *s, *last, *next;

	if (!parse_is(p, T_STRING))
		return parse_expected(p, "literal string");
	s = last = parse_next(p)->text;
	if (!parse_is(p, T_STRING))
		return s;
	parse_since(p, parse_peek(p), SINCE_JOINED_STRINGS);
	buf_adds(&b, s);
	while (parse_is(p, T_STRING)) {
		next = parse_next(p)->text;
		str_append(&b, last, next);
		if (*next)
			last = next;
	}
	s = arena_strndup(p->a, b.p, b.len);
	buf_deinit(&b);
	return s;
}

bool parse_int(struct parser *p, int64_t *ret)
{
	bool minus = parse_is(p, T_SUB);

	if (minus || parse_is(p, T_ADD))
		parse_next(p);
	if (!parse_is(p, T_NUMBER)) {
		parse_expected(p, "literal number");
		return false;
	}
	*ret = parse_next(p)->num;
	if (minus)
		*ret = (int64_t)(0 - (uint64_t)*ret);
	return true;
}

bool parse_may_embed(struct parser *p, const struct tok *t)
{
	const struct span *s = &t->at;

	/* C out of a macro has the rights of whoever uses the macro. */
	while (s->from)
		s = s->from;
	if (p->env->guru || s->src->is_library)
		return true;
	parse_error(p, t, DIAG_NEED_GURU,
		    "embedded code in unprivileged script; need -g");
	return false;
}

/* ---- globals -------------------------------------------------------------------- */

static bool global_size(struct parser *p, struct sym *s)
{
	const struct tok *t = parse_peek(p);
	int64_t n;

	if (!parse_int(p, &n))
		return false;
	if (n < 1 || n > INT32_MAX) {
		parse_error(p, t, DIAG_ARRAY_SIZE,
			    "array size out of range: %lld is not in 1 … %d",
			    (long long)n, INT32_MAX);
		return false;
	}
	s->max_entries = n;
	return parse_expect(p, T_RBRACKET);
}

static bool global_init(struct parser *p, struct sym *s)
{
	const struct tok *t = parse_peek(p);
	struct ast_expr *e = arena_new(p->a, struct ast_expr);

	e->at = t->at;
	if (s->max_entries || s->wrap) {
		parse_error(p, t, DIAG_GLOBAL_INIT,
			    "only scalar globals can be initialized");
		return false;
	}
	if (t->kind == T_STRING) {
		e->kind = EX_STRING;
		e->type = TY_STRING;
		e->str = parse_string(p);
	} else if (t->kind == T_NUMBER || t->kind == T_SUB ||
		   t->kind == T_ADD) {
		e->kind = EX_NUMBER;
		e->type = TY_LONG;
		if (!parse_int(p, &e->num))
			return false;
	} else {
		parse_expected(p, "literal string or number");
		return false;
	}
	s->init = e;
	s->arity = 0;
	return true;
}

static bool parse_global(struct parser *p, bool is_private)
{
	const struct tok *t = parse_peek(p);
	struct ast_global *g = arena_new(p->a, struct ast_global), *old;
	struct sym *s = arena_new(p->a, struct sym);

	if (t->kind != T_IDENT || *t->text == '$')
		return parse_expected(p, "identifier") != NULL;
	parse_next(p);
	g->at = s->at = t->at;
	g->sym = s;
	s->kind = SYM_GLOBAL;
	s->name = t->text;
	s->arity = -1;
	s->is_private = is_private;
	s->is_library = p->f->is_library;
	s->wrap = parse_accept(p, T_MOD);
	old = map_get(&p->globals, s->name);
	if (old) {
		if (old->sym->is_private != is_private)
			parse_error(p, t, DIAG_PRIVATE_CLASH,
				    "global versus private variable "
				    "declaration conflict");
		else
			parse_error(p, t, DIAG_DUP_GLOBAL,
				    "duplicate global name '%s'", s->name);
		diag_note(p->d, &old->at, "first declared here");
	} else {
		map_put(&p->globals, s->name, g);
	}
	if (parse_accept(p, T_LBRACKET) && !global_size(p, s))
		return false;
	if (parse_accept(p, T_SET) && !global_init(p, s))
		return false;
	vec_apush(p->a, &p->f->globals, g);
	return true;
}

static bool parse_globals(struct parser *p, bool is_private)
{
	do {
		if (!parse_global(p, is_private))
			return false;
	} while (parse_accept(p, T_COMMA));
	parse_accept(p, T_SEMI);
	return true;
}

/* ---- functions -------------------------------------------------------------------- */

/* ":long" or ":string", if it stands there. */
static bool parse_type(struct parser *p, enum ty *ret)
{
	if (!parse_accept(p, T_COLON))
		return true;
	if (parse_accept(p, T_LONG_T))
		*ret = TY_LONG;
	else if (parse_accept(p, T_STRING_T))
		*ret = TY_STRING;
	else
		return parse_expected(p, "'string' or 'long'") != NULL;
	return true;
}

static bool parse_param(struct parser *p, struct sym *const *have, size_t n,
			struct sym *s)
{
	const struct tok *t = parse_peek(p);

	if (t->kind != T_IDENT || *t->text == '$')
		return parse_expected(p, "identifier") != NULL;
	for (size_t i = 0; i < n; i++) {
		if (have[i]->name != t->text)
			continue;
		parse_error(p, t, DIAG_DUP_PARAM,
			    "duplicate parameter names: '%s'", t->text);
		diag_note(p->d, &have[i]->at, "first used here");
		break;
	}
	parse_next(p);
	s->kind = SYM_PARAM;
	s->name = t->text;
	s->at = t->at;
	s->index = (int)n;
	if (!parse_type(p, &s->type))
		return false;
	if (s->type)
		s->type_at = t->at;
	return true;
}

static bool parse_params(struct parser *p, struct ast_func *fn)
{
	VEC(struct sym *) v = { 0 };

	if (!parse_expect(p, T_LPAREN))
		return false;
	if (!parse_accept(p, T_RPAREN)) {
		do {
			struct sym *s = arena_new(p->a, struct sym);

			if (!parse_param(p, v.v, v.n, s))
				return false;
			vec_apush(p->a, &v, s);
		} while (parse_accept(p, T_COMMA));
		if (!parse_is(p, T_RPAREN))
			return parse_expected(p, "',' or ')'") != NULL;
		parse_next(p);
	}
	fn->params = v.v;
	fn->nparams = v.n;
	return true;
}

static bool parse_priority(struct parser *p, struct ast_func *fn)
{
	const struct tok *t = parse_peek(p);
	int64_t n;

	if (!parse_int(p, &n))
		return false;
	if (n < 1 || n > INT32_MAX) {
		parse_error(p, t, DIAG_PRIORITY,
			    "specified priority must be > 0 and fit in 31 "
			    "bits");
		return true;
	}
	fn->priority = (int)n;
	return true;
}

/* Such a one before: overloads, which came late. */
static void check_overload(struct parser *p, const struct ast_func *fn,
			   const struct tok *name)
{
	struct ast_func **f;

	if (since_has(p->src, SINCE_OVERLOADS))
		return;
	vec_foreach(f, &p->f->funcs) {
		if ((*f)->name != fn->name || (*f)->nparams != fn->nparams)
			continue;
		parse_since(p, name, SINCE_OVERLOADS);
		diag_note(p->d, &(*f)->at, "the first is here");
		return;
	}
}

static bool parse_function(struct parser *p, bool is_private)
{
	struct ast_func *fn = arena_new(p->a, struct ast_func);
	const struct tok *t = parse_peek(p), *name = t;

	if (t->kind != T_IDENT || *t->text == '$')
		return parse_expected(p, "identifier") != NULL;
	parse_next(p);
	fn->at = t->at;
	fn->name = t->text;
	fn->is_private = is_private;
	fn->is_library = p->f->is_library;
	if (!parse_type(p, &fn->type))
		return false;
	fn->type_declared = fn->type != TY_UNKNOWN;
	if (!parse_params(p, fn))
		return false;
	check_overload(p, fn, name);
	if (parse_accept(p, T_COLON) && !parse_priority(p, fn))
		return false;
	t = parse_peek(p);
	if (t->kind == T_EMBEDDED) {
		parse_may_embed(p, t);
		fn->embedded = parse_next(p)->text;
		fn->embed = embed_new(p->a, t);
		/* The style of its day (features.md 1.9). */
		if (!since_has(p->src, SINCE_MANGLED))
			fn->embed->flags |= EMBED_UNMANGLED;
	} else {
		p->in_func = true;
		fn->body = parse_block(p);
		p->in_func = false;
		if (!fn->body)
			return false;
	}
	vec_apush(p->a, &p->f->funcs, fn);
	return true;
}

/* ---- file ------------------------------------------------------------------------ */

static bool parse_embedded(struct parser *p)
{
	const struct tok *t = parse_next(p);
	struct ast_expr *e = parse_node(p, EX_EMBEDDED, t);

	parse_may_embed(p, t);
	e->str = t->text;
	e->embed = embed_new(p->a, t);
	vec_apush(p->a, &p->f->embedded, e);
	return true;
}

static void parse_unknown_top(struct parser *p)
{
	const struct tok *t = parse_peek(p);
	struct similar sim;

	similar_init(&sim, t->kind == T_IDENT ? t->text : "");
	for (enum tokk k = T_PROBE; k <= T_FUNCTION; k++)
		if (t->kind == T_IDENT)
			similar_add(&sim, tok_kind_name(k));
	parse_error(p, t, DIAG_SYNTAX,
		    "expected 'probe', 'global', 'private', 'function', or "
		    "'%%{', saw %s%s",
		    saw(p, t), similar_text(p->a, &sim, "similar"));
}

static bool parse_top(struct parser *p)
{
	bool is_private = parse_accept(p, T_PRIVATE);

	if (parse_accept(p, T_GLOBAL))
		return parse_globals(p, is_private);
	if (parse_accept(p, T_FUNCTION))
		return parse_function(p, is_private);
	if (is_private)
		return parse_globals(p, true);
	if (parse_accept(p, T_PROBE))
		return parse_probe(p);
	if (parse_is(p, T_EMBEDDED))
		return parse_embedded(p);
	if (parse_accept(p, T_SEMI))
		return true;
	parse_unknown_top(p);
	return false;
}

/* Nothing but white space stands in front of @t on its line. */
static bool is_first_on_line(const struct tok *t)
{
	const char *text = t->at.src ? t->at.src->text : "";
	uint32_t off = t->at.src ? t->at.off : 0;

	while (off && (text[off - 1] == ' ' || text[off - 1] == '\t'))
		off--;
	return !off || text[off - 1] == '\n';
}

static bool is_top_word(enum tokk k)
{
	return k == T_PROBE || k == T_GLOBAL || k == T_FUNCTION ||
	       k == T_PRIVATE;
}

bool parse_at_declaration(const struct parser *p)
{
	const struct tok *t = parse_peek(p), *next = parse_peek2(p);

	/* not the component of a point: kernel.function */
	if (p->i && p->tok[p->i - 1].kind == T_DOT)
		return false;
	if (t->kind == T_PROBE &&
	    (next->kind == T_MUL || next->kind == T_LBRACE ||
	     tok_is_keyword(next->kind)))
		return true;
	if (t->kind == T_PRIVATE &&
	    (next->kind == T_GLOBAL || next->kind == T_FUNCTION))
		return true;
	return is_top_word(t->kind) &&
	       (next->kind == T_IDENT || next->kind == T_EOF ||
		is_first_on_line(t));
}

/* After an error: to the next word that starts a declaration. */
static void recover(struct parser *p, size_t start)
{
	if (p->i == start)
		parse_next(p);
	while (!parse_is(p, T_EOF) && !parse_at_declaration(p))
		parse_next(p);
}

struct ast_file *lang_parse(struct arena *a, const struct lexed *lx,
			    const struct pp_env *env, struct diags *d)
{
	struct parser p = { .a = a, .env = env, .d = d, .src = lx->src };

	/* What a wrong macro or condition leaves behind would only confuse. */
	if (!pp_run(a, lx, env, d, &p.tok, &p.n))
		return NULL;
	p.f = arena_new(a, struct ast_file);
	p.f->src = lx->src;
	p.f->is_library = lx->src->is_library;
	while (!parse_is(&p, T_EOF)) {
		size_t start = p.i;

		p.depth = 0;
		p.in_func = false;
		if (!parse_top(&p))
			recover(&p, start);
	}
	map_deinit(&p.globals);
	return p.failed ? NULL : p.f;
}
