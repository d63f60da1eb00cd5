/* SPDX-License-Identifier: GPL-2.0-only */
/* State of target_lower(), shared with pretty printing. */
#ifndef BUILD_ELAB_TARGET_PRIV_H
#define BUILD_ELAB_TARGET_PRIV_H

#include "build/base/map.h"
#include "build/families/family.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"

/** struct counter_use - a perf counter that a handler reads, and first where */
struct counter_use {
	size_t id; /* in sema.counters */
	struct span at;
};

/**
 * struct clone - a copy of a function
 * @type: what its value points to, or 0
 * @is_open: it is being looked at: that is not known yet
 */
struct clone {
	struct func_info *fi;
	uint32_t type;
	bool is_open;
};

/**
 * struct tgt - one body at one place
 * @fam, @p, @fp: NULL in functions
 * @in_return: the handler runs at function return
 * @probing: inside @defined(): nothing stands in for what cannot be had
 * @at_entry: what is being lowered runs at function entry
 * @types: variable → BTF type id its value points to (autocast)
 * @file: of the text being lowered
 * @clones: copies of functions made for this place
 * @counters: to be read when the handler begins
 * @in_function: the text belongs to one of them
 * @type: what the values that the function returned so far point to; 0: not the same
 * @has_returned: there was one
 */
struct tgt {
	struct walk w;
	struct sema *sm;
	const struct family *fam;
	struct dprobe *p;
	const struct fam_point *fp;
	bool in_return, at_entry, probing;
	struct map types;
	struct scope_file *file;
	VEC(struct clone) clones;
	VEC(struct counter_use) counters;
	bool in_function, has_returned;
	uint32_t type;
};

/**
 * tgt_variable() - the value of "$name"; reported when there is none
 *
 * @v->e is NULL when the value exists only at entry and this is not entry.
 */
bool tgt_variable(struct tgt *t, const char *name, const struct span *at,
		  struct fam_value *v);

struct place;

/** tgt_type_box() - a type id as a value of tgt.types */
static inline void *tgt_type_box(uint32_t id)
{
	return (void *)(uintptr_t)id;
}

/** tgt_init() - a walk that lowers what it meets; map_deinit(&t->types) in the end */
void tgt_init(struct tgt *t, struct sema *sm);

/**
 * tgt_cast_place() - what the operand of @cast points to; reported when there is none
 *
 * Where the type is a module's or a header's, t->sm->btf is: lower_target() takes it back.
 */
bool tgt_cast_place(struct tgt *t, struct ast_expr *e, struct place *pl);

/** tgt_lower_call() - arguments, and the function: elsewhere than in a handler that is
 *  bound later, like any other call's */
void tgt_lower_call(struct tgt *t, struct ast_expr *e);
/** tgt_returned() - note @e, or NULL, as what a function returns: it points to one type, or
 *  none is known; a literal number, such as 0 for "there is none", says nothing */
void tgt_returned(struct tgt *t, const struct ast_expr *e);

/** tgt_need_btf() - are there types?  Reported when not */
bool tgt_need_btf(struct tgt *t, const struct span *at);

/** tgt_is_kernel() - does the module argument of @cast, @var mean the kernel? */
bool tgt_is_kernel(const char *module);

/** tgt_find_type() - BTF id of "struct x", "x", "enum y" …; 0 = none there
 *  @module: as @cast has it, NULL = kernel */
uint32_t tgt_find_type(const struct btfv *b, const char *name,
		       const char *module);

#endif
