/* SPDX-License-Identifier: GPL-2.0-only */
/* What families of places in functions share. */
#ifndef BUILD_FAMILIES_FUNCTION_H
#define BUILD_FAMILIES_FUNCTION_H

#include "build/families/family.h"

struct kit;
struct spec;

/* Forms of function points. */
enum {
	FUNCTION_RETURN = 1,
	FUNCTION_EXPORTED = 2,
	FUNCTION_DWARFLESS = 4, /* by symbols alone, no $variables */
	FUNCTION_CALL = 8,	/* not where it is inlined */
};

/** function_maxactive() - set @p's from ".maxactive(N)"; false, reported: no number
 *  for it */
bool function_maxactive(struct sema *sm, const struct ast_point *pt,
			struct dprobe *p);

/** function_spec() - @c taken apart; FUNCTION_DWARFLESS has names and nothing else;
 *  reported when it is no specification */
bool function_spec(struct sema *sm, const struct ast_comp *c, unsigned int form,
		   struct spec *ret);
/** function_lower() - first function of @k whose name is not below @name */
size_t function_lower(const struct kit *k, const char *name);

/**
 * function_debug() - what @s names in the kernel, or in the modules of @pt
 * @form: FUNCTION_*
 */
enum fam_result function_debug(struct sema *sm, const struct ast_point *pt,
			       unsigned int form, const struct spec *s,
			       struct fam_probe *ret);

#endif
