/* SPDX-License-Identifier: GPL-2.0-only */
/* $variables, @cast, @entry, @defined to reads a program can do (EX_ARG …). */
#ifndef BUILD_ELAB_TARGET_H
#define BUILD_ELAB_TARGET_H

#include "build/families/family.h"
#include "build/sema/ctx.h"

/** TGT_NO_TYPE - sym.btf_type of a global that different things were put in */
#define TGT_NO_TYPE UINT32_MAX

/** target_needed() - does any part hold something target_lower() changes? */
bool target_needed(struct sema *sm, const struct body_part *part, size_t n);

/**
 * target_lower() - rewrite the parts of one handler for one place, in place
 * @p: receives snapshots (saved) and is read for its kind
 * @fp: the place; NULL for families without places
 *
 * Dead arms of @defined() are dropped before what is in them is looked at.
 * Return: false after an error was reported.
 */
bool target_lower(struct sema *sm, const struct family *fam, struct dprobe *p,
		  const struct fam_point *fp, struct body_part *part, size_t n);

/** target_lower_function() - the same for a function: @cast only */
void target_lower_function(struct sema *sm, struct func_info *fi);

#endif
