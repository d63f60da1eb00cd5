/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the parser: the token cursor and what its files share. */
#ifndef BUILD_LANG_PARSE_H
#define BUILD_LANG_PARSE_H

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/map.h"
#include "build/lang/lang.h"
#include "build/lang/since.h"
#include "build/lang/tok.h"

#include <stdbool.h>

/**
 * struct parser - one file being parsed
 * @tok: @n tokens, the last is T_EOF and is never passed
 * @depth: nested expressions and statements, at most LANG_MAX_HEIGHT
 *
 * Parsing functions return NULL or false after reporting an error and leave
 * the cursor at the token that was wrong.
 */
struct parser {
	struct arena *a;
	const struct pp_env *env;
	struct diags *d;
	struct src *src;
	const struct tok *tok;
	size_t n, i;
	unsigned int depth;
	bool in_func, failed;
	struct ast_file *f;
	struct map globals; /* name -> struct ast_global of @f */
};

static inline const struct tok *parse_peek(const struct parser *p)
{
	return &p->tok[p->i];
}

static inline const struct tok *parse_peek2(const struct parser *p)
{
	return &p->tok[p->i + 1 < p->n ? p->i + 1 : p->n - 1];
}

static inline bool parse_is(const struct parser *p, enum tokk k)
{
	return parse_peek(p)->kind == k;
}

const struct tok *parse_next(struct parser *p);
bool parse_accept(struct parser *p, enum tokk k);
/** parse_expect() - consume a @k or report that it is missing */
bool parse_expect(struct parser *p, enum tokk k);
/** parse_error() - report at @t (its own mistake if it is junk); returns NULL */
void *parse_error(struct parser *p, const struct tok *t, enum diag_tag tag,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/** parse_since() - report at @t what is not of the source's version yet, and go on */
void parse_since(struct parser *p, const struct tok *t, enum since f);
/** parse_expected() - "expected @what, saw …" at the next token */
void *parse_expected(struct parser *p, const char *what);
/**
 * parse_at_declaration() - is the cursor at a word that starts a declaration, and not
 * one that stands where a name or value was wanted?
 */
bool parse_at_declaration(const struct parser *p);
/** parse_enter() - one level deeper; false (reported) when that is too deep */
bool parse_enter(struct parser *p);
void parse_leave(struct parser *p);

/** parse_string() - literals that stand side by side, joined */
const char *parse_string(struct parser *p);
/** parse_int() - number with an optional sign */
bool parse_int(struct parser *p, int64_t *ret);
/** parse_may_embed() - may embedded C stand where @t was written? */
bool parse_may_embed(struct parser *p, const struct tok *t);

/* parse_expr.c */
struct ast_expr *parse_expr(struct parser *p);
/** parse_node() - a new expression at @t */
struct ast_expr *parse_node(struct parser *p, enum ex kind,
			    const struct tok *t);
/** parse_done() - children are in place: note and bound the height */
struct ast_expr *parse_done(struct parser *p, struct ast_expr *e,
			    const struct tok *t);
/** parse_keys() - [ k, * ]: the cursor is behind the '['; eats the ']' */
bool parse_keys(struct parser *p, struct ast_expr ***ret, size_t *n);
/** parse_args() - e, … ): the cursor is behind the '('; eats the ')' */
bool parse_args(struct parser *p, struct ast_expr ***ret, size_t *n);

/* parse_at.c */
/** parse_atword() - @word(…) and what follows it */
struct ast_expr *parse_atword(struct parser *p);
/** parse_target() - $name and selectors */
struct ast_expr *parse_target(struct parser *p);
/** parse_selectors() - ->m and [i] and pretty suffixes onto @tg */
bool parse_selectors(struct parser *p, struct ast_target *tg);

/* parse_print.c */
/** parse_print() - a call of the print family, or NULL with *@is_print unset */
struct ast_expr *parse_print(struct parser *p, bool *is_print);

/* parse_stmt.c */
struct ast_stmt *parse_block(struct parser *p);

/* parse_probe.c */
bool parse_probe(struct parser *p);

#endif
