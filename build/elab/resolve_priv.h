/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that bind names: variables, calls, copies of functions. */
#ifndef BUILD_ELAB_RESOLVE_PRIV_H
#define BUILD_ELAB_RESOLVE_PRIV_H

#include "build/elab/library.h"
#include "build/elab/resolve.h"
#include "build/sema/tree.h"

struct intrinsic;

/**
 * struct binder - where names of one body are looked up
 * @h: the handler, or NULL in a function
 * @fi: the function, or NULL in a handler
 * @no_locals: entry snapshots and conditions see globals only
 */
struct binder {
	struct walk w;
	struct sema *sm;
	struct scope_file *file;
	struct handler *h;
	struct func_info *fi;
	struct map *locals;
	const char *no_locals;
};

/* ---- resolve.c: files ------------------------------------------------------ */

/** resolve_func_set() - the functions of that name, as far as files are loaded */
struct func_set *resolve_func_set(struct sema *sm, const char *name);
/** resolve_load_named() - load what the library has under @name, or the first of it;
 *  true if anything */
bool resolve_load_named(struct sema *sm, enum lib_kind kind, const char *name,
			const struct span *why, bool all);

/* ---- resolve_call.c: functions --------------------------------------------- */

/** resolve_has_next() - does its body say `next`?  Every call asks: it is read once */
bool resolve_has_next(struct func_info *fi);
/** resolve_hides_others() - has file @from a private function of that name?  It hides
 *  those of other files */
bool resolve_hides_others(const struct func_set *fs, size_t nargs,
			  const struct scope_file *from);
/** resolve_visible() - can a call from @from mean @fi?  @hides: resolve_hides_others() */
bool resolve_visible(const struct func_info *fi, const struct scope_file *from,
		     bool hides);
/** resolve_use_func() - take @fi into the program; its body is bound later */
void resolve_use_func(struct sema *sm, struct func_info *fi);
/** resolve_chain_intrinsic() - an intrinsic as what `next` in @prev leads to */
void resolve_chain_intrinsic(struct sema *sm, struct func_info *prev,
			     const struct intrinsic *in);
/** resolve_find_overload() - the first overload that a call from @from means: its place in
 *  @fs, or fs->v.n */
size_t resolve_find_overload(const struct func_set *fs, size_t nargs,
			     const struct scope_file *from);
/** resolve_load_functions() - those of that name, the library's too */
struct func_set *resolve_load_functions(struct sema *sm, const char *name,
					const struct span *at);
/** resolve_bind_call() - @e to its function; reported when there is none */
void resolve_bind_call(struct binder *b, struct ast_expr *e);

/* ---- resolve_clone.c: copies ------------------------------------------------ */

/** resolve_use_clone() - a call was bound to a copy: take it, and what `next` leads to from
 *  it, into the program */
void resolve_use_clone(struct sema *sm, struct ast_func *f);

#endif
