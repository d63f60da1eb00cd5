// SPDX-License-Identifier: GPL-2.0-only
/*
 * What only debug information knows of functions: where they are inlined, their
 * labels, what they call, which of them is at an address.
 *
 * A callee's probe fires for calls from the function that is named: the address a
 * call returns to is compared.  Deeper down (.callees(N)) it is the address of the
 * direct caller.  A tail call leaves no such address; -DSTAP_CALLEE_MATCHALL counts
 * every call, from wherever.  Of a module's functions those of the module itself are
 * found: its debug information tells no other's place.
 */
#include "build/families/dwpoint.h"
#include "build/families/function.h"
#include "build/families/funcvar.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/similar.h"
#include "build/sema/ctx.h"
#include "build/sema/limits.h"
#include "bundle/base/err.h"

#include <string.h>

enum {
	FORM_INLINE = 1,
	FORM_RETURN = 2,
	FORM_LABEL = 4,
	FORM_CALLEE = 8,
	FORM_CALL = 16, /* only functions with code of their own */
};

static const struct fam_form forms[] = {
	{ "kernel.function(S).inline", FORM_INLINE },
	{ "kernel.function(N)", FORM_CALL },
	{ "kernel.function(N).call", FORM_CALL },
	{ "kernel.function(N).return", FORM_CALL | FORM_RETURN },
	{ "kernel.function(N).return.maxactive(N)", FORM_CALL | FORM_RETURN },
	{ "kernel.function(S).label(S)", FORM_LABEL },
	{ "kernel.function(S).callee(S)", FORM_CALLEE },
	{ "kernel.function(S).callee(S).call", FORM_CALLEE },
	{ "kernel.function(S).callee(S).return", FORM_CALLEE | FORM_RETURN },
	{ "kernel.function(S).callees", FORM_CALLEE },
	{ "kernel.function(S).callees(N)", FORM_CALLEE },
	{ "module(S).function(S).inline", FORM_INLINE },
	{ "module(S).function(N)", FORM_CALL },
	{ "module(S).function(N).call", FORM_CALL },
	{ "module(S).function(N).return", FORM_CALL | FORM_RETURN },
	{ "module(S).function(N).return.maxactive(N)",
	  FORM_CALL | FORM_RETURN },
	{ "module(S).function(S).label(S)", FORM_LABEL },
	{ "module(S).function(S).callee(S)", FORM_CALLEE },
	{ "module(S).function(S).callee(S).call", FORM_CALLEE },
	{ "module(S).function(S).callee(S).return", FORM_CALLEE | FORM_RETURN },
	{ "module(S).function(S).callees", FORM_CALLEE },
	{ "module(S).function(S).callees(N)", FORM_CALLEE },
};

/* What is near among those that are there, or else some of them. */
static const char *others_text(struct dwpoint *d, const char *what,
			       const char *pattern)
{
	struct arena *a = d->sm->a;
	const char **name, *text = "";
	struct similar sim;
	size_t n = 0;

	if (!diags_near(d->sm->d, pattern))
		return "";
	if (!d->w.others.n)
		return arena_printf(a, ": there is no other %s", what);
	similar_init(&sim, pattern);
	vec_foreach(name, &d->w.others) {
		similar_add(&sim, *name);
		if (n++ < 8)
			text = arena_printf(a, "%s%s%s", text,
					    *text ? ", " : "", *name);
	}
	if (sim.n)
		return similar_text(a, &sim,
				    arena_printf(a, "similar %ss", what));
	return arena_printf(a, " (%ss there: %s%s)", what, text,
			    n > 8 ? ", ..." : "");
}

/* Whose labels or callees were looked for, and what is there instead. */
static enum fam_result none_inside(struct dwpoint *d, const char *what,
				   const char *pattern)
{
	const char *tail = others_text(d, what, pattern);

	if (d->refused.name)
		return dwpoint_none(d, NULL);
	if (d->module && !strcmp(what, "callee"))
		tail = arena_printf(d->sm->a,
				    ": only those in module '%s' can "
				    "be found%s",
				    d->module, tail);
	if (d->w.ntails)
		tail = ": it only ends in a jump there, which leaves no "
		       "address to return to";
	diag_error(d->sm->d, &d->pt->comp[2].at, DIAG_NO_MATCH,
		   "no match for %s '%s' in function '%s'%s", what, pattern,
		   d->comp->str, tail);
	return FAM_REFUSED;
}

static enum fam_result find_labels(struct dwpoint *d, struct fam_probe *ret)
{
	const char *glob = d->pt->comp[2].str;

	dwfind_labels(&d->w, glob);
	dwpoint_add(d, ret);
	return ret->points.n ? FAM_OK : none_inside(d, "label", glob);
}

static enum fam_result find_callees(struct dwpoint *d, struct fam_probe *ret)
{
	const struct ast_comp *c = &d->pt->comp[2];
	unsigned int depth = 1;
	struct err e = { 0 };
	struct fam_point *p;
	struct spec s = { .func = "*" };

	if (c->arg_kind == ARG_STR && !dwpoint_spec(d->sm, c, &s))
		return FAM_REFUSED;
	if (c->arg_kind == ARG_NUM) {
		if (c->num < 1 || c->num > 100) {
			diag_error(d->sm->d, &c->at, DIAG_INTERVAL,
				   "depth of callees out of range [1, 100]");
			return FAM_REFUSED;
		}
		depth = (unsigned int)c->num;
	}
	if (dwfind_callees(&d->w, &s, depth, &e) < 0)
		return dwpoint_broken(d, &e);
	dwpoint_add(d, ret);
	if (!ret->points.n)
		return none_inside(d, "callee", s.func);
	if (d->sm->prog->limits->callee_matchall)
		vec_foreach(p, &ret->points)
			p->dp.ncallers = 0;
	return FAM_OK;
}

static int find_functions(struct dwpoint *d, const struct spec *s,
			  unsigned int form, struct err *e)
{
	unsigned int what = DWFIND_CALL | DWFIND_INLINE;

	if (d->comp->arg_kind == ARG_NUM)
		return dwfind_function_at(&d->w, (uint64_t)d->comp->num, e);
	if (form & FORM_INLINE)
		what = DWFIND_INLINE;
	return dwfind_functions(&d->w, s, what, e);
}

static enum fam_result none_found(struct dwpoint *d, const struct spec *s,
				  unsigned int form)
{
	if (d->comp->arg_kind == ARG_NUM && !d->refused.name)
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
			   "no match: no function has code at address 0x%llx",
			   (unsigned long long)d->comp->num);
	else if ((form & FORM_INLINE) && d->w.nfuncs && !d->refused.name)
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
			   "no match: function '%s' is inlined nowhere",
			   d->comp->str);
	else
		return dwpoint_none(d, s);
	return FAM_REFUSED;
}

/* What was written, for one file after another. */
struct asked {
	struct spec s;
	unsigned int form;
};

static enum fam_result inline_find(struct dwpoint *d, void *arg,
				   struct fam_probe *ret)
{
	const struct asked *q = arg;
	struct err e = { 0 };

	d->mech = q->form & FORM_RETURN ? TAPRT_MECH_KRETPROBE : 0;
	if (!(q->form & (FORM_LABEL | FORM_CALLEE)))
		dwpoint_once(d);
	if (find_functions(d, &q->s, q->form, &e) < 0)
		return dwpoint_broken(d, &e);
	if (d->w.spots.n && (q->form & FORM_LABEL))
		return find_labels(d, ret);
	if (d->w.spots.n && (q->form & FORM_CALLEE))
		return find_callees(d, ret);
	dwpoint_add(d, ret);
	return ret->points.n ? FAM_OK : none_found(d, &q->s, q->form);
}

static enum fam_result inline_expand(struct sema *sm,
				     const struct ast_point *pt,
				     unsigned int form, struct fam_probe *ret)
{
	struct asked q = { .form = form };
	enum fam_result r;

	ret->p->flags = form & FORM_RETURN ? TAPRT_P_RETURN : 0;
	if (!function_maxactive(sm, pt, ret->p))
		return FAM_REFUSED;
	if (pt->comp[1].arg_kind == ARG_STR &&
	    !dwpoint_spec(sm, &pt->comp[1], &q.s))
		return FAM_REFUSED;
	r = dwpoint_each(sm, pt, inline_find, &q, ret);
	if (r == FAM_OK)
		ret->p->name = ret->points.v[0].dp.pp;
	return r;
}

extern const struct family fam_inline;
const struct family fam_inline = {
	.name = "inline",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = inline_expand,
	.var = funcvar_value,
	.names = funcvar_names,
	.locals = funcvar_locals,
	.needs_kit = true,
};
