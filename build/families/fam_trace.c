// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints: kernel.trace("SYSTEM:NAME"), kernel.tracepoint("NAME"). */
#include "build/families/args.h"
#include "build/families/family.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/glob.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/ktracepoint.h"
#include "build/elab/place.h"
#include "build/kit/kit.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"

#include <stdlib.h>
#include <string.h>

#define NAMED_PREFIX "kernel.trace("

enum {
	FORM_NUMBERED = 1, /* $arg1 … instead of declared names */
	FORM_MODULE = 2,
};

static const struct fam_form forms[] = {
	{ "kernel.trace(S)", 0 },
	{ "kernel.tracepoint(S)", FORM_NUMBERED },
	{ "module(S).tracepoint(S)", FORM_NUMBERED | FORM_MODULE },
};

/* ---- places -------------------------------------------------------------- */

/**
 * struct wanted - what a point asks for
 * @system: pattern, NULL = any
 * @module: pattern, NULL = the kernel itself and any module
 */
struct wanted {
	struct sema *sm;
	const char *system, *name, *module;
	unsigned int form;
	struct fam_probe *ret;
};

static bool is_glob(const char *s)
{
	return strpbrk(s, "*?[\\") != NULL;
}

static bool fits(const char *pattern, const char *s)
{
	return !pattern || glob_match(pattern, s);
}

static const char *point_text(const struct wanted *w, const char *system,
			      const char *name, const char *module)
{
	struct arena *a = w->sm->a;

	if (w->form & FORM_MODULE)
		return arena_printf(a, "module(\"%s\").tracepoint(\"%s\")",
				    module, name);
	if (w->form & FORM_NUMBERED)
		return arena_printf(a, "kernel.tracepoint(\"%s\")", name);
	return arena_printf(a, NAMED_PREFIX "\"%s%s%s\")", system,
			    *system ? ":" : "", name);
}

static void add_place(const struct wanted *w, const struct ktracepoint *t,
		      const char *module)
{
	struct fam_point p = { 0 };

	p.dp.addr = t->addr;
	p.dp.mech = TAPRT_MECH_TRACEPOINT;
	p.dp.func = arena_printf(w->sm->a, "%s:%s", t->system, t->name);
	p.dp.pp = point_text(w, t->system, t->name, module);
	p.dp.module = module;
	p.btf = module ? FAM_BTF_LATER : t->proto;
	vec_apush(w->sm->a, &w->ret->points, p);
}

static void find_kernel(const struct wanted *w)
{
	const struct kit *k = w->sm->kit;
	size_t i = 0, n = kit_ntracepoints(k);

	if (!is_glob(w->name))
		i = kit_find_tracepoint(k, w->name);
	for (; i < n; i++) {
		struct kit_tracepoint t = kit_tracepoint(k, i);
		struct ktracepoint p = { t.name, t.system, t.addr, t.proto,
					 t.has_names };

		if (fits(w->name, t.name) && fits(w->system, t.system))
			add_place(w, &p, NULL);
		if (!is_glob(w->name))
			return;
	}
}

static void find_modules(const struct wanted *w)
{
	const struct kit *k = w->sm->kit;
	size_t i, n = kit_nmod_tracepoints(k);

	for (i = 0; i < n; i++) {
		struct kit_mod_tracepoint t = kit_mod_tracepoint(k, i);
		struct ktracepoint p = { .name = t.name, .system = t.system };

		if (fits(w->name, t.name) && fits(w->system, t.system) &&
		    fits(w->module, t.module))
			add_place(w, &p, t.module);
	}
}

/* Kits of earlier versions have names only. */
static bool has_systems(const struct kit *k)
{
	size_t i, n = kit_ntracepoints(k);

	for (i = 0; i < n; i++)
		if (*kit_tracepoint(k, i).system)
			return true;
	return false;
}

static void report_no_match(const struct wanted *w, const struct ast_comp *c)
{
	const struct kit *k = w->sm->kit;
	size_t i, n = kit_ntracepoints(k), m = kit_nmod_tracepoints(k);
	struct similar sim;

	if (w->system && !has_systems(k)) {
		diag_error(w->sm->d, &c->at, DIAG_NO_MATCH,
			   "the kit of kernel %s is too old to know the "
			   "systems of tracepoints: make it again",
			   kit_info(k)->release);
		return;
	}
	similar_init(&sim, diags_near(w->sm->d, w->name));
	for (i = 0; sim.want && !is_glob(w->name) && i < n; i++)
		if (!w->module)
			similar_add(&sim, kit_tracepoint(k, i).name);
	for (i = 0; sim.want && !is_glob(w->name) && i < m; i++)
		if (fits(w->module, kit_mod_tracepoint(k, i).module))
			similar_add(&sim, kit_mod_tracepoint(k, i).name);
	diag_error(w->sm->d, &c->at, DIAG_NO_MATCH,
		   "no match for tracepoint '%s' in kernel %s%s", c->str,
		   kit_info(k)->release,
		   similar_text(w->sm->a, &sim, "similar tracepoints"));
}

static enum fam_result trace_expand(struct sema *sm, const struct ast_point *pt,
				    unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *c = &pt->comp[pt->ncomp - 1];
	const char *colon = form & FORM_NUMBERED ? NULL : strchr(c->str, ':');
	struct wanted w = { .sm = sm, .form = form, .ret = ret };

	w.name = colon ? colon + 1 : c->str;
	if (!*w.name || colon == c->str) {
		diag_error(sm->d, &c->at, DIAG_SPEC,
			   "malformed specification '%s'", c->str);
		return FAM_REFUSED;
	}
	if (colon)
		w.system =
			arena_strndup(sm->a, c->str, (size_t)(colon - c->str));
	if (form & FORM_MODULE)
		w.module = pt->comp[0].str;
	ret->p->kind = &kind_trace;
	if (!w.module)
		find_kernel(&w);
	if (w.module || !(form & FORM_NUMBERED))
		find_modules(&w);
	if (!ret->points.n) {
		report_no_match(&w, c);
		return FAM_REFUSED;
	}
	ret->p->name = ret->points.v[0].dp.pp;
	return FAM_OK;
}

/* ---- variables ----------------------------------------------------------- */

static struct btft trace_proto(struct sema *sm, const struct fam_point *fp)
{
	struct btft none = { .kind = BTFK_VOID }, t;

	if (!fp || !fp->btf)
		return none;
	t = btf_type(sm->btf, fp->btf);
	return t.kind == BTFK_PROTO ? t : none;
}

/* Parameter @i, which starts at 1: the first is the probe function's own. */
static const char *param_name(struct sema *sm, const struct fam_point *fp,
			      const struct btft *proto, uint32_t i,
			      uint32_t *type)
{
	bool named = !strncmp(fp->dp.pp, NAMED_PREFIX, strlen(NAMED_PREFIX));
	const char *name;

	if (!btf_param(sm->btf, proto, i, &name, type))
		return NULL;
	if (!*name || !named)
		name = arena_printf(sm->a, "arg%u", i);
	return name;
}

static enum fam_result trace_var(struct sema *sm, const struct dprobe *p,
				 const struct fam_point *fp, struct span at,
				 const char *name, struct fam_value *ret)
{
	struct btft proto = trace_proto(sm, fp);
	struct arg_slots slots = { .regs = 1 };
	uint32_t i, type;

	(void)p;
	for (i = 1; i < proto.nmembers; i++) {
		const char *param = param_name(sm, fp, &proto, i, &type);
		int arg = param ? args_place(sm->btf, type, &slots) : -1;

		if (!param || strcmp(param, name + 1) != 0)
			continue;
		ret->type = type;
		ret->at_entry = true;
		ret->e = tree_expr(sm->a, EX_ARG, at);
		ret->e->type = TY_LONG;
		ret->e->num = arg - 1;
		if (arg < 1 || !place_access(sm->btf, type, &ret->e->access)) {
			diag_error(sm->d, &at, DIAG_NO_ACCESS,
				   "'%s' of type '%s' is not accessible at "
				   "this address",
				   name, btf_type_name(sm->btf, type, sm->a));
			return FAM_REFUSED;
		}
		return FAM_OK;
	}
	return FAM_NOT_MINE;
}

static void trace_names(struct sema *sm, const struct dprobe *p,
			const struct fam_point *fp,
			void (*add)(void *arg, const char *name), void *arg)
{
	struct btft proto = trace_proto(sm, fp);
	uint32_t i, type;

	(void)p;
	for (i = 1; i < proto.nmembers; i++) {
		const char *name = param_name(sm, fp, &proto, i, &type);

		if (name)
			add(arg, arena_printf(sm->a, "$%s", name));
	}
}

/* Known when it runs: one handler serves all the points of a wildcard. */
static struct ast_expr *trace_text(struct sema *sm, struct span at,
				   const char *name)
{
	if (strcmp(name, "$$name") && strcmp(name, "$$system"))
		return NULL;
	return intrinsic_call(
		sm->a, at, name[2] == 'n' ? "__point_name" : "__point_system",
		0);
}

/* The prototype is in the module's types, which are unpacked for it. */
static void trace_types(struct sema *sm, struct fam_point *p)
{
	const char *name = strchr(p->dp.func, ':') + 1;
	struct ktracepoint t = {
		.name = name,
		.system = arena_strndup(sm->a, p->dp.func,
					(size_t)(name - 1 - p->dp.func)),
	};
	size_t m;

	if (p->btf != FAM_BTF_LATER)
		return;
	m = kit_find_module(sm->kit, p->dp.module);
	if (m < kit_nmodules(sm->kit))
		p->dp.types = kit_module_types(sm->kit, m);
	if (p->dp.types)
		ktracepoint_proto(sm->a, p->dp.types, &t);
	p->btf = t.proto;
}

extern const struct family fam_trace;
const struct family fam_trace = {
	.name = "trace",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = trace_expand,
	.types = trace_types,
	.var = trace_var,
	.names = trace_names,
	.text = trace_text,
	.needs_kit = true,
};
