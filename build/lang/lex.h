/* SPDX-License-Identifier: GPL-2.0-only */
/* The token vector of one source; read-only once made. */
#ifndef BUILD_LANG_LEX_H
#define BUILD_LANG_LEX_H

#include "build/lang/lang.h"
#include "build/lang/since.h"
#include "build/lang/tok.h"

/**
 * struct lexed - tokens of a source, shared by the parses for all targets
 * @tok: @n tokens, the last one is T_EOF
 * @has_pp: an @word that is no built-in operator, or a conditional, occurs
 */
struct lexed {
	struct src *src;
	struct tok *tok;
	size_t n;
	bool has_pp;
};

/** lex_warn_typo() - of embedded code with "}%" in it */
void lex_warn_typo(struct diags *d, const struct span *at);

/** lex_keyword() - the keyword of these @n bytes in @s, or T_IDENT */
enum tokk lex_keyword(const struct src *s, const char *p, size_t n);
/** lex_is_builtin() - is this @word an operator of the language of @s? */
bool lex_is_builtin(const struct src *s, const char *atword);
/** lex_builtin_since() - which version it came with; SINCE_EVER for other words too */
enum since lex_builtin_since(const char *atword);

#endif
