/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes to tokens; script arguments are pasted here, as they are characters. */
#include "build/lang/lex.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/intern.h"
#include "build/lang/scan.h"
#include "build/lang/str.h"

#include <string.h>

#define LEX_MAX_ARG 999

/**
 * struct lexer - position in the source, and in a pasted argument
 * @p, @end: what is left of the source
 * @arg, @arg_end: what is left of the argument being read; NULL outside one
 * @arg_at: the $N it stands for
 */
struct lexer {
	struct arena *a;
	struct src *src;
	const struct lang_args *args;
	struct diags *d;
	const char *p, *end;
	const char *arg, *arg_end;
	struct span arg_at;
	bool arg_glued; /* its next token is glued if no space comes first */
	bool has_pp;
	VEC(struct tok) out;
};

/* C's base-0 conversion of the whole of [p, end); false: not a 64-bit number. */
static bool parse_number(const char *p, const char *end, int64_t *ret)
{
	uint64_t v = 0, base = 10;

	if (*p == '0' && end - p > 1) {
		base = (p[1] | 0x20) == 'x' ? 16 : 8;
		p += base == 16 ? 2 : 1;
	}
	if (p == end)
		return false;
	for (; p < end; p++) {
		unsigned int digit =
			scan_is_digit(*p)
				? (unsigned int)(*p - '0')
				: (unsigned int)((*p | 0x20) - 'a') + 10;

		if (digit >= base || __builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)digit, &v))
			return false;
	}
	*ret = (int64_t)v;
	return true;
}

static const struct {
	const char *word;
	enum since since;
} builtins[] = {
	{ "@cast", SINCE_EVER },
	{ "@defined", SINCE_EVER },
	{ "@probewrite", SINCE_EVER },
	{ "@entry", SINCE_EVER },
	{ "@perf", SINCE_EVER },
	{ "@var", SINCE_EVER },
	{ "@avg", SINCE_EVER },
	{ "@count", SINCE_EVER },
	{ "@sum", SINCE_EVER },
	{ "@min", SINCE_EVER },
	{ "@max", SINCE_EVER },
	{ "@hist_linear", SINCE_EVER },
	{ "@hist_log", SINCE_EVER },
	{ "@const", SINCE_ATWORDS_3_1 },
	{ "@variance", SINCE_ATWORDS_3_1 },
	{ "@kregister", SINCE_ATWORDS_4_0 },
	{ "@uregister", SINCE_ATWORDS_4_0 },
	{ "@kderef", SINCE_ATWORDS_4_0 },
	{ "@uderef", SINCE_ATWORDS_4_0 },
	{ "@enum", SINCE_ATWORDS_5_5 },
	{ "@enumname", SINCE_ATWORDS_5_6 },
};

#define NBUILTINS (sizeof(builtins) / sizeof(*builtins))

enum since lex_builtin_since(const char *atword)
{
	for (size_t i = 0; i < NBUILTINS; i++)
		if (!strcmp(builtins[i].word, atword))
			return builtins[i].since;
	return SINCE_EVER;
}

bool lex_is_builtin(const struct src *s, const char *atword)
{
	for (size_t i = 0; i < NBUILTINS; i++)
		if (!strcmp(builtins[i].word, atword))
			return since_has(s, builtins[i].since);
	return false;
}

void lex_warn_typo(struct diags *d, const struct span *at)
{
	diag_warn(d, at, DIAG_EMBEDDED_TYPO,
		  "'}%%' inside embedded code: did you mean '%%}'?");
}

enum tokk lex_keyword(const struct src *s, const char *p, size_t n)
{
	enum tokk k = scan_keyword(p, n);

	return k == T_PRIVATE && !since_has(s, SINCE_PRIVATE) ? T_IDENT : k;
}

static void set_junk(struct tok *t, enum diag_tag tag, const char *why)
{
	t->kind = T_JUNK;
	t->junk = (uint16_t)tag;
	t->text = why;
}

static void emit(struct lexer *lx, const struct scan *s, struct span at)
{
	struct tok t = { .at = at,
			 .kind = (uint8_t)s->kind,
			 .glued = s->glued };
	size_t n = (size_t)(s->end - s->start);

	switch (s->kind) {
	case T_IDENT:
		t.text = intern_n(s->start, n);
		t.kind = (uint8_t)lex_keyword(lx->src, s->start, n);
		break;
	case T_ATWORD:
		t.text = intern_n(s->start, n);
		lx->has_pp |= !lex_is_builtin(lx->src, t.text);
		break;
	case T_NUMBER:
		if (!parse_number(s->start, s->end, &t.num))
			set_junk(&t, DIAG_BAD_NUMBER,
				 "number invalid or out of range");
		break;
	case T_STRING:
		t.text = str_from_literal(lx->a, s->start + 1, n - 2,
					  since_has(lx->src, SINCE_HEX_ESCAPE));
		if (!t.text)
			set_junk(&t, DIAG_BAD_ESCAPE,
				 "\\x without hexadecimal digits");
		break;
	case T_EMBEDDED:
		t.text = arena_strndup(lx->a, s->start + 2, n - 4);
		if (scan_has_typo(s))
			lex_warn_typo(lx->d, &at);
		break;
	case T_JUNK:
		set_junk(&t, s->junk, s->why);
		break;
	case T_PP_OPEN:
	case T_PP_THEN:
	case T_PP_ELSE:
	case T_PP_CLOSE:
		lx->has_pp = true;
		break;
	default:
		break;
	}
	vec_apush(lx->a, &lx->out, t);
}

static struct span span_here(const struct lexer *lx, const char *p, size_t len)
{
	return (struct span){ .src = lx->src,
			      .off = (uint32_t)(p - lx->src->text),
			      .len = (uint32_t)len };
}

/* The number after $ or @: 1 … n, or 0 when there is no such argument. */
static size_t argument_index(const struct lang_args *args, const char *p,
			     size_t len)
{
	size_t v = 0;

	for (size_t i = 1; i < len && v <= LEX_MAX_ARG; i++)
		v = v * 10 + (size_t)(p[i] - '0');
	return v <= args->n && v <= LEX_MAX_ARG ? v : 0;
}

static void emit_junk(struct lexer *lx, struct span at, bool glued,
		      enum diag_tag tag, const char *why)
{
	struct scan s = { .kind = T_JUNK,
			  .start = lx->p,
			  .end = lx->p,
			  .glued = glued,
			  .junk = (uint16_t)tag,
			  .why = why };

	emit(lx, &s, at);
}

static void emit_string(struct lexer *lx, struct span at, bool glued,
			const char *text)
{
	struct tok t = { .at = at, .kind = T_STRING, .glued = glued };
	struct buf b = BUF_INIT;

	lang_escape(&b, text, strlen(text));
	t.text = arena_strndup(lx->a, b.p, b.len);
	buf_deinit(&b);
	vec_apush(lx->a, &lx->out, t);
}

/* lx->p is at an argument of @len bytes: read on inside its text. */
static void paste(struct lexer *lx, size_t len, bool glued)
{
	struct span at = span_here(lx, lx->p, len);
	bool is_string = *lx->p == '@';
	size_t n = lx->args ? lx->args->n : 0, i;
	const char *text;

	if (lx->p[1] == '#') {
		text = arena_printf(lx->a, "%zu", n);
	} else {
		i = lx->args ? argument_index(lx->args, lx->p, len) : 0;
		if (!i) {
			lx->p += len;
			emit_junk(lx, at, glued, DIAG_ARG_RANGE,
				  arena_printf(lx->a,
					       "command line argument out of "
					       "range [1-%zu]",
					       n));
			return;
		}
		text = lx->args->arg[i - 1];
		if (lx->args->used)
			lx->args->used[i - 1] = true;
	}
	lx->p += len;
	if (is_string) {
		emit_string(lx, at, glued, text);
		return;
	}
	lx->arg = text;
	lx->arg_end = text + strlen(text);
	lx->arg_at = at;
	lx->arg_glued = glued;
}

/*
 * A token that reaches the end of the argument may go on in the source: look
 * at both in one piece, doubling it until the token ends inside.
 */
static void scan_glued(struct lexer *lx, struct scan *s)
{
	size_t head = (size_t)(lx->arg_end - lx->arg);
	size_t left = (size_t)(lx->end - lx->p);
	bool glued = s->glued;

	for (size_t n = 64;; n *= 2) {
		size_t tail = n < left ? n : left;
		char *w = arena_alloc(lx->a, head + tail + 1);

		memcpy(w, lx->arg, head);
		memcpy(w + head, lx->p, tail);
		scan_token(w, w + head + tail, s);
		s->glued = glued;
		if (s->end == w + head + tail && tail < left)
			continue;
		if (s->end > w + head) {
			size_t took = (size_t)(s->end - w) - head;

			lx->p += took;
			lx->arg_at.len += (uint32_t)took;
		}
		return;
	}
}

/* The next token of the argument being read, or its end. */
static void lex_argument(struct lexer *lx)
{
	const char *p = scan_space(lx->arg, lx->arg_end);
	struct scan s = { .glued = p == lx->arg && lx->arg_glued };
	size_t len;

	lx->arg_glued = true;
	if (p == lx->arg_end) {
		lx->arg = NULL;
		return;
	}
	lx->arg = p;
	len = scan_argument(p, lx->arg_end);
	if (len) {
		lx->arg += len;
		emit_junk(lx, lx->arg_at, s.glued, DIAG_ARG_NESTED,
			  "invalid nested substitution of command line "
			  "arguments");
		return;
	}
	scan_token(p, lx->arg_end, &s);
	if (s.end == lx->arg_end) {
		scan_glued(lx, &s);
		lx->arg = lx->arg_end;
	} else {
		lx->arg = s.end;
	}
	emit(lx, &s, lx->arg_at);
}

static void lex_source(struct lexer *lx)
{
	const char *p = scan_space(lx->p, lx->end);
	struct scan s = { .glued = p == lx->p && lx->out.n };
	size_t len;

	lx->p = p;
	if (p == lx->end)
		return;
	len = scan_argument(p, lx->end);
	if (len) {
		paste(lx, len, s.glued);
		return;
	}
	scan_token(p, lx->end, &s);
	lx->p = s.end;
	emit(lx, &s, span_here(lx, s.start, (size_t)(s.end - s.start)));
}

struct lexed *lang_lex(struct arena *a, struct src *s,
		       const struct lang_args *args, struct diags *d)
{
	struct lexer lx = { .a = a,
			    .src = s,
			    .args = args,
			    .d = d,
			    .p = s->text,
			    .end = s->text + s->len };
	struct lexed *ret = arena_new(a, struct lexed);
	struct tok eof = { .kind = T_EOF };

	while (lx.arg || lx.p < lx.end) {
		if (lx.arg)
			lex_argument(&lx);
		else
			lex_source(&lx);
	}
	eof.at = span_here(&lx, lx.end, 0);
	vec_apush(a, &lx.out, eof);
	ret->src = s;
	ret->tok = lx.out.v;
	ret->n = lx.out.n;
	ret->has_pp = lx.has_pp;
	return ret;
}
