/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of token kinds. */
#include "build/lang/tok.h"

static const char *const names[T_COUNT] = {
#define TOK(name, shown) [T_##name] = shown,
#define KW(name, word)	 [T_##name] = word,
#define OPR(name, chars) [T_##name] = chars,
#include "build/lang/tok.def"
};

const char *tok_kind_name(enum tokk k)
{
	return names[k];
}

bool tok_is_keyword(enum tokk k)
{
	return k >= T_PROBE && k <= T_CATCH;
}
