/* SPDX-License-Identifier: GPL-2.0-only */
/* The user's mistakes: file:line:col, message, [TAG], source line, caret, notes. */
#ifndef BUILD_BASE_DIAG_H
#define BUILD_BASE_DIAG_H

#include "build/base/buf.h"
#include "build/base/src.h"

#include <stdbool.h>

enum diag_tag {
#define DIAG(tag) DIAG_##tag,
#include "build/base/diag.def"
#undef DIAG
	DIAG_COUNT
};

/**
 * struct diags - collects diagnostics as finished text; the driver prints it
 * @text: everything reported so far, in order
 * @nerrors, @nwarnings: counts
 * @suppress_warnings: -w
 * @warnings_are_errors: -W
 * @first: text of the first error without place or caret (target tables use it)
 */
struct diags {
	struct buf text;
	unsigned int nerrors, nwarnings;
	bool suppress_warnings, warnings_are_errors;
	char first[240];
};

#define DIAG_MAX_ERRORS 20

void diags_init(struct diags *d);
void diags_deinit(struct diags *d);

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
