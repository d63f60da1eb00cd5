/* SPDX-License-Identifier: GPL-2.0-only */
/* The print family and its format strings (features.md 1.13). */
#include "build/lang/parse.h"

#include <string.h>

static const struct {
	const char *name;
	enum print_kind kind;
	bool to_string;
} family[] = {
	{ "print", PR_PRINT, false },	    { "sprint", PR_PRINT, true },
	{ "println", PR_PRINTLN, false },   { "sprintln", PR_PRINTLN, true },
	{ "printd", PR_PRINTD, false },	    { "sprintd", PR_PRINTD, true },
	{ "printdln", PR_PRINTDLN, false }, { "sprintdln", PR_PRINTDLN, true },
	{ "printf", PR_PRINTF, false },	    { "sprintf", PR_PRINTF, true },
	{ "print_char", PR_CHAR, false },
};

const char *lang_print_name(const struct ast_print *pr)
{
	size_t i = 0;

	while (family[i].kind != pr->kind ||
	       family[i].to_string != pr->to_string)
		i++;
	return family[i].name;
}

/* A format string being read; text [lit, p) is literal so far. */
struct format {
	struct parser *p;
	const struct tok *t;
	const char *s;
	VEC(struct fmt_piece) pieces;
	struct buf lit;
};

static void flush_literal(struct format *f)
{
	struct fmt_piece piece = { .kind = FMT_LIT, .width = -1, .prec = -1 };

	if (!f->lit.len)
		return;
	piece.lit = arena_strndup(f->p->a, f->lit.p, f->lit.len);
	vec_apush(f->p->a, &f->pieces, piece);
	buf_reset(&f->lit);
}

/* Digits or '*' at f->s; -1 when there are none, -3 when too many. */
static int parse_width(struct format *f)
{
	int v = -1;

	if (*f->s == '*') {
		f->s++;
		return -2;
	}
	for (; *f->s >= '0' && *f->s <= '9'; f->s++) {
		v = (v < 0 ? 0 : v) * 10 + (*f->s - '0');
		if (v > 100000)
			return -3;
	}
	return v;
}

static bool bad_format(struct format *f, const char *what)
{
	parse_error(f->p, f->t, DIAG_BAD_FORMAT, "%s", what);
	return false;
}

static uint32_t parse_flag(struct format *f)
{
	static const char flags[] = "-+ 0#";
	const char *at = *f->s ? strchr(flags, *f->s) : NULL;

	if (!at)
		return 0;
	f->s++;
	return 1u << (at - flags); /* TAPRT_F_* are in this order */
}

/* A number of bytes that "%b" can write, or none. */
static bool is_word_size(int n)
{
	return n == -1 || n == 1 || n == 2 || n == 4 || n == 8;
}

/* f->s is behind a '%' that is not "%%". */
static bool parse_conversion(struct format *f)
{
	struct fmt_piece piece = { .kind = FMT_CONV, .prec = -1 };

	piece.flags = parse_flag(f);
	piece.width = parse_width(f);
	if (*f->s == '.') {
		f->s++;
		piece.prec = parse_width(f);
		if (piece.prec == -1)
			piece.prec = 0; /* as in C */
	}
	if (piece.width == -3 || piece.prec == -3)
		return bad_format(f, "width or precision above 100000");
	if (*f->s == 'l')
		f->s++;
	if (!*f->s)
		return bad_format(
			f, "trailing incomplete print format conversion");
	if (!strchr("diuoxXpcsbmM", *f->s))
		return bad_format(f, "invalid or missing conversion specifier");
	if (*f->s == 'b' &&
	    !(is_word_size(piece.width) && is_word_size(piece.prec)))
		return bad_format(f, "width or precision of %b that is not 1, "
				     "2, 4 or 8");
	piece.conv = *f->s++;
	flush_literal(f);
	vec_apush(f->p->a, &f->pieces, piece);
	return true;
}

_Static_assert(TAPRT_F_MINUS == 1 && TAPRT_F_PLUS == 2 && TAPRT_F_SPACE == 4 &&
		       TAPRT_F_ZERO == 8 && TAPRT_F_ALT == 16,
	       "order of flags in parse_flag()");

static bool parse_format(struct parser *p, const struct tok *t, const char *s,
			 struct ast_print *pr)
{
	struct format f = { .p = p, .t = t, .s = s, .lit = BUF_INIT };
	bool ok = true;

	while (ok && *f.s) {
		if (*f.s == '\\' && f.s[1]) {
			buf_add(&f.lit, f.s, 2);
			f.s += 2;
		} else if (*f.s != '%') {
			buf_addc(&f.lit, *f.s++);
		} else if (f.s[1] == '%') {
			buf_addc(&f.lit, '%');
			f.s += 2;
		} else {
			f.s++;
			ok = parse_conversion(&f);
		}
	}
	flush_literal(&f);
	buf_deinit(&f.lit);
	pr->fmt = f.pieces.v;
	pr->nfmt = f.pieces.n;
	return ok;
}

size_t lang_fmt_nargs(const struct ast_print *pr)
{
	size_t n = 0;

	for (size_t i = 0; i < pr->nfmt; i++) {
		const struct fmt_piece *f = &pr->fmt[i];

		if (f->kind == FMT_CONV)
			n += 1u + (f->width == -2) + (f->prec == -2);
	}
	return n;
}

/* Everything behind the '('. */
static bool parse_operands(struct parser *p, struct ast_expr *e)
{
	struct ast_print *pr = e->print;
	const struct tok *t = parse_peek(p);
	const char *fmt;

	if (pr->kind == PR_PRINTF) {
		fmt = parse_string(p);
		if (!fmt)
			return false;
		/* a bad format does not spoil what follows */
		parse_format(p, t, fmt, pr);
		if (parse_accept(p, T_RPAREN))
			return true;
	} else if (pr->kind == PR_PRINTD || pr->kind == PR_PRINTDLN) {
		pr->delim = parse_string(p);
		if (!pr->delim)
			return false;
	} else if (parse_is(p, T_RPAREN) && pr->kind != PR_PRINTLN) {
		return parse_expected(p, "a value to print") != NULL;
	}
	if (pr->kind >= PR_PRINTD && pr->kind <= PR_PRINTF) {
		if (!parse_accept(p, T_COMMA))
			return parse_expected(p, "',' or ')'") != NULL;
		if (parse_is(p, T_RPAREN))
			return parse_expected(p, "a value to print") != NULL;
	}
	return parse_args(p, &e->args, &e->nargs);
}

struct ast_expr *parse_print(struct parser *p, bool *is_print)
{
	const struct tok *t = parse_peek(p);
	size_t i = 0, n = sizeof(family) / sizeof(*family);
	struct ast_expr *e;

	if (parse_peek2(p)->kind != T_LPAREN)
		return NULL;
	while (i < n && strcmp(family[i].name, t->text))
		i++;
	if (i == n)
		return NULL;
	*is_print = true;
	e = parse_node(p, EX_PRINT, parse_next(p));
	parse_next(p);
	e->print = arena_new(p->a, struct ast_print);
	e->print->kind = family[i].kind;
	e->print->to_string = family[i].to_string;
	if (!parse_operands(p, e))
		return NULL;
	if (e->print->kind == PR_CHAR && e->nargs != 1)
		return parse_error(p, t, DIAG_SYNTAX,
				   "'print_char' takes one number, not %zu",
				   e->nargs);
	return parse_done(p, e, t);
}
