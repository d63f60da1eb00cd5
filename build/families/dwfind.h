/* SPDX-License-Identifier: GPL-2.0-only */
/* Places in code by what debug information says of functions, lines, labels, calls. */
#ifndef BUILD_FAMILIES_DWFIND_H
#define BUILD_FAMILIES_DWFIND_H

#include "build/base/vec.h"
#include "build/dwarf/ptrmap.h"
#include "build/families/dwplace.h"
#include "build/families/spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct dwfile;
struct err;

/**
 * struct dwspot - a place that was found
 * @at: where, and what is known there
 * @func: the function of the sources it is in: of several inlined into one another
 *        the innermost
 * @file, @line: of a function where it is declared, else of the statement
 * @label: name of a label, or NULL
 * @caller, @ncallers: of a callee: addresses that its calls return to
 */
struct dwspot {
	struct dwplace at;
	const char *func, *file;
	uint32_t line;
	const char *label;
	uint64_t *caller;
	size_t ncallers;
};

/**
 * struct dwfind - one search
 * @spots: what was found, in the order of the index, each function, place of
 *         inlining or statement once
 * @nfuncs: functions that the pattern named, whether they have code or not
 * @one_each: of each function of the sources one entry will do, the first that this
 *            says yes to; NULL: all entries.  @arg: for it
 * @others: labels or callees of those functions that the pattern did not name
 * @ntails: calls without a return, which nothing can tell from their caller's
 *
 * All is in the arena or the index.  No search fails for having found nothing: 0;
 * what is damaged in the index is ERR_CORRUPT.
 */
struct dwfind {
	struct arena *a;
	const struct dwfile *f;
	VEC(struct dwspot) spots;
	VEC(const char *) others;
	size_t nfuncs, ntails;
	bool (*one_each)(void *arg, const struct dwspot *s);
	void *arg;
	struct ptrmap bodies, rows, lined; /* private: what has been decoded */
};

void dwfind_init(struct dwfind *w, struct arena *a, const struct dwfile *f);
void dwfind_deinit(struct dwfind *w);

#define DWFIND_CALL   1 /* functions that have code of their own */
#define DWFIND_INLINE 2 /* places where one is inlined */

/**
 * dwfind_functions() - entries of functions
 * @s: with lines: only functions that have code of one of them
 * @what: set of DWFIND_*
 */
int dwfind_functions(struct dwfind *w, const struct spec *s, unsigned int what,
		     struct err *e);
/** dwfind_inlined() - in how many places functions are inlined, whatever the lines */
int dwfind_inlined(struct dwfind *w, const struct spec *s, size_t *ret,
		   struct err *e);
/** dwfind_function_at() - entry of the function that has code at @addr */
int dwfind_function_at(struct dwfind *w, uint64_t addr, struct err *e);

/**
 * dwfind_statements() - first instructions of lines; without lines: as functions
 * @nearest: where a line, or all of a range of lines, has no code, the nearest that
 *           has some
 *
 * Of one line in one function, or in one place where that is inlined, only the
 * lowest address: that a compiler comes back to a line makes no second statement.
 */
int dwfind_statements(struct dwfind *w, const struct spec *s, bool nearest,
		      struct err *e);
/**
 * dwfind_statement_at() - the statement that begins at @addr
 * @nearest: or else the one that @addr is in
 * @begin: where that begins, 0 when there is none: for messages
 */
int dwfind_statement_at(struct dwfind *w, uint64_t addr, bool nearest,
			uint64_t *begin, struct err *e);

/** dwfind_labels() - labels that fit @glob in place of the functions in @w->spots */
int dwfind_labels(struct dwfind *w, const char *glob);
/**
 * dwfind_callees() - functions called by those in @w->spots, in their place
 * @s: function and file of the callee
 * @depth: 1: direct ones; N: also theirs, N deep.  Each has its direct callers.
 */
int dwfind_callees(struct dwfind *w, const struct spec *s, unsigned int depth,
		   struct err *e);

#endif
