/* SPDX-License-Identifier: GPL-2.0-only */
/* Pieces shared by the printers of expressions and of everything else. */
#ifndef BUILD_LANG_PRINT_H
#define BUILD_LANG_PRINT_H

#include "build/lang/lang.h"

/** lang_print_string() - a literal, quotes included, from EX_STRING text */
void lang_print_string(struct buf *b, const char *s);
/** lang_print_keys() - [a, *]; NULL elements are "*" */
void lang_print_keys(struct buf *b, struct ast_expr *const *v, size_t n);

#endif
