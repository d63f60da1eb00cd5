/* SPDX-License-Identifier: GPL-2.0-only */
/* C writer: lines, indentation, blocks, string literals. */
#ifndef BUILD_EMIT_CW_H
#define BUILD_EMIT_CW_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/** struct cw - where lines go; @indent counts tabs */
struct cw {
	struct buf *out;
	unsigned int indent;
};

/** cw_line() - one indented line; cw_blank(): an empty one */
void cw_line(struct cw *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void cw_blank(struct cw *w);
/** cw_open() - "TEXT {" and one level deeper; cw_brace(): "{" alone */
void cw_open(struct cw *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void cw_brace(struct cw *w);
/** cw_close() - one level up and "}TAIL" */
void cw_close(struct cw *w, const char *tail);
/** cw_else() - "} else {" at the level of the opening line */
void cw_else(struct cw *w);
/** cw_label() - "name:;" at the left edge (a declaration may follow) */
void cw_label(struct cw *w, const char *name);

/** cw_drop_goto() - remove a last line "goto LABEL;" whose label comes next
 *  Return: was there one? */
bool cw_drop_goto(struct buf *b, const char *label);

/** cw_literal() - append a C string literal, quotes included, for @n plain bytes */
void cw_literal(struct buf *b, const char *p, size_t n);
/** cw_ident() - append @name with bytes that C identifiers lack replaced by '_' */
void cw_ident(struct buf *b, const char *name);

#endif
