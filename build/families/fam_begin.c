// SPDX-License-Identifier: GPL-2.0-only
/* Session events: begin, end, error, never. */
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/sema/ctx.h"

enum { FORM_BEGIN, FORM_END, FORM_ERROR, FORM_NEVER };

static const struct fam_form forms[] = {
	{ "begin", FORM_BEGIN }, { "begin(N)", FORM_BEGIN },
	{ "end", FORM_END },	 { "end(N)", FORM_END },
	{ "error", FORM_ERROR }, { "error(N)", FORM_ERROR },
	{ "never", FORM_NEVER },
};

static enum fam_result begin_expand(struct sema *sm, const struct ast_point *pt,
				    unsigned int form, struct fam_probe *ret)
{
	static const char *const name[] = { "begin", "end", "error", "never" };
	static const struct probe_kind *const kind[] = { &kind_begin, &kind_end,
							 &kind_error,
							 &kind_begin };
	const struct ast_comp *c = &pt->comp[0];

	ret->p->kind = kind[form];
	ret->p->name = name[form];
	ret->is_never = form == FORM_NEVER;
	if (c->arg_kind == ARG_NUM) {
		ret->p->order = c->num;
		ret->p->name = arena_printf(sm->a, "%s(%lld)", name[form],
					    (long long)c->num);
	}
	return FAM_OK;
}

extern const struct family fam_begin;
const struct family fam_begin = {
	.name = "begin",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = begin_expand,
};
