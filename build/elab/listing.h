/* SPDX-License-Identifier: GPL-2.0-only */
/* What exists: probe points, aliases and functions, as text (features.md 3.3). */
#ifndef BUILD_ELAB_LISTING_H
#define BUILD_ELAB_LISTING_H

#include <stdbool.h>

struct arena;
struct buf;
struct diags;
struct sema_in;

/**
 * listing_points() - append what the first probe of @in->user matches
 * @vars: -L: each with its variables
 * @verbose: with addresses, and every place by itself
 *
 * @missing: receives what the kit lacks to show more, in @a, or NULL
 * @d: where nothing matches it is told why; else what goes wrong with one point
 *     is not reported: it is not there
 */
void listing_points(const struct sema_in *in, struct arena *a, bool vars,
		    bool verbose, const char **missing, struct diags *d,
		    struct buf *out);

/** listing_types() - every form of built-in point */
void listing_types(struct arena *a, struct buf *out);
/** listing_aliases() - "NAME = POINT, …" of all library files for the target */
void listing_aliases(const struct sema_in *in, struct arena *a,
		     struct buf *out);
/** listing_functions() - "NAME:TYPE (ARG:TYPE, …)"; @all: with names in "_" */
void listing_functions(const struct sema_in *in, struct arena *a, bool all,
		       struct buf *out);

#endif
