/* SPDX-License-Identifier: GPL-2.0-only */
/* Names to definitions; library files are parsed when a name leads to them. */
#ifndef BUILD_ELAB_RESOLVE_H
#define BUILD_ELAB_RESOLVE_H

#include "build/sema/ctx.h"

struct lib_file;

/** resolve_add_file() - make the names of a parsed file known */
struct scope_file *resolve_add_file(struct sema *sm, struct ast_file *f);
/** resolve_add_user() - the same for the script and what -E adds */
void resolve_add_user(struct sema *sm);
/** resolve_load() - the parsed library file, or NULL after an error */
struct scope_file *resolve_load(struct sema *sm, const struct lib_file *lf,
				const struct span *why);

/** resolve_use_library() - take every function of the loaded library files */
void resolve_use_library(struct sema *sm);

/** resolve_handler() - bind every name in a handler, its condition, snapshots */
void resolve_handler(struct sema *sm, struct handler *h);
/** resolve_functions() - bind functions until no new one is reached */
void resolve_functions(struct sema *sm);

/**
 * resolve_context_function() - the function @call means if it uses $variables, follows
 *                              a parameter, or one that `next` leads to from it does
 *
 * Such a function is copied for every place it is called from.
 * Return: NULL when the call means something else.
 */
struct func_info *resolve_context_function(struct sema *sm,
					   struct scope_file *from,
					   const struct ast_expr *call);
/**
 * resolve_casting_function() - the function of the script that @call means, if what it
 *                              returns may be a pointer to something by its @cast
 */
struct func_info *resolve_casting_function(struct sema *sm,
					   struct scope_file *from,
					   const struct ast_expr *call);
/** resolve_chain() - @fi and the overloads that `next` leads to, one from the other, for
 *  calls from @from; their number */
size_t resolve_chain(struct sema *sm, const struct func_info *fi,
		     const struct scope_file *from, struct func_info ***ret);
/** resolve_link_clone() - @next (NULL: what the runtime has) is what `next` leads to */
void resolve_link_clone(struct sema *sm, struct func_info *clone,
			struct func_info *next);
/** resolve_clone_function() - a copy with variables of its own, in sm->clones */
struct func_info *resolve_clone_function(struct sema *sm, struct func_info *fi);

#endif
