/* SPDX-License-Identifier: GPL-2.0-only */
/* Pass 2: from parsed files to the checked, lowered program of one target. */
#ifndef BUILD_SEMA_SEMA_H
#define BUILD_SEMA_SEMA_H

#include <stdbool.h>

struct arena;
struct ast_file;
struct buf;
struct diags;
struct dpoint;
struct dwkit;
struct kit;
struct library;
struct pp_env;
struct program;
struct session;

/**
 * struct sema_in - everything one front-end run reads
 * @s: options; borrowed
 * @lib: tapset index (build/elab/library.h); NULL = no library
 * @user: the parsed script of this target, with what -E adds; sema changes it in
 *        place
 * @kit: the target; NULL for scripts that only use begin, end, error, never, timer
 * @env: the preprocessor environment @user was parsed with; library files are
 *       parsed with the same one
 * @dw: debug information of @kit (build/dwarf/dwkit.h), opened when it is asked
 *      for; NULL = none
 * @names_only: nothing is wanted but names of places: one of each is enough
 * @is_listed: nor what handlers do: none is compared with another, to be one with it
 */
struct sema_in {
	struct session *s;
	struct library *lib;
	struct ast_file *user;
	const struct kit *kit;
	const struct pp_env *env;
	struct dwkit *dw;
	bool names_only, is_listed;
};

/**
 * sema_run() - resolve, lower, infer, check
 * @a: owns the result; must outlive it
 * @d: receives errors, and warnings about user code
 *
 * Everything the result holds is reachable through its probes: unused functions
 * and globals are absent.  EX_TARGET, EX_ATCAST, EX_ATENTRY and EX_DEFINED are
 * gone; every expression has a type.
 *
 * Source: features.md 1.4-1.12, 2.1-2.4.
 * Return: the program, or NULL after at least one diag_error().
 */
struct program *sema_run(const struct sema_in *in, struct arena *a,
			 struct diags *d);

/** sema_print_place() - the comment "pc=_stext+0x10" of a place in code, else nothing */
void sema_print_place(struct buf *b, const struct program *prog,
		      const struct dpoint *d);
/** sema_print() - the -p2 text: globals, functions, probes (features.md 3.3) */
void sema_print(struct buf *out, const struct program *p, int verbose);

#endif
