/* SPDX-License-Identifier: GPL-2.0-only */
/* Source texts and places in them; line and column are computed when printed. */
#ifndef BUILD_BASE_SRC_H
#define BUILD_BASE_SRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A script larger than this is a mistake, not a script. */
#define SRC_MAX_BYTES ((size_t)16 << 20)

struct arena;
struct err;

/**
 * struct src - one source text, kept as long as its arena
 * @name: as printed in diagnostics ("-e" scripts are "<input>")
 * @text: @len bytes, NUL after them
 * @is_library: from the tapset, not the user's file
 * @version: of the language (build/lang/since.h), 0 = the newest
 * @lines: private: offsets of @nlines starts of lines, made on first use
 */
struct src {
	const char *name;
	const char *text;
	size_t len;
	bool is_library;
	uint32_t version;
	struct arena *a;
	uint32_t *lines;
	size_t nlines;
};

/**
 * struct span - a range of bytes in a source
 * @from: the macro invocation these bytes were expanded for, or NULL
 */
struct span {
	struct src *src;
	uint32_t off, len;
	const struct span *from;
};

/** src_load() - read a file; ERR_IO.  Text and struct belong to @a. */
int src_load(struct arena *a, const char *path, struct src **ret,
	     struct err *e);
/** src_from_text() - wrap @len bytes of @text (copied into @a) */
struct src *src_from_text(struct arena *a, const char *name, const char *text,
			  size_t len);
/** src_nlines() - how many lines: at least one */
unsigned int src_nlines(struct src *s);
/** src_line_col() - 1-based line and 1-based column (bytes) of @off */
void src_line_col(struct src *s, uint32_t off, unsigned int *line,
		  unsigned int *col);
/** src_line() - the bytes of 1-based @line without the newline */
const char *src_line(struct src *s, unsigned int line, size_t *len);

#endif
