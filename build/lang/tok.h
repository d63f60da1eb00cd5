/* SPDX-License-Identifier: GPL-2.0-only */
/* Tokens of the script language. */
#ifndef BUILD_LANG_TOK_H
#define BUILD_LANG_TOK_H

#include "build/base/diag.h"
#include "build/base/src.h"

#include <stdbool.h>
#include <stdint.h>

enum tokk {
#define TOK(name, shown) T_##name,
#define KW(name, word)	 T_##name,
#define OPR(name, chars) T_##name,
#include "build/lang/tok.def"
	T_COUNT
};

/**
 * struct tok - one token
 * @glued: nothing stands between the token before and this one
 * @junk: T_JUNK: which mistake it is
 * @text: T_IDENT and keywords: interned; T_ATWORD: interned, with its @;
 *        T_STRING: contents with escapes in C form; T_EMBEDDED: the C text;
 *        T_JUNK: the message
 * @num: T_NUMBER, two's complement; values above INT64_MAX have wrapped
 */
struct tok {
	struct span at;
	const char *text;
	int64_t num;
	uint8_t kind;
	bool glued;
	uint16_t junk;
};

/** tok_kind_name() - "identifier", or the operator or keyword itself */
const char *tok_kind_name(enum tokk k);
bool tok_is_keyword(enum tokk k);

#endif
