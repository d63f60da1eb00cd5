/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the tokens of a text are; nothing is kept of them. */
#ifndef BUILD_LANG_SCAN_H
#define BUILD_LANG_SCAN_H

#include "build/lang/tok.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct scan - one token: [start, end), in the text that was scanned
 * @kind: T_IDENT also for keywords; T_JUNK for what cannot be a token
 * @glued: for the caller: nothing stands before it
 * @junk: enum diag_tag, @why: text; of T_JUNK
 */
struct scan {
	enum tokk kind;
	const char *start, *end;
	bool glued;
	uint16_t junk;
	const char *why;
};

bool scan_is_digit(char c);
/** scan_space() - the first byte at or behind @p that is no space and no comment */
const char *scan_space(const char *p, const char *end);
/** scan_argument() - length of the $N, $#, @N or @# at @p < @end; 0 = none is there */
size_t scan_argument(const char *p, const char *end);
/** scan_token() - the token at @p < @end, which must not be a script argument */
void scan_token(const char *p, const char *end, struct scan *s);
/** scan_keyword() - the keyword of these @n bytes, or T_IDENT */
enum tokk scan_keyword(const char *p, size_t n);
/** scan_has_typo() - does T_EMBEDDED @s have "}%" in it, for "%}"? */
bool scan_has_typo(const struct scan *s);

#endif
