/* SPDX-License-Identifier: GPL-2.0-only */
/* Variables of debug information by name, for $name and @var("name"). */
#ifndef BUILD_ELAB_DWVAR_H
#define BUILD_ELAB_DWVAR_H

#include "build/families/family.h"

struct btfv;
struct dwfile;
struct dwplace;

enum dwvar_result {
	DWVAR_OK,
	DWVAR_NO,   /* there is none of that name */
	DWVAR_LOST, /* there is, but not here: @why */
};

/**
 * dwvar_at() - what @name means at a place: a variable of its scope, of its file,
 *              or a global one of the same kernel or module
 * @ret: e or parts, and type, an id of @pl->types
 * @why: belongs to @sm->a
 */
enum dwvar_result dwvar_at(struct sema *sm, const struct dwplace *pl,
			   struct span at, const char *name,
			   struct fam_value *ret, const char **why);

/**
 * dwvar_global() - a variable at file scope
 * @file: glob as of dwx_find_vars(), NULL: any
 *
 * Several of one name: those that are not static go before the others, then what
 * has a place goes before what has none; the first of the rest is taken.
 */
enum dwvar_result dwvar_global(struct sema *sm, const struct dwfile *f,
			       struct span at, const char *name,
			       const char *file, struct fam_value *ret,
			       const char **why);

/**
 * dwvar_widen() - make ids of @types usable in what is being lowered
 *
 * sm->btf becomes @types where that only adds to it; whoever gave sm->btf a value
 * for one place puts back the old one behind it.
 * Return: false when the two are of different files.
 */
bool dwvar_widen(struct sema *sm, const struct btfv *types);

#endif
