/* SPDX-License-Identifier: GPL-2.0-only */
/* "key: value" lines, the only text format that is read with authority. */
#ifndef BUNDLE_LINE_H
#define BUNDLE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/**
 * struct lines - a position in line text, which is cut in place
 * @what: names the text in messages ("manifest")
 * @no: 1-based number of the current line
 * @key, @value: of the current line; both "" for the empty line
 * @max: most bytes of a line, with its newline
 */
struct lines {
	char *pos, *end;
	const char *what;
	unsigned int no;
	char *key, *value;
	size_t max;
};

/** lines_init() - start at @n bytes of @text */
void lines_init(struct lines *l, const char *what, char *text, size_t n,
		size_t max_line);

/**
 * lines_next() - cut off the next line
 *
 * A line is printable ASCII, ends with LF, is at most @max bytes and is empty
 * or "key: value": key [a-z][a-z0-9-]*, one space, value not empty and without
 * blanks at its ends.
 * Return: 1, 0 at the end, -BERR_FORMAT.
 */
int lines_next(struct lines *l, struct err *e);

/** lines_bad() - "WHAT line N: ..." with -BERR_FORMAT */
int lines_bad(const struct lines *l, struct err *e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** word_next() - cut the next word off *@s; words are split by one space;
 *  NULL when none is left or two spaces meet */
char *word_next(char **s);

/** num_u64() - canonical decimal (no sign, no leading zero) up to @max */
bool num_u64(const char *s, uint64_t max, uint64_t *ret);
/** num_i64() - canonical decimal with optional minus (no "-0") */
bool num_i64(const char *s, int64_t *ret);

/** hex_bytes() - exactly @n bytes of lower-case hex, nothing after them */
bool hex_bytes(const char *s, uint8_t *out, size_t n);
/** hex_text() - bytes to lower-case hex; @out has 2 * @n + 1 bytes */
void hex_text(const uint8_t *p, size_t n, char *out);

/** text_only() - is @s made of 1..@max characters of @set? ("a-z" ranges) */
bool text_only(const char *s, const char *set, size_t max);

#endif
