// SPDX-License-Identifier: GPL-2.0-only
/* Statements: kernel.statement("f@file:line"), by address, and raw addresses. */
#include "build/families/dwpoint.h"
#include "build/families/funcvar.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/sema/ctx.h"
#include "build/session.h"
#include "bundle/base/err.h"

enum {
	FORM_NEAREST = 1,
	FORM_ABSOLUTE = 2,
};

static const struct fam_form forms[] = {
	{ "kernel.statement(S)", 0 },
	{ "kernel.statement(S).nearest", FORM_NEAREST },
	{ "kernel.statement(N)", 0 },
	{ "kernel.statement(N).nearest", FORM_NEAREST },
	{ "module(S).statement(S)", 0 },
	{ "module(S).statement(S).nearest", FORM_NEAREST },
	{ "module(S).statement(N)", 0 },
	{ "module(S).statement(N).nearest", FORM_NEAREST },
	{ "kernel.statement(N).absolute", FORM_ABSOLUTE },
	{ "kprobe.statement(N).absolute", FORM_ABSOLUTE },
};

/* Whatever is there: no debug information, and nothing checks it. */
static enum fam_result absolute_expand(struct sema *sm,
				       const struct ast_point *pt,
				       struct fam_probe *ret)
{
	const struct ast_comp *c = &pt->comp[1];
	struct fam_point p = { 0 };

	if (!sm->s->guru) {
		diag_error(sm->d, &c->at, DIAG_NEED_GURU,
			   "absolute statement probe in unprivileged mode: "
			   "use -g");
		return FAM_REFUSED;
	}
	ret->p->kind = &kind_function;
	p.dp.addr = (uint64_t)c->num;
	p.dp.mech = TAPRT_MECH_ABSOLUTE;
	p.dp.func = "";
	p.dp.pp = arena_printf(sm->a, "%s.statement(0x%llx).absolute",
			       pt->comp[0].name, (unsigned long long)c->num);
	vec_apush(sm->a, &ret->points, p);
	return FAM_OK;
}

static enum fam_result none_at(struct dwpoint *d, uint64_t begin)
{
	unsigned long long addr = (unsigned long long)d->comp->num;

	if (d->refused.name)
		return dwpoint_none(d, NULL);
	if (begin)
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
			   "no match: no statement begins at address 0x%llx "
			   "(try 0x%llx, or .nearest)",
			   addr, (unsigned long long)begin);
	else
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
			   "no match: no function has code at address 0x%llx",
			   addr);
	return FAM_REFUSED;
}

/* What was written, for one file after another. */
struct asked {
	struct spec s;
	bool nearest;
};

static enum fam_result statement_find(struct dwpoint *d, void *arg,
				      struct fam_probe *ret)
{
	const struct ast_comp *c = d->comp;
	const struct asked *q = arg;
	struct err e = { 0 };
	uint64_t begin = 0;
	int rc;

	if (q->s.lines == SPEC_NO_LINE)
		dwpoint_once(d);
	rc = c->arg_kind == ARG_STR
		     ? dwfind_statements(&d->w, &q->s, q->nearest, &e)
		     : dwfind_statement_at(&d->w, (uint64_t)c->num, q->nearest,
					   &begin, &e);
	if (rc < 0)
		return dwpoint_broken(d, &e);
	dwpoint_add(d, ret);
	if (ret->points.n)
		return FAM_OK;
	return c->arg_kind == ARG_STR ? dwpoint_none(d, &q->s)
				      : none_at(d, begin);
}

static enum fam_result statement_expand(struct sema *sm,
					const struct ast_point *pt,
					unsigned int form,
					struct fam_probe *ret)
{
	struct asked q = { .nearest = form & FORM_NEAREST };
	enum fam_result r = FAM_REFUSED;

	/* what is no specification needs no index to be told so */
	if (form & FORM_ABSOLUTE)
		r = absolute_expand(sm, pt, ret);
	else if (pt->comp[1].arg_kind != ARG_STR ||
		 dwpoint_spec(sm, &pt->comp[1], &q.s))
		r = dwpoint_each(sm, pt, statement_find, &q, ret);
	if (r == FAM_OK)
		ret->p->name = ret->points.v[0].dp.pp;
	return r;
}

extern const struct family fam_statement;
const struct family fam_statement = {
	.name = "statement",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = statement_expand,
	.var = funcvar_value,
	.names = funcvar_names,
	.locals = funcvar_locals,
	.needs_kit = true,
};
