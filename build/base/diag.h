/* SPDX-License-Identifier: GPL-2.0-only */
/* The user's mistakes: file:line:col, message, [TAG], source line, caret, notes. */
#ifndef BUILD_BASE_DIAG_H
#define BUILD_BASE_DIAG_H

#include "build/base/buf.h"
#include "build/base/src.h"

#include "build/base/vec.h"

#include <stdbool.h>

enum diag_tag {
#define DIAG(tag) DIAG_##tag,
#include "build/base/diag.def"
#undef DIAG
	DIAG_COUNT
};

/**
 * struct diag_rec - an error or warning with its notes, a piece of diags.text
 * @at: where the piece starts
 * @src, @off: the place it is about; NULL without one
 * @hash: of tag and message
 */
struct diag_rec {
	size_t at;
	const struct src *src;
	uint32_t off;
	uint64_t hash;
	bool is_error;
};

/**
 * struct diags - collects diagnostics as finished text; the driver prints it
 * @text: everything reported so far, in order
 * @nerrors, @nwarnings: counts
 * @suppress_warnings: -w
 * @warnings_are_errors: -W
 * @show_all: -v: also what was said before, word for word, about the same place
 * @nsimilar: errors not shown for that reason
 * @is_deferred: between diags_defer() and diags_sort()
 * @is_quiet: made by diags_init_quiet()
 * @is_muted: the last one was not shown, so its notes are not either
 * @catalogue: with diags_catalogue(), one line per error for programs:
 *             SEMANTIC_ERROR, file, line, column, token, text, by tabs
 * @first: text of the first error without place or caret (target tables use it)
 * @first_at, @first_tag: its place, src NULL without one, and its tag
 */
struct diags {
	struct buf text;
	unsigned int nerrors, nwarnings;
	bool suppress_warnings, warnings_are_errors, show_all;
	bool is_deferred, is_muted, is_quiet, has_catalogue;
	struct buf catalogue;
	unsigned int nsimilar;
	size_t deferred; /* first record that diags_sort() may move */
	VEC(struct diag_rec) recs;
	char first[240];
	struct span first_at;
	enum diag_tag first_tag;
};

#define DIAG_MAX_ERRORS	  20
#define DIAG_MAX_DEFERRED 500 /* enough to find the first 20 among */

void diags_init(struct diags *d);
/** diags_init_quiet() - for who only asks whether there are errors */
void diags_init_quiet(struct diags *d);
/** diags_near() - @name, or NULL where nobody will read what is near it */
const char *diags_near(const struct diags *d, const char *name);
/** diags_warns() - would a warning be shown, or be an error? */
bool diags_warns(const struct diags *d);
void diags_deinit(struct diags *d);
/** diags_catalogue() - fill @d->catalogue from here on */
void diags_catalogue(struct diags *d);

/**
 * diags_defer() - what comes now comes in any order: keep more than is shown
 * diags_sort() - bring what came since into the order of the source, file by file
 * @first: the file to start with
 */
void diags_defer(struct diags *d);
void diags_sort(struct diags *d, const struct src *first);

/**
 * diag_error() - report the user's mistake; the caller goes on or returns false
 * @at: the place; NULL or at->src NULL for errors without one (arguments)
 */
void diag_error(struct diags *d, const struct span *at, enum diag_tag tag,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void diag_warn(struct diags *d, const struct span *at, enum diag_tag tag,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/** diag_note() - "note:" line with its own place, belongs to the one before */
void diag_note(struct diags *d, const struct span *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

const char *diag_tag_name(enum diag_tag tag);

#endif
