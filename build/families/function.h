/* SPDX-License-Identifier: GPL-2.0-only */
/* What families of places in functions share. */
#ifndef BUILD_FAMILIES_FUNCTION_H
#define BUILD_FAMILIES_FUNCTION_H

#include "build/families/family.h"

struct kit;

/** function_maxactive() - set @p's from ".maxactive(N)"; false, reported: no number
 *  for it */
bool function_maxactive(struct sema *sm, const struct ast_point *pt,
			struct dprobe *p);

/** function_lower() - first function of @k whose name is not below @name */
size_t function_lower(const struct kit *k, const char *name);

#endif
