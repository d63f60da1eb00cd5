/* SPDX-License-Identifier: GPL-2.0-only */
/* Macro expansion and conditional branches over a token vector. */
#include "build/lang/pp.h"
#include "build/base/arena.h"
#include "build/base/intern.h"
#include "build/lang/lex.h"

#include <string.h>

struct toks {
	struct tok *v;
	size_t n, cap;
};

/**
 * struct scope - where names of parameters are looked up: one invocation
 * @up: the scope the invocation stands in, for its arguments
 */
struct scope {
	const struct pp_macro *m;
	struct toks *arg; /* m->nparams */
	const struct scope *up;
	struct span from;
};

/* Tokens being read: the file, a macro's body, or an argument. */
struct frame {
	const struct tok *tok;
	size_t n, i;
	const struct scope *scope;
	bool is_body;
};

/* A conditional whose branch is being read. */
struct open_cond {
	const struct tok *at;
	bool in_else;
};

struct pp {
	struct arena *a;
	const struct pp_env *env;
	struct diags *d;
	struct pp_macros file;
	bool is_library, failed, has_stray;
	size_t expanded;
	VEC(struct frame) frames;
	VEC(struct open_cond) conds;
	struct toks out;
};

static bool pp_error(struct pp *p, const struct tok *t, enum diag_tag tag,
		     const char *what)
{
	p->failed = true;
	if (t->kind == T_JUNK)
		diag_error(p->d, &t->at, t->junk, "%s", t->text);
	else
		diag_error(p->d, &t->at, tag, "%s", what);
	return false;
}

static struct frame *top(struct pp *p)
{
	return &p->frames.v[p->frames.n - 1];
}

/* The frame's next token as it is read, or NULL at its end. */
static const struct tok *peek_frame(struct pp *p)
{
	struct frame *f = top(p);

	return f->i < f->n ? &f->tok[f->i] : NULL;
}

static struct tok take(struct pp *p)
{
	struct frame *f = top(p);
	struct tok t = f->tok[f->i];

	f->i++;
	if (f->is_body) {
		t.at.from = &f->scope->from;
		if (f->i == 1)
			t.glued = false;
	}
	if (p->frames.n > 1)
		p->expanded++;
	return t;
}

/* The next token without expansion; T_EOF at the end of the file. */
static struct tok raw(struct pp *p)
{
	while (p->frames.n > 1 && !peek_frame(p))
		p->frames.n--;
	if (top(p)->i + 1 >= top(p)->n && p->frames.n == 1)
		return top(p)->tok[top(p)->n - 1]; /* T_EOF stays */
	return take(p);
}

static struct pp_macro *find_macro(const struct pp_macros *m, const char *name)
{
	for (size_t i = 0; m && i < m->v.n; i++)
		if (m->v.v[i]->name == name)
			return m->v.v[i];
	return NULL;
}

static void push_frame(struct pp *p, const struct tok *t, size_t n,
		       const struct scope *scope, bool is_body)
{
	struct frame f = {
		.tok = t, .n = n, .scope = scope, .is_body = is_body
	};

	vec_apush(p->a, &p->frames, f);
}

/* Collect one argument list; the frame stands behind the '('. */
static bool read_args(struct pp *p, struct scope *s, const struct tok *call)
{
	size_t depth = 0, got = 0;
	bool any = false;

	for (;;) {
		struct tok t;

		if (!peek_frame(p) || peek_frame(p)->kind == T_EOF)
			return pp_error(p, call, DIAG_MACRO_ARITY,
					"missing ')' after macro parameters");
		t = take(p);
		if (t.kind == T_RPAREN && !depth)
			break;
		any = true;
		if (t.kind == T_COMMA && !depth) {
			got++;
			continue;
		}
		if (t.kind == T_LPAREN || t.kind == T_LBRACKET ||
		    t.kind == T_LBRACE || t.kind == T_PP_OPEN)
			depth++;
		else if (depth && (t.kind == T_RPAREN || t.kind == T_RBRACKET ||
				   t.kind == T_RBRACE || t.kind == T_PP_CLOSE))
			depth--;
		if (got < s->m->nparams)
			vec_apush(p->a, &s->arg[got], t);
	}
	got += any || s->m->nparams;
	if (got == s->m->nparams)
		return true;
	p->failed = true;
	diag_error(p->d, &call->at, DIAG_MACRO_ARITY,
		   "too %s parameters for macro '%s': it takes %zu, not %zu",
		   got < s->m->nparams ? "few" : "many", s->m->name,
		   s->m->nparams, got);
	diag_note(p->d, &s->m->at, "defined here");
	return false;
}

static bool is_active(const struct scope *s, const struct pp_macro *m)
{
	for (; s; s = s->up)
		if (s->m == m)
			return true;
	return false;
}

/* Push the body of @m, whose invocation @t was just read. */
static void invoke(struct pp *p, const struct pp_macro *m, const struct tok *t)
{
	struct scope *s = arena_new(p->a, struct scope);

	s->m = m;
	s->up = top(p)->scope;
	s->from = t->at;
	if (is_active(s->up, m) || p->frames.n > PP_MAX_DEPTH) {
		pp_error(p, t, DIAG_MACRO_LOOP,
			 "macro expands to itself without end");
		return;
	}
	if (m->has_params) {
		const struct tok *next = peek_frame(p);

		s->arg = arena_array(p->a, struct toks, m->nparams + 1);
		if (!next || next->kind != T_LPAREN) {
			pp_error(p, t, DIAG_MACRO_ARITY,
				 "expected '(' in invocation of macro with "
				 "parameters");
			return;
		}
		take(p);
		if (!read_args(p, s, t))
			return;
	}
	push_frame(p, m->body, m->nbody, s, true);
}

/* Replace the @word just read if it is a parameter or a macro. */
static bool expand(struct pp *p, const struct tok *t)
{
	const struct scope *s = top(p)->scope;
	const struct pp_macro *m = NULL;

	if (s) {
		for (size_t i = 0; i < s->m->nparams; i++) {
			if (s->m->param[i] != t->text)
				continue;
			push_frame(p, s->arg[i].v, s->arg[i].n, s->up, false);
			return true;
		}
	}
	if (!s || !s->m->is_library || p->is_library)
		m = find_macro(&p->file, t->text);
	if (!m)
		m = find_macro(p->env->library, t->text);
	if (m)
		invoke(p, m, t);
	return m != NULL;
}

static struct tok pull(struct pp *p)
{
	for (;;) {
		struct tok t = raw(p);

		if (p->expanded > PP_MAX_EXPANDED) {
			pp_error(p, &t, DIAG_MACRO_SIZE,
				 "macros expand to more than a million tokens");
			p->expanded = 0;
			p->frames.n = 1;
			top(p)->i = top(p)->n - 1;
			return raw(p);
		}
		if (t.kind != T_ATWORD || !expand(p, &t))
			return t;
	}
}

/* ---- definitions ------------------------------------------------------------ */

/* A definition is wrong at @t.  Its body, if it is near, is no conditional. */
static bool bad_definition(struct pp *p, struct tok t, const char *what)
{
	size_t depth = 0;

	pp_error(p, &t, DIAG_SYNTAX, what);
	while (t.kind != T_PP_OPEN) {
		const struct tok *next = peek_frame(p);

		if (!next || next->kind == T_EOF || next->kind == T_LBRACE ||
		    next->kind == T_PP_THEN || next->kind == T_PP_ELSE ||
		    next->kind == T_PP_CLOSE || tok_is_keyword(next->kind))
			return false;
		t = raw(p);
	}
	for (; t.kind != T_EOF; t = raw(p)) {
		depth += t.kind == T_PP_OPEN;
		depth -= t.kind == T_PP_CLOSE;
		if (!depth)
			break;
	}
	return false;
}

static bool read_params(struct pp *p, struct pp_macro *m)
{
	VEC(const char *) v = { 0 };
	struct tok t = raw(p);

	m->has_params = true;
	if (t.kind == T_RPAREN)
		return true;
	for (;; t = raw(p)) {
		if (t.kind != T_IDENT && !tok_is_keyword(t.kind))
			return bad_definition(
				p, t, "expected a macro parameter name");
		vec_apush(p->a, &v, intern(arena_printf(p->a, "@%s", t.text)));
		t = raw(p);
		if (t.kind == T_RPAREN)
			break;
		if (t.kind != T_COMMA)
			return bad_definition(
				p, t,
				"expected ',' or ')' in macro parameters");
	}
	m->param = v.v;
	m->nparams = v.n;
	return true;
}

static bool read_body(struct pp *p, struct pp_macro *m)
{
	struct toks body = { 0 };

	for (size_t depth = 0;;) {
		struct tok t = raw(p);

		if (t.kind == T_EOF) {
			pp_error(p, &t, DIAG_MACRO_BODY,
				 "missing '%)' to close the macro body");
			diag_note(p->d, &m->at, "the macro starts here");
			return false;
		}
		if (t.kind == T_ATWORD && !strcmp(t.text, "@define"))
			pp_error(p, &t, DIAG_MACRO_BODY,
				 "'@define' forbidden inside macro body");
		if (t.kind == T_PP_CLOSE && !depth)
			break;
		depth += t.kind == T_PP_OPEN;
		depth -= t.kind == T_PP_CLOSE;
		vec_apush(p->a, &body, t);
	}
	m->body = body.v;
	m->nbody = body.n;
	return true;
}

static void define(struct pp *p)
{
	struct pp_macro *m = arena_new(p->a, struct pp_macro), *old;
	struct tok t = raw(p);

	if (t.kind != T_IDENT && !tok_is_keyword(t.kind)) {
		bad_definition(p, t, "expected a macro name");
		return;
	}
	m->at = t.at;
	m->name = intern(arena_printf(p->a, "@%s", t.text));
	m->is_library = p->is_library;
	if (lex_is_builtin(m->at.src, m->name))
		diag_warn(p->d, &t.at, DIAG_MACRO_NAME,
			  "macro '%s' replaces an operator of the language",
			  m->name);
	t = raw(p);
	if (t.kind == T_LPAREN) {
		if (!read_params(p, m))
			return;
		t = raw(p);
	}
	if (t.kind != T_PP_OPEN) {
		pp_error(p, &t, DIAG_SYNTAX,
			 "expected '%(' to start the macro body");
		return;
	}
	if (!read_body(p, m))
		return;
	old = find_macro(&p->file, m->name);
	if (old) {
		p->failed = true;
		diag_error(p->d, &m->at, DIAG_MACRO_REDEFINED,
			   "attempt to redefine macro '%s' in the same file",
			   m->name);
		diag_note(p->d, &old->at, "first defined here");
		return;
	}
	vec_apush(p->a, &p->file.v, m);
}

/* ---- conditionals ------------------------------------------------------------ */

static void unclosed(struct pp *p, const struct tok *eof,
		     const struct tok *open)
{
	pp_error(p, eof, DIAG_BAD_COND, "missing '%)' to close a conditional");
	diag_note(p->d, &open->at, "the conditional starts here");
}

/*
 * Skip a branch of the conditional @open: to its %: (only if @to_else) or %),
 * which is consumed.  Returns true at %:.
 */
static bool skip(struct pp *p, const struct tok *open, bool to_else)
{
	for (size_t depth = 0;;) {
		struct tok t = raw(p);

		switch (t.kind) {
		case T_EOF:
			unclosed(p, &t, open);
			return false;
		case T_JUNK:
			/* an argument that is not there does no harm here */
			if (t.junk != DIAG_ARG_RANGE &&
			    t.junk != DIAG_ARG_NESTED)
				pp_error(p, &t, DIAG_SYNTAX, "");
			break;
		case T_PP_OPEN:
			depth++;
			break;
		case T_PP_ELSE:
			if (to_else && !depth)
				return true;
			break;
		case T_PP_CLOSE:
			if (!depth--)
				return false;
			break;
		default:
			break;
		}
	}
}

/* The '%(' @open was read: decide, and leave the stream in a live branch. */
static void conditional(struct pp *p, const struct tok *open)
{
	struct tok *at = arena_memdup(p->a, open, sizeof(*open));
	struct open_cond c = { .at = at };
	struct toks cond = { 0 };
	bool taken = false, ok;

	for (;;) {
		struct tok t = pull(p);

		if (t.kind == T_PP_THEN)
			break;
		if (t.kind == T_EOF || t.kind == T_PP_CLOSE ||
		    t.kind == T_PP_OPEN || cond.n == PP_MAX_COND) {
			pp_error(p, &t, DIAG_BAD_COND,
				 "expected '%?' marker for conditional");
			if (t.kind != T_EOF && t.kind != T_PP_CLOSE)
				skip(p, at, false);
			return;
		}
		vec_apush(p->a, &cond, t);
	}
	ok = pp_cond(p->a, cond.v, cond.n, at, p->env, p->d, &taken);
	p->failed |= !ok;
	if (!ok) {
		skip(p, at, false);
		return;
	}
	if (!taken) {
		c.in_else = skip(p, at, true);
		if (!c.in_else)
			return;
	}
	vec_apush(p->a, &p->conds, c);
}

/* %: and %) of the innermost open conditional. */
static void branch_end(struct pp *p, const struct tok *t)
{
	struct open_cond *c;

	if (!p->conds.n) {
		pp_error(p, t, DIAG_BAD_COND,
			 "conditional marker outside a conditional");
		return;
	}
	c = &p->conds.v[p->conds.n - 1];
	if (t->kind == T_PP_CLOSE) {
		p->conds.n--;
	} else if (c->in_else) {
		pp_error(p, t, DIAG_BAD_COND,
			 "a conditional has only one '%:'");
	} else {
		p->conds.n--;
		skip(p, c->at, false);
	}
}

static void stray(struct pp *p, const struct tok *t)
{
	if (!p->has_stray)
		pp_error(p, t, DIAG_MACRO_FILE,
			 "a macro file may contain only '@define'");
	p->has_stray = true;
}

static void pp_loop(struct pp *p)
{
	for (;;) {
		struct tok t = pull(p);

		switch (t.kind) {
		case T_EOF:
			if (p->conds.n)
				unclosed(p, &t, p->conds.v[p->conds.n - 1].at);
			vec_apush(p->a, &p->out, t);
			return;
		case T_PP_OPEN:
			conditional(p, &t);
			continue;
		case T_PP_THEN:
			pp_error(p, &t, DIAG_BAD_COND,
				 "conditional marker outside a conditional");
			continue;
		case T_PP_ELSE:
		case T_PP_CLOSE:
			branch_end(p, &t);
			continue;
		case T_ATWORD:
			if (!strcmp(t.text, "@define")) {
				define(p);
				continue;
			}
			break;
		default:
			break;
		}
		if (p->is_library)
			stray(p, &t);
		else
			vec_apush(p->a, &p->out, t);
	}
}

bool pp_run(struct arena *a, const struct lexed *lx, const struct pp_env *env,
	    struct diags *d, const struct tok **ret, size_t *n)
{
	struct pp p = { .a = a, .env = env, .d = d };

	*ret = lx->tok;
	*n = lx->n;
	if (!lx->has_pp)
		return true;
	push_frame(&p, lx->tok, lx->n, NULL, false);
	pp_loop(&p);
	*ret = p.out.v;
	*n = p.out.n;
	return !p.failed;
}

struct pp_macros *lang_macros_new(struct arena *a)
{
	struct pp_macros *m = arena_new(a, struct pp_macros);

	m->a = a;
	return m;
}

bool lang_macros_add(struct pp_macros *m, const struct lexed *lx,
		     const struct pp_env *env, struct diags *d)
{
	struct pp_env mine = *env;
	struct pp p = { .a = m->a, .env = &mine, .d = d, .is_library = true };

	mine.library = m;
	push_frame(&p, lx->tok, lx->n, NULL, false);
	pp_loop(&p);
	for (size_t i = 0; i < p.file.v.n; i++) {
		struct pp_macro *now = p.file.v.v[i];
		struct pp_macro *old = find_macro(m, now->name);

		if (!old)
			continue;
		p.failed = true;
		diag_error(d, &now->at, DIAG_MACRO_REDEFINED,
			   "library macro '%s' is defined in two files",
			   now->name);
		diag_note(d, &old->at, "first defined here");
	}
	for (size_t i = 0; !p.failed && i < p.file.v.n; i++)
		vec_apush(m->a, &m->v, p.file.v.v[i]);
	return !p.failed;
}
