// SPDX-License-Identifier: GPL-2.0-only
/* Functions of modules: module("…").function("…"), kprobe.module("…").function("…"). */
#include "build/families/dwpoint.h"
#include "build/families/function.h"
#include "build/families/funcvar.h"
#include "build/families/ppname.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/glob.h"
#include "build/debuginfo/btf.h"
#include "build/kit/kit.h"
#include "build/kit/modfile.h"
#include "build/sema/ctx.h"
#include "bundle/base/err.h"

#include <glob.h>
#include <string.h>

static const struct fam_form forms[] = {
	{ "module(S).function(S)", 0 },
	{ "module(S).function(S).call", FUNCTION_CALL },
	{ "module(S).function(S).exported", FUNCTION_EXPORTED },
	{ "module(S).function(S).return", FUNCTION_RETURN },
	{ "module(S).function(S).return.maxactive(N)", FUNCTION_RETURN },
	{ "kprobe.module(S).function(S)", FUNCTION_DWARFLESS },
	{ "kprobe.module(S).function(S).call", FUNCTION_DWARFLESS },
	{ "kprobe.module(S).function(S).return",
	  FUNCTION_DWARFLESS | FUNCTION_RETURN },
	{ "kprobe.module(S).function(S).return.maxactive(N)",
	  FUNCTION_DWARFLESS | FUNCTION_RETURN },
};

/**
 * struct wanted - what a point asks for, and what was found on the way
 * @module, @function: patterns, or names for FUNCTION_DWARFLESS
 * @nmodules: that matched; @last: name of one of them, @funcs: its functions
 * @pp, @has_types: of that module: around names in it; does the kit have its types?
 * @refused: a function that matched and cannot be probed, in module @refused_in
 */
struct wanted {
	struct sema *sm;
	const struct ast_point *pt;
	const struct ast_comp *mod, *func;
	const char *module, *function;
	unsigned int form;
	struct fam_probe *ret;
	size_t nmodules, nfuncs;
	const char *last;
	struct ppname pp;
	bool has_types;
	const struct kit_func *funcs;
	const struct kit_func *refused;
	const char *refused_in;
};

static bool is_glob(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

/* ---- places -------------------------------------------------------------- */

/* Pieces of functions are not what a name means. */
static bool is_whole(const char *name)
{
	return !strstr(name, ".part.");
}

static void begin_module(struct wanted *w, const char *module)
{
	const struct ast_point *pt = w->pt;
	struct ast_point in = *pt;
	size_t at = (size_t)(w->mod - pt->comp);

	in.comp =
		arena_memdup(w->sm->a, pt->comp, pt->ncomp * sizeof(*pt->comp));
	in.comp[at].str = module;
	ppname_init(&w->pp, w->sm, &in, at + 1);
	w->has_types = false;
}

/* In module @module; @flags: of a function that the kit knows. */
static void add_place(const struct wanted *w, const char *module,
		      const char *func, uint64_t addr, uint32_t flags)
{
	struct arena *a = w->sm->a;
	struct fam_point p = { 0 };

	p.dp.addr = addr;
	p.dp.func = func;
	p.dp.module = module;
	p.dp.pp = ppname_of(&w->pp, a, func);
	if (w->form & FUNCTION_RETURN)
		p.dp.mech = TAPRT_MECH_KRETPROBE;
	else
		p.dp.mech = flags & KIT_FN_FTRACE ? TAPRT_MECH_FTRACE
						  : TAPRT_MECH_KPROBE;
	if (w->has_types)
		p.btf = flags & KIT_FN_DUP ? FAM_BTF_TYPES : FAM_BTF_LATER;
	vec_apush(a, &w->ret->points, p);
}

static bool fits(const struct wanted *w, const struct kit_func *f)
{
	if ((w->form & FUNCTION_EXPORTED) && !(f->flags & KIT_FN_EXPORTED))
		return false;
	if (!is_glob(w->function))
		return !strcmp(w->function, f->name);
	return is_whole(f->name) && glob_match(w->function, f->name);
}

/* In module @module, which is the @m-th of the kit, or none of them. */
static void find_in(struct wanted *w, const char *module,
		    const struct kit_func *f, size_t n, size_t m)
{
	size_t i, lit = strcspn(w->function, "*?[\\");

	begin_module(w, module);
	w->has_types =
		m < kit_nmodules(w->sm->kit) && !(w->form & FUNCTION_DWARFLESS);
	w->nmodules++;
	w->last = module;
	w->funcs = f;
	w->nfuncs = n;
	for (i = 0; i < n; i++) {
		int c = strncmp(f[i].name, w->function, lit);

		/* Sorted: past the literal beginning nothing follows. */
		if (c > 0)
			break;
		if (c < 0 || !fits(w, &f[i]))
			continue;
		if (f[i].flags & (KIT_FN_INIT | KIT_FN_BLACKLIST)) {
			w->refused = &f[i];
			w->refused_in = module;
			continue;
		}
		add_place(w, module, f[i].name, f[i].addr, f[i].flags);
	}
}

static void find_in_kit(struct wanted *w, size_t m)
{
	const struct kit_func *f;
	size_t n = kit_module_funcs(w->sm->kit, m, &f);

	find_in(w, kit_module(w->sm->kit, m).name, f, n, m);
}

static void find_places(struct wanted *w)
{
	const struct kit *k = w->sm->kit;
	size_t i, n = kit_nmodules(k);

	if (!is_glob(w->module)) {
		i = kit_find_module(k, w->module);
		if (i < n)
			find_in_kit(w, i);
		return;
	}
	for (i = 0; i < n; i++)
		if (glob_match(w->module, kit_module(k, i).name))
			find_in_kit(w, i);
}

/*
 * A path names a module that did not come with the kernel: a glob may match the files
 * for several kernels, each of which gets its own.
 */
static bool find_files(struct wanted *w)
{
	const char *release = kit_info(w->sm->kit)->release, *other = NULL;
	struct modfile f;
	struct err e;
	glob_t g;
	size_t i;
	int rc = 0;

	if (glob(w->mod->str, 0, NULL, &g) != 0)
		g.gl_pathc = 0;
	for (i = 0; i < g.gl_pathc && rc == 0; i++) {
		rc = modfile_read(w->sm->a, g.gl_pathv[i], &f, &e);
		if (rc == 0 && !strcmp(f.release, release))
			find_in(w, f.name, f.funcs, f.nfuncs,
				kit_nmodules(w->sm->kit));
		else
			other = f.release;
	}
	globfree(&g);
	if (rc < 0)
		diag_error(w->sm->d, &w->mod->at, DIAG_NO_MATCH, "%s", e.text);
	else if (!w->nmodules && other)
		diag_error(w->sm->d, &w->mod->at, DIAG_NO_MATCH,
			   "'%s' is a module for kernel %s, not %s",
			   w->mod->str, other, release);
	else if (!w->nmodules)
		diag_error(w->sm->d, &w->mod->at, DIAG_NO_MATCH,
			   "there is no file '%s'", w->mod->str);
	return w->nmodules;
}

/* ---- points -------------------------------------------------------------- */

static void report_no_module(const struct wanted *w)
{
	const struct kit *k = w->sm->kit;
	size_t i, n = kit_nmodules(k);
	struct similar sim;

	similar_init(&sim, diags_near(w->sm->d, w->module));
	for (i = 0; sim.want && !is_glob(w->module) && i < n; i++)
		similar_add(&sim, kit_module(k, i).name);
	diag_error(w->sm->d, &w->mod->at, DIAG_NO_MATCH,
		   "no match for module '%s' among the %zu of kernel %s%s",
		   w->module, n, kit_info(k)->release,
		   similar_text(w->sm->a, &sim, "similar modules"));
}

static void report_no_function(const struct wanted *w)
{
	const struct kit_func *f = w->funcs;
	struct similar sim;
	const char *where;
	size_t i, n = 0;

	similar_init(&sim, diags_near(w->sm->d, w->function));
	if (sim.want && w->nmodules == 1 && !is_glob(w->function))
		n = w->nfuncs;
	for (i = 0; i < n; i++)
		if (!(w->form & FUNCTION_EXPORTED) ||
		    (f[i].flags & KIT_FN_EXPORTED))
			similar_add(&sim, f[i].name);
	where = w->nmodules == 1
			? arena_printf(w->sm->a, "module '%s'", w->last)
			: arena_printf(w->sm->a, "the %zu modules '%s'",
				       w->nmodules, w->module);
	diag_error(w->sm->d, &w->func->at, DIAG_NO_MATCH,
		   "no match for %sfunction '%s' in %s of kernel %s%s",
		   w->form & FUNCTION_EXPORTED ? "exported " : "", w->function,
		   where, kit_info(w->sm->kit)->release,
		   similar_text(w->sm->a, &sim, "similar functions"));
}

static void report_no_match(const struct wanted *w)
{
	if (!w->nfuncs && !kit_has_module_funcs(w->sm->kit))
		diag_error(w->sm->d, &w->mod->at, DIAG_NO_MATCH,
			   "the kit of kernel %s is too old to know the "
			   "functions of modules: make it again",
			   kit_info(w->sm->kit)->release);
	else if (!w->nmodules)
		report_no_module(w);
	else if (w->refused)
		diag_error(
			w->sm->d, &w->func->at, DIAG_NO_MATCH,
			"no match: function '%s' of module '%s' %s",
			w->refused->name, w->refused_in,
			w->refused->flags & KIT_FN_INIT
				? "only exists while the module is being loaded"
				: "cannot be probed: the kernel forbids it");
	else
		report_no_function(w);
}

/* A module's name has no "-" and no ","; a set of characters has ranges. */
static const char *module_pattern(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s), *p;
	bool in_set = false;

	for (p = copy; *p; p++) {
		if (*p == '[' || *p == ']')
			in_set = *p == '[';
		else if (!in_set && (*p == '-' || *p == ','))
			*p = '_';
	}
	return copy;
}

/*
 * Is it for debug information to say?  What names a source file is, and so is a
 * module that did not come with the kernel, if its debug information was added.
 */
static bool is_debug(const struct wanted *w, const struct spec *s)
{
	const struct kit *k = w->sm->kit;
	struct dwpoint d;
	bool yes = s->file || s->scope;

	if (yes || strchr(w->mod->str, '/') || is_glob(w->module) ||
	    kit_find_module(k, w->module) < kit_nmodules(k))
		return yes;
	yes = dwpoint_open(&d, w->sm, w->pt, w->module, true);
	dwpoint_close(&d);
	return yes;
}

/*
 * kprobe.module() takes names as they are: what the kit does not know may be in a
 * module that did not come with the kernel, which the kernel is asked when it loads.
 */
static void find_literally(struct wanted *w)
{
	size_t m = kit_find_module(w->sm->kit, w->module);

	if (!strpbrk(w->module, "*?[") && !is_glob(w->function) &&
	    m < kit_nmodules(w->sm->kit))
		find_in_kit(w, m);
	if (!w->ret->points.n) {
		begin_module(w, w->module);
		add_place(w, w->module, w->function, TAPRT_ADDR_BY_NAME, 0);
	}
}

static enum fam_result module_points(struct wanted *w, const struct spec *s)
{
	bool is_path = strchr(w->mod->str, '/');

	if (!(w->form & FUNCTION_DWARFLESS) && is_debug(w, s))
		return function_debug(w->sm, w->pt, w->form, s, w->ret);
	if (is_path && !find_files(w))
		return FAM_REFUSED;
	if (!is_path && (w->form & FUNCTION_DWARFLESS))
		find_literally(w);
	else if (!is_path)
		find_places(w);
	if (w->ret->points.n)
		return FAM_OK;
	report_no_match(w);
	return FAM_REFUSED;
}

static enum fam_result module_expand(struct sema *sm,
				     const struct ast_point *pt,
				     unsigned int form, struct fam_probe *ret)
{
	struct wanted w = { .sm = sm, .pt = pt, .form = form, .ret = ret };
	enum fam_result r;
	struct spec s;

	w.mod = &pt->comp[form & FUNCTION_DWARFLESS ? 1 : 0];
	w.func = w.mod + 1;
	w.module = module_pattern(sm->a, w.mod->str);
	if (!function_spec(sm, w.func, form, &s) ||
	    !function_maxactive(sm, pt, ret->p))
		return FAM_REFUSED;
	w.function = s.func;
	ret->p->kind = &kind_modfunc;
	ret->p->flags = form & FUNCTION_RETURN ? TAPRT_P_RETURN : 0;
	r = module_points(&w, &s);
	if (r == FAM_OK)
		ret->p->name = ret->points.v[0].dp.pp;
	return r;
}

/* Whole modules' types are unpacked for this: not for patterns that read nothing. */
static void module_types(struct sema *sm, struct fam_point *p)
{
	size_t m = kit_find_module(sm->kit, p->dp.module);
	uint32_t btf = p->btf;

	if (btf != FAM_BTF_LATER && btf != FAM_BTF_TYPES)
		return;
	p->btf = 0;
	if (m < kit_nmodules(sm->kit))
		p->dp.types = kit_module_types(sm->kit, m);
	if (p->dp.types && btf == FAM_BTF_LATER)
		p->btf = btf_find(p->dp.types, BTFK_FUNC, p->dp.func);
}

extern const struct family fam_module;
const struct family fam_module = {
	.name = "module",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = module_expand,
	.types = module_types,
	.var = funcvar_value,
	.names = funcvar_names,
	.locals = funcvar_locals,
	.needs_kit = true,
};
