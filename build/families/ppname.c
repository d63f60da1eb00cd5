// SPDX-License-Identifier: GPL-2.0-only
/* Texts of points that differ in one name. */
#include "build/families/ppname.h"

#include "build/base/arena.h"
#include "build/elab/expand.h"

#include <string.h>

void ppname_init(struct ppname *ret, struct sema *sm,
		 const struct ast_point *pt, size_t at)
{
	struct ast_point head = *pt, tail = *pt;

	head.ncomp = at;
	tail.comp += at + 1;
	tail.ncomp -= at + 1;
	ret->before =
		arena_printf(sm->a, "%s%s%s(\"", expand_point_text(sm, &head),
			     at ? "." : "", pt->comp[at].name);
	ret->after = arena_printf(sm->a, "\")%s%s", tail.ncomp ? "." : "",
				  expand_point_text(sm, &tail));
	ret->nbefore = strlen(ret->before);
	ret->nafter = strlen(ret->after);
}

const char *ppname_of(const struct ppname *n, struct arena *a, const char *name)
{
	size_t len = strlen(name);
	char *s = arena_alloc(a, n->nbefore + len + n->nafter + 1);

	memcpy(s, n->before, n->nbefore);
	memcpy(s + n->nbefore, name, len);
	memcpy(s + n->nbefore + len, n->after, n->nafter);
	return s;
}
