// SPDX-License-Identifier: GPL-2.0-only
/* From places that debug information knows to points that a kernel can be probed at. */
#include "build/families/dwpoint.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/glob.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/elab/expand.h"
#include "build/families/function.h"
#include "build/kit/kit.h"
#include "build/sema/ctx.h"
#include "bundle/base/err.h"

#include <string.h>

/* How far from a line without code others are suggested. */
#define NEAR_LINES 20

/* ---- the index ---------------------------------------------------------------------- */

static void report_needed(struct dwpoint *d)
{
	const char *release = kit_info(d->sm->kit)->release;
	const char *what = expand_point_text(d->sm, d->pt);

	if (d->module)
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_DEBUGINFO,
			   "%s needs full debug information of module '%s' for "
			   "kernel %s: package linux-image-%s-dbg or the "
			   "module itself, read once by 'tapbuild kit add "
			   "--debuginfo'",
			   what, d->module, release, release);
	else
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_DEBUGINFO,
			   "%s needs full debug information of kernel %s: "
			   "package linux-image-%s-dbg, read once by 'tapbuild "
			   "kit add --debuginfo'",
			   what, release, release);
}

static void report_open(struct dwpoint *d, const struct err *e)
{
	if (e->code == ERR_NOT_FOUND)
		report_needed(d);
	else
		diag_error(d->sm->d, &d->comp->at, DIAG_NO_DEBUGINFO,
			   "cannot read debug information: %s", e->text);
}

bool dwpoint_open(struct dwpoint *ret, struct sema *sm,
		  const struct ast_point *pt, const char *module, bool quiet)
{
	struct err e = { 0 };
	int rc;

	memset(ret, 0, sizeof(*ret));
	ret->sm = sm;
	ret->pt = pt;
	ret->comp = &pt->comp[1];
	ret->module = module;
	ret->symat.k = sm->kit;
	rc = dwkit_file(sm->in->dw, module ? module : "vmlinux", &ret->file,
			&e);
	dwfind_init(&ret->w, sm->a, ret->file);
	if (rc < 0 && !quiet)
		report_open(ret, &e);
	return rc == 0;
}

void dwpoint_close(struct dwpoint *d)
{
	dwfind_deinit(&d->w);
	symat_deinit(&d->symat);
}

/* ---- modules ------------------------------------------------------------------------- */

/* A module's name has no "-" and no ","; a set of characters has ranges. */
const char *dwpoint_module(struct sema *sm, const struct ast_point *pt)
{
	bool in_set = false;
	char *s, *p;

	if (strcmp(pt->comp[0].name, "module") != 0)
		return NULL;
	/* of a path the module's name */
	p = strrchr(pt->comp[0].str, '/');
	s = arena_strdup(sm->a, p ? p + 1 : pt->comp[0].str);
	if (p && (p = strstr(s, ".ko")))
		*p = '\0';
	for (p = s; *p; p++) {
		if (*p == '[' || *p == ']')
			in_set = *p == '[';
		else if (!in_set && (*p == '-' || *p == ','))
			*p = '_';
	}
	return s;
}

static enum fam_result one_file(struct sema *sm, const struct ast_point *pt,
				const char *module, dwpoint_fn fn, void *arg,
				struct fam_probe *ret)
{
	enum fam_result r = FAM_REFUSED;
	struct dwpoint d;

	if (dwpoint_open(&d, sm, pt, module, false))
		r = fn(&d, arg, ret);
	dwpoint_close(&d);
	return r;
}

/* What was the matter with the first module that could not be read. */
struct unread {
	size_t n;
	char text[240];
};

/* One of several: what is wrong with it spoils no other. */
static void try_module(struct sema *sm, const struct ast_point *pt,
		       const char *module, dwpoint_fn fn, void *arg,
		       struct fam_probe *ret, struct unread *u)
{
	struct diags quiet, *d = sm->d;

	diags_init_quiet(&quiet);
	sm->d = &quiet;
	one_file(sm, pt, module, fn, arg, ret);
	sm->d = d;
	if (quiet.nerrors && quiet.first_tag == DIAG_NO_DEBUGINFO && !u->n++)
		memcpy(u->text, quiet.first, sizeof(u->text));
	diags_deinit(&quiet);
}

/* Modules that came with the kernel; what is wrong in one spoils no other. */
static enum fam_result some_modules(struct sema *sm, const struct ast_point *pt,
				    const char *glob, dwpoint_fn fn, void *arg,
				    struct fam_probe *ret)
{
	size_t i, tried = 0, n = kit_nmodules(sm->kit);
	struct unread u = { 0 };

	for (i = 0; i < n; i++) {
		const char *name = kit_module(sm->kit, i).name;

		if (!glob_match(glob, name))
			continue;
		tried++;
		try_module(sm, pt, name, fn, arg, ret, &u);
	}
	if (ret->points.n)
		return FAM_OK;
	if (u.n && u.n == tried)
		diag_error(sm->d, &pt->comp[1].at, DIAG_NO_DEBUGINFO, "%s",
			   u.text);
	else
		diag_error(sm->d, &pt->comp[1].at, DIAG_NO_MATCH,
			   "no match in the debug information of the %zu "
			   "modules '%s' of kernel %s%s",
			   tried - u.n, glob, kit_info(sm->kit)->release,
			   u.n ? arena_printf(sm->a,
					      "; %zu more have none that can "
					      "be read",
					      u.n)
			       : "");
	return FAM_REFUSED;
}

enum fam_result dwpoint_each(struct sema *sm, const struct ast_point *pt,
			     dwpoint_fn fn, void *arg, struct fam_probe *ret)
{
	const char *module = dwpoint_module(sm, pt);

	ret->p->kind = module ? &kind_modfunc : &kind_function;
	if (module && spec_is_glob(module))
		return some_modules(sm, pt, module, fn, arg, ret);
	return one_file(sm, pt, module, fn, arg, ret);
}

bool dwpoint_spec(struct sema *sm, const struct ast_comp *c, struct spec *ret)
{
	const char *why;

	if (spec_parse(sm->a, c->str, ret, &why))
		return true;
	diag_error(sm->d, &c->at, DIAG_SPEC, "malformed specification '%s': %s",
		   c->str, why);
	return false;
}

/* ---- symbols ------------------------------------------------------------------------- */

/* "f" and what the compiler made of it: "f.cold", "f.isra.0". */
static bool symbol_named(const struct kit *k, const char *name, uint64_t pc,
			 struct kit_func *ret)
{
	size_t i, len = strlen(name), n = kit_nfuncs(k);

	for (i = function_lower(k, name); i < n; i++) {
		*ret = kit_func(k, i);
		/* sorted: what has more to its name than a dot stands behind */
		if (strncmp(ret->name, name, len) != 0 || ret->name[len] > '.')
			break;
		if ((!ret->name[len] || ret->name[len] == '.') &&
		    symat_holds(ret, pc))
			return true;
	}
	return false;
}

/**
 * struct place - the symbol that code belongs to
 * @shown: what the kernel calls it
 * @addr: as in struct taprt_point; @base: of the index
 */
struct place {
	const char *name, *shown;
	uint64_t addr, base;
	uint32_t flags, btf;
};

static bool kernel_symbol(struct dwpoint *d, const struct dwplace *at,
			  struct place *ret)
{
	struct kit_func f = { 0 };
	/* the code may have another name: one of several for the same function */
	bool is_known =
		symbol_named(d->sm->kit, at->body->top->name, at->pc, &f) ||
		symat_find(&d->symat, at->pc, &f);

	*ret = (struct place){
		f.name, f.shown, f.addr, f.addr, f.flags, f.btf
	};
	return is_known;
}

/* What the kernel will say of a section of a module. */
static uint32_t section_flags(const char *name)
{
	if (!strncmp(name, ".init", 5) || !strncmp(name, ".exit", 5))
		return KIT_FN_INIT;
	if (strstr(name, "noinstr") || strstr(name, "kprobes"))
		return KIT_FN_BLACKLIST;
	return 0;
}

/* Does the kit know the functions of what is looked at? */
static bool has_flags(const struct dwpoint *d)
{
	const struct kit *k = d->sm->kit;
	const struct kit_func *f;
	size_t i;

	if (!d->module)
		return true;
	i = kit_find_module(k, d->module);
	return i < kit_nmodules(k) && kit_module_funcs(k, i, &f);
}

/* Flags that the kit has of a function; none of a module that came with no kernel. */
static uint32_t kit_flags(const struct dwpoint *d, const char *name)
{
	const struct kit *k = d->sm->kit;
	size_t i = kit_find_module(k, d->module), lo = 0, hi, n;
	const struct kit_func *f;

	n = i < kit_nmodules(k) ? kit_module_funcs(k, i, &f) : 0;
	for (hi = n; lo < hi;) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(f[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && !strcmp(f[lo].name, name) ? f[lo].flags : 0;
}

/*
 * The part of a function that @at is in, whose symbol is "f", or "f.cold" of what the
 * compiler put elsewhere; the kernel is asked for it when the module is there.
 */
static bool module_symbol(const struct dwpoint *d, const struct dwplace *at,
			  struct place *ret)
{
	const struct dwx_scope *top = at->body->top;
	const char *section;
	uint64_t off;
	size_t i;

	for (i = 0; i < top->nranges; i++)
		if (at->pc >= top->range[i].lo && at->pc < top->range[i].hi)
			break;
	if (i == top->nranges ||
	    !dwx_section_at(at->dir, top->range[i].lo, &section, &off))
		return false;
	/* a module's text begins with .text; where others are the kernel knows */
	*ret = (struct place){ .name = top->name,
			       .addr = strcmp(section, ".text") != 0
					       ? TAPRT_ADDR_BY_NAME
					       : off,
			       .base = top->range[i].lo,
			       .flags = section_flags(section) |
					kit_flags(d, top->name) };
	if (top->entry >= top->range[i].lo && top->entry < top->range[i].hi)
		/* the kernel looks for a site; without one it is a kprobe */
		ret->flags |= KIT_FN_FTRACE;
	else
		ret->name = arena_printf(d->sm->a, "%s.cold", top->name);
	ret->shown = ret->name;
	return true;
}

/* ---- points ---------------------------------------------------------------------------- */

/* The point as it was written, with the place that was found for the pattern. */
static const char *spot_text(const struct dwpoint *d, const struct dwspot *s)
{
	struct arena *a = d->sm->a;
	struct ast_point pt = *d->pt;
	struct ast_comp *c;
	const char *where;
	size_t i, at = (size_t)(d->comp - d->pt->comp);

	pt.comp = arena_memdup(a, d->pt->comp, pt.ncomp * sizeof(*pt.comp));
	where = arena_printf(a, "%s@%s:%u", s->func, s->file, s->line);
	for (i = at + 1; i < pt.ncomp; i++) {
		c = &pt.comp[i];
		if (!strcmp(c->name, "label")) {
			c->str = s->label;
		} else if (!strncmp(c->name, "callee", 6)) {
			c->name = "callee";
			at = i;
		}
	}
	c = &pt.comp[at];
	c->arg_kind = ARG_STR;
	c->str = where;
	if (d->module)
		pt.comp[0].str = d->module;
	return expand_point_text(d->sm, &pt);
}

/*
 * The addresses that calls return to, of a module as bytes from the point: wherever a
 * section of it is loaded, that stays.  False: none of them can be told.
 */
static bool add_callers(const struct dwpoint *d, const struct dwspot *s,
			struct dpoint *dp)
{
	const char *in, *from;
	uint64_t *v, off;
	size_t i;

	dp->caller = s->caller;
	dp->ncallers = s->ncallers;
	if (!d->module || !s->ncallers)
		return true;
	if (!dwx_section_at(s->at.dir, s->at.pc, &in, &off))
		return false;
	v = arena_array(d->sm->a, uint64_t, s->ncallers);
	dp->caller = v;
	dp->ncallers = 0;
	for (i = 0; i < s->ncallers; i++)
		if (dwx_section_at(s->at.dir, s->caller[i] - 1, &from, &off) &&
		    !strcmp(in, from))
			v[dp->ncallers++] = s->caller[i] - s->at.pc;
	return dp->ncallers;
}

static void add_spot(struct dwpoint *d, const struct dwspot *s,
		     const struct place *f, struct fam_probe *ret)
{
	struct arena *a = d->sm->a;
	struct fam_point p = { 0 };
	bool at_entry = s->at.pc == f->base;

	p.dp.addr = f->addr;
	p.dp.offset = (uint32_t)(s->at.pc - f->base);
	p.dp.func = arena_strdup(a, s->func);
	if (strcmp(f->shown, s->func) != 0)
		p.dp.symbol = arena_strdup(a, f->shown);
	p.dp.pp = spot_text(d, s);
	if (d->mech)
		p.dp.mech = d->mech;
	else
		p.dp.mech = at_entry && (f->flags & KIT_FN_FTRACE)
				    ? TAPRT_MECH_FTRACE
				    : TAPRT_MECH_KPROBE;
	p.dp.module = d->module;
	if (d->module)
		p.dp.types = d->file->types;
	/* arguments are where the convention says at the entry of the function
	 * itself, but not in a copy that the compiler made for some callers */
	if (at_entry && !(f->flags & KIT_FN_DUP) &&
	    s->at.scope == s->at.body->top)
		p.btf = f->btf;
	if (!add_callers(d, s, &p.dp))
		return;
	p.dw = arena_memdup(a, &s->at, sizeof(s->at));
	vec_apush(a, &ret->points, p);
}

/* NULL: @s, whose code is of @f, can be probed. */
static const char *why_not(const struct dwpoint *d, const struct dwspot *s,
			   const struct place *f)
{
	if (f->flags & KIT_FN_INIT)
		return d->module
			       ? "only exists while the module is being loaded"
			       : "only exists while the kernel boots";
	if (f->flags & KIT_FN_BLACKLIST)
		return "cannot be probed: the kernel forbids it";
	if ((f->flags & d->wanted) != d->wanted)
		return has_flags(d) ? "is not exported"
				    : "is not known to be exported: the kit "
				      "does not have the module's functions";
	/* what returns is what a symbol begins */
	if (d->mech && s->at.pc != f->base)
		return "has no symbol of its own, which .return needs";
	return NULL;
}

static bool find_symbol(struct dwpoint *d, const struct dwspot *s,
			struct place *ret)
{
	bool is_known = d->module ? module_symbol(d, &s->at, ret)
				  : kernel_symbol(d, &s->at, ret);
	/* thrown away by the linker, or no symbol is kept */
	const char *why =
		is_known ? why_not(d, s, ret) : "has no code in the kernel";

	if (!why)
		return true;
	d->refused.name = s->func;
	if (is_known && ret->flags & (KIT_FN_INIT | KIT_FN_BLACKLIST))
		d->refused.name = ret->name;
	d->refused.why = why;
	return false;
}

static bool is_point(void *arg, const struct dwspot *s)
{
	struct place f = { 0 };

	return find_symbol(arg, s, &f);
}

void dwpoint_once(struct dwpoint *d)
{
	if (!d->sm->in->names_only)
		return;
	d->w.one_each = is_point;
	d->w.arg = d;
}

void dwpoint_add(struct dwpoint *d, struct fam_probe *ret)
{
	const struct dwspot *s;
	struct place f = { 0 };

	vec_foreach(s, &d->w.spots)
		if (find_symbol(d, s, &f))
			add_spot(d, s, &f, ret);
}

/* ---- nothing found ------------------------------------------------------------------- */

enum fam_result dwpoint_broken(struct dwpoint *d, const struct err *e)
{
	diag_error(d->sm->d, &d->comp->at, DIAG_NO_DEBUGINFO,
		   "cannot read debug information: %s", e->text);
	return FAM_REFUSED;
}

static void none_refused(struct dwpoint *d)
{
	diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
		   "no match: function '%s' %s", d->refused.name,
		   d->refused.why);
}

static bool file_is_known(struct dwpoint *d, const char *glob)
{
	const struct dwx_dir *dir = d->file->dir;
	uint32_t i, *func;

	for (i = 0; i < dwx_nunits(dir); i++)
		if (dwx_file_matches(glob, dwx_unit_name(dir, i)))
			return true;
	return dwx_find_funcs(dir, "*", glob, d->sm->a, &func) > 0;
}

/* A name alone is compared with names, a path with paths. */
static void none_of_file(struct dwpoint *d, const struct spec *s)
{
	const struct dwx_dir *dir = d->file->dir;
	struct similar sim;
	uint32_t i;

	similar_init(&sim, diags_near(d->sm->d, s->file));
	for (i = 0; sim.want && i < dwx_nunits(dir); i++) {
		const char *name = dwx_unit_name(dir, i);
		const char *base = strrchr(name, '/');

		if (!strchr(s->file, '/') && base)
			name = base + 1;
		similar_add(&sim, name);
	}
	diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
		   "no match for file '%s' in %s of kernel %s%s", s->file,
		   d->file->name, kit_info(d->sm->kit)->release,
		   similar_text(d->sm->a, &sim, "similar files"));
}

/* Lines with code of fitting functions, nearest first, are too many: two of them. */
static void none_of_line(struct dwpoint *d, const struct spec *s)
{
	uint32_t want = s->range[0].first, below = 0, above = 0;
	struct spec_range range = { want > NEAR_LINES ? want - NEAR_LINES : 1,
				    want + NEAR_LINES };
	struct spec near = *s;
	const struct dwspot *v;
	const char *text = "";
	struct err e = { 0 };
	struct dwfind w;

	near.range = &range;
	near.nranges = 1;
	dwfind_init(&w, d->sm->a, d->file);
	if (dwfind_statements(&w, &near, false, &e) < 0)
		w.spots.n = 0;
	vec_foreach(v, &w.spots) {
		if (v->line < want && v->line > below)
			below = v->line;
		else if (v->line > want && (!above || v->line < above))
			above = v->line;
	}
	dwfind_deinit(&w);
	if (below && above)
		text = arena_printf(d->sm->a, " (try :%u or :%u)", below,
				    above);
	else if (below || above)
		text = arena_printf(d->sm->a, " (try :%u)",
				    below ? below : above);
	diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
		   "no match for '%s' in kernel %s: no code%s%s%s",
		   d->comp->str, kit_info(d->sm->kit)->release,
		   s->lines == SPEC_LINES ? " at that line" : "",
		   strcmp(s->func, "*") != 0 ? " of such a function" : "",
		   text);
}

static void none_of_func(struct dwpoint *d, const struct spec *s)
{
	const struct dwx_dir *dir = d->file->dir;
	size_t i, n = dwx_nfuncs(dir);
	struct similar sim;

	similar_init(&sim, diags_near(d->sm->d, s->func));
	for (i = 0; sim.want && !spec_is_glob(s->func) && i < n; i++) {
		struct dwx_func f = dwx_func(dir, i);

		if (!s->file || dwx_file_matches(s->file, f.file))
			similar_add(&sim, f.name);
	}
	diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
		   "no match for function '%s'%s%s in kernel %s%s", s->func,
		   s->file ? " in file " : "", s->file ? s->file : "",
		   kit_info(d->sm->kit)->release,
		   similar_text(d->sm->a, &sim, "similar functions"));
}

/* It is known, but nowhere as code of its own. */
static void none_of_code(struct dwpoint *d, const struct spec *s)
{
	const char *why = "";
	struct dwfind w;
	struct err e;
	size_t n = 0;

	if (s->lines == SPEC_RELATIVE) {
		why = " at that line (try .nearest)";
	} else {
		dwfind_init(&w, d->sm->a, d->file);
		if (dwfind_inlined(&w, s, &n, &e) < 0)
			n = 0;
		dwfind_deinit(&w);
	}
	if (n)
		why = arena_printf(d->sm->a,
				   " of its own: it is inlined in %zu place%s "
				   "(try .inline)",
				   n, n > 1 ? "s" : "");
	diag_error(d->sm->d, &d->comp->at, DIAG_NO_MATCH,
		   "no match for '%s' in kernel %s: the function has no code%s",
		   d->comp->str, kit_info(d->sm->kit)->release, why);
}

enum fam_result dwpoint_none(struct dwpoint *d, const struct spec *s)
{
	if (d->refused.name)
		none_refused(d);
	else if (s->file && !file_is_known(d, s->file))
		none_of_file(d, s);
	else if (s->lines == SPEC_LINES)
		none_of_line(d, s);
	else if (d->w.nfuncs)
		none_of_code(d, s);
	else
		none_of_func(d, s);
	return FAM_REFUSED;
}
