/* SPDX-License-Identifier: GPL-2.0-only */
/* What a source defines, without its tokens: bodies are stepped over as bytes. */
#include "build/base/intern.h"
#include "build/lang/lang.h"
#include "build/lang/lex.h"
#include "build/lang/scan.h"

/**
 * struct outline - position in the source
 * @t: the token that is looked at; T_EOF at the end
 * @p: behind it
 */
struct outline {
	struct src *src;
	struct scan t;
	const char *p, *end;
	struct diags *d;
	outline_fn found;
	void *arg;
};

/* An argument counts as a value; "$#" starts no comment. */
static bool scan_value(struct outline *x, struct scan *t)
{
	size_t len = scan_argument(x->p, x->end);

	if (!len)
		return false;
	t->kind = *x->p == '@' ? T_STRING : T_NUMBER;
	t->start = x->p;
	x->p += len;
	t->end = x->p;
	return true;
}

static void scan_here(struct outline *x, struct scan *t)
{
	if (scan_value(x, t))
		return;
	scan_token(x->p, x->end, t);
	x->p = t->end;
	if (t->kind == T_EMBEDDED && scan_has_typo(t)) {
		struct span at = { .src = x->src,
				   .off = (uint32_t)(t->start - x->src->text),
				   .len = (uint32_t)(t->end - t->start) };

		lex_warn_typo(x->d, &at);
	}
}

static void next(struct outline *x)
{
	x->p = scan_space(x->p, x->end);
	if (x->p == x->end) {
		x->t.kind = T_EOF;
		return;
	}
	scan_here(x, &x->t);
	if (x->t.kind == T_IDENT)
		x->t.kind = lex_keyword(x->src, x->t.start,
					(size_t)(x->t.end - x->t.start));
}

/* From behind an opening bracket to behind the one that closes it. */
static void skip_body(struct outline *x)
{
	static const bool stops[256] = {
		['{'] = true, ['}'] = true, ['('] = true, [')'] = true,
		['['] = true, [']'] = true, ['"'] = true, ['#'] = true,
		['/'] = true, ['%'] = true, ['$'] = true, ['@'] = true,
	};
	struct scan t;
	int depth = 1;

	while (depth) {
		while (x->p < x->end && !stops[(unsigned char)*x->p])
			x->p++;
		x->p = scan_space(x->p, x->end);
		if (x->p == x->end)
			return;
		scan_here(x, &t);
		if (t.kind == T_LBRACE || t.kind == T_LPAREN ||
		    t.kind == T_LBRACKET)
			depth++;
		else if (t.kind == T_RBRACE || t.kind == T_RPAREN ||
			 t.kind == T_RBRACKET)
			depth--;
	}
}

static const char *word(const struct outline *x)
{
	return intern_n(x->t.start, (size_t)(x->t.end - x->t.start));
}

static bool is_word(const struct outline *x)
{
	return x->t.kind == T_IDENT || x->t.kind == T_ATWORD ||
	       tok_is_keyword(x->t.kind);
}

/* From "%(" to its "%?"; what it chooses from is looked through. */
static void skip_condition(struct outline *x)
{
	while (x->t.kind != T_PP_THEN && x->t.kind != T_EOF)
		next(x);
}

/* "global a, b[10] = 1, c%": every name before whatever is none of that. */
static void globals(struct outline *x)
{
	bool expect = true;

	for (;; next(x)) {
		switch (x->t.kind) {
		case T_IDENT:
			if (!expect)
				return;
			x->found(x->arg, OUTLINE_GLOBAL, word(x));
			expect = false;
			break;
		case T_COMMA:
			expect = true;
			break;
		case T_PP_OPEN:
			skip_condition(x);
			break;
		case T_PP_ELSE:
		case T_PP_CLOSE:
		case T_MOD:
		case T_LBRACKET:
		case T_RBRACKET:
		case T_NUMBER:
		case T_STRING:
		case T_SET:
		case T_SUB:
		case T_ADD:
			break;
		default:
			return;
		}
	}
}

/* "probe a.b = …" and "probe a.b = c.d = …": every name before the last "=". */
static void aliases(struct outline *x)
{
	const char *first = NULL;

	for (;; next(x)) {
		switch (x->t.kind) {
		case T_EOF:
		case T_LBRACE:
		case T_COMMA:
		case T_PROBE:
			return;
		case T_SET:
		case T_ADD_SET:
			if (first)
				x->found(x->arg, OUTLINE_ALIAS, first);
			first = NULL;
			break;
		default:
			if (!first && is_word(x))
				first = word(x);
			break;
		}
	}
}

/* Anything else at the top; conditions are looked through. */
static void other(struct outline *x)
{
	switch (x->t.kind) {
	case T_LBRACE:
	case T_LPAREN:
	case T_LBRACKET:
		skip_body(x);
		break;
	case T_PP_OPEN:
		skip_condition(x);
		break;
	default:
		break;
	}
	next(x);
}

void lang_outline(struct src *s, outline_fn found, void *arg, struct diags *d)
{
	struct outline x = { .src = s,
			     .p = s->text,
			     .end = s->text + s->len,
			     .d = d,
			     .found = found,
			     .arg = arg };

	next(&x);
	while (x.t.kind != T_EOF) {
		enum tokk kind = x.t.kind;

		if (kind != T_GLOBAL && kind != T_FUNCTION && kind != T_PROBE) {
			other(&x);
			continue;
		}
		next(&x);
		if (kind == T_GLOBAL)
			globals(&x);
		else if (kind == T_PROBE)
			aliases(&x);
		else if (x.t.kind == T_IDENT)
			found(arg, OUTLINE_FUNC, word(&x));
	}
}
