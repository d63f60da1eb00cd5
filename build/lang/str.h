/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text of string literals.  Its form: any byte but NUL, newline and backslash
 * stands for itself (the quote too); \a \b \t \n \v \f \r \\ as in C; \ooo
 * (one to three octal digits, at most 377) and \xh, \xhh never followed by a
 * hexadecimal digit that does not belong to it.
 */
#ifndef BUILD_LANG_STR_H
#define BUILD_LANG_STR_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;

/**
 * str_from_literal() - bring the bytes between the quotes into that form
 *
 * Return: NULL when \x has no digits.
 */
const char *str_from_literal(struct arena *a, const char *p, size_t n,
			     bool has_hex);
/**
 * str_place() - where in a literal a byte of its value was written
 * @p, @n: the bytes between the quotes
 * @at: index into the value
 * @len: set to how many bytes it was written with
 *
 * Return: offset from @p; @n, with @len 0, when the value ends before @at.
 */
size_t str_place(const char *p, size_t n, size_t at, size_t *len);
/** str_append() - add the text of the literal @next, beside which @last stands */
void str_append(struct buf *b, const char *last, const char *next);

#endif
