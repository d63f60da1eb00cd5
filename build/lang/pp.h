/* SPDX-License-Identifier: GPL-2.0-only */
/* The preprocessor: macros, then conditionals, over the tokens of one file. */
#ifndef BUILD_LANG_PP_H
#define BUILD_LANG_PP_H

#include "build/lang/lang.h"
#include "build/lang/tok.h"

/* More tokens than this out of macros is a runaway, not a script. */
#define PP_MAX_EXPANDED (1u << 20)
/* Macros and their arguments inside each other. */
#define PP_MAX_DEPTH 200
#define PP_MAX_COND  4096 /* tokens of one condition */

/**
 * struct pp_macro - @define NAME(p1, p2) %( body %)
 * @name, @param: interned, with @
 * @has_params: a parameter list stands there, even if empty
 */
struct pp_macro {
	struct span at;
	const char *name;
	const char **param;
	size_t nparams;
	bool has_params, is_library;
	const struct tok *body;
	size_t nbody;
};

struct pp_macros {
	struct arena *a;
	VEC(struct pp_macro *) v;
};

/**
 * pp_run() - the tokens the parser sees for @env, ending in T_EOF
 *
 * Return: false when there were errors (reported).
 */
bool pp_run(struct arena *a, const struct lexed *lx, const struct pp_env *env,
	    struct diags *d, const struct tok **ret, size_t *n);

/**
 * pp_cond() - value of the condition made of @n tokens
 *
 * Return: false when it is not one or cannot be answered (reported).
 */
bool pp_cond(struct arena *a, const struct tok *t, size_t n,
	     const struct tok *open, const struct pp_env *env, struct diags *d,
	     bool *taken);

/** pp_version_cmp() - digit runs by number, the rest by byte; <0, 0, >0 */
int pp_version_cmp(const char *a, const char *b);

#endif
