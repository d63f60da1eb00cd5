// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel functions by name: kernel.function("…"), kprobe.function("…").
 *
 * A script gives the same program whether the kit has debug information or not: a
 * name is looked for among the kernel's symbols, and so are the copies that the
 * compiler made of a function ("f.isra.0", "f.constprop.0" are f).  Debug information
 * is asked where symbols have no answer: "f@file", and a name that no symbol has,
 * which then means what SystemTap's documentation says, the function and each place
 * where it is inlined.  Of a function that has a symbol and is inlined as well the
 * inlined instances are not probed: with debug information there is a warning that
 * says so, and .inline has them.
 */
#include "build/families/dwpoint.h"
#include "build/families/family.h"
#include "build/families/function.h"
#include "build/families/funcvar.h"
#include "build/families/ppname.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/glob.h"
#include "build/dwarf/dwkit.h"
#include "build/kit/kit.h"
#include "build/sema/ctx.h"
#include "bundle/base/err.h"

#include <string.h>

#define MAX_ACTIVE 65535 /* features.md 2.3 */

static const struct fam_form forms[] = {
	{ "kernel.function(S)", 0 },
	{ "kernel.function(S).call", FUNCTION_CALL },
	{ "kernel.function(S).exported", FUNCTION_EXPORTED },
	{ "kernel.function(S).return", FUNCTION_RETURN },
	{ "kernel.function(S).return.maxactive(N)", FUNCTION_RETURN },
	{ "kprobe.function(S)", FUNCTION_DWARFLESS },
	{ "kprobe.function(S).call", FUNCTION_DWARFLESS },
	{ "kprobe.function(S).return", FUNCTION_DWARFLESS | FUNCTION_RETURN },
	{ "kprobe.function(S).return.maxactive(N)",
	  FUNCTION_DWARFLESS | FUNCTION_RETURN },
};

/* ---- places -------------------------------------------------------------- */

/* Pieces of functions and compiler-made entries are not what a name means. */
static bool is_whole_function(const char *name)
{
	return !strstr(name, ".cold") && !strstr(name, ".part.") &&
	       strncmp(name, "__pfx_", 6) != 0 &&
	       strncmp(name, "__cfi_", 6) != 0;
}

static bool can_probe(const struct kit_func *f)
{
	return !(f->flags & (KIT_FN_INIT | KIT_FN_BLACKLIST)) &&
	       is_whole_function(f->name);
}

static bool is_glob(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

/* "f" of "f.isra.0": which is f with fewer parameters, or some of them constant. */
static const char *plain_name(struct arena *a, const char *name)
{
	static const char *const made[] = { ".isra.", ".constprop.",
					    ".lto_priv.", ".llvm." };
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		const char *dot = strstr(name, made[i]);

		if (dot && is_whole_function(name))
			return arena_strndup(a, name, strcspn(name, "."));
	}
	return name;
}

/**
 * struct search - one look through the symbols
 * @pp: around the names of what is found
 * @no: what was found but cannot be probed, for the message
 * @not_exported: what was found but is not exported, or NULL
 */
struct search {
	struct sema *sm;
	unsigned int form;
	struct ppname pp;
	struct fam_probe *ret;
	struct {
		const char *name;
		uint32_t flags;
	} no;
	const char *not_exported;
};

static void add_place(struct search *w, const struct kit_func *f)
{
	struct arena *a = w->sm->a;
	struct fam_point p = { 0 };

	p.dp.addr = f->addr;
	p.dp.func = f->name;
	if (!(w->form & FUNCTION_DWARFLESS))
		p.dp.func = plain_name(a, f->name);
	if (strcmp(p.dp.func, f->shown) != 0)
		p.dp.symbol = f->shown;
	p.dp.pp = ppname_of(&w->pp, a, p.dp.func);
	if (w->form & FUNCTION_RETURN)
		p.dp.mech = TAPRT_MECH_KRETPROBE;
	else
		p.dp.mech = f->flags & KIT_FN_FTRACE ? TAPRT_MECH_FTRACE
						     : TAPRT_MECH_KPROBE;
	p.btf = w->form & FUNCTION_DWARFLESS ? 0 : f->btf;
	vec_apush(a, &w->ret->points, p);
}

static void try_place(struct search *w, const struct kit_func *f)
{
	if ((w->form & FUNCTION_EXPORTED) && !(f->flags & KIT_FN_EXPORTED)) {
		w->not_exported = f->name;
		return;
	}
	if (can_probe(f)) {
		add_place(w, f);
	} else {
		w->no.name = f->name;
		w->no.flags = f->flags;
	}
}

size_t function_lower(const struct kit *k, const char *name)
{
	size_t lo = 0, hi = kit_nfuncs(k);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(kit_func(k, mid).name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool name_fits(const struct search *w, const char *pattern,
		      const char *name)
{
	const char *plain;

	if (glob_match(pattern, name))
		return true;
	if ((w->form & FUNCTION_DWARFLESS) || !strchr(name, '.'))
		return false;
	plain = plain_name(w->sm->a, name);
	return plain != name && glob_match(pattern, plain);
}

static void find_pattern(struct search *w, const char *pattern)
{
	const struct kit *k = w->sm->kit;
	size_t i, n = kit_nfuncs(k), lit = strcspn(pattern, "*?[\\");
	const char *begin = arena_strndup(w->sm->a, pattern, lit);
	struct kit_func f;

	for (i = function_lower(k, begin); i < n; i++) {
		f = kit_func(k, i);
		/* Sorted: past the literal beginning nothing follows. */
		if (strncmp(f.name, begin, lit) != 0)
			break;
		if (name_fits(w, pattern, f.name))
			try_place(w, &f);
		else if (!pattern[lit] && f.name[lit] && f.name[lit] != '.')
			break;
	}
}

/* Length of one alternative inside braces: up to its "," or "}", or the end. */
static size_t alternative(const char *s)
{
	size_t n, depth = 0;

	for (n = 0; s[n]; n++) {
		if (!depth && (s[n] == ',' || s[n] == '}'))
			break;
		if (s[n] == '{')
			depth++;
		else if (s[n] == '}')
			depth--;
	}
	return n;
}

/* "{a,b}" stands for a and b, one group after the other (features.md 2.4). */
static void find_places(struct search *w, const char *pattern)
{
	size_t before = strcspn(pattern, "{");
	const char *p = pattern + before, *end = p;

	/* The "}" that belongs to the first "{". */
	while (*end && *end != '}')
		end += 1 + alternative(end + 1);
	if (!*end || !(w->form & FUNCTION_DWARFLESS)) {
		find_pattern(w, pattern);
		return;
	}
	while (p < end) {
		size_t n = alternative(++p);

		find_places(w, arena_printf(w->sm->a, "%.*s%.*s%s", (int)before,
					    pattern, (int)n, p, end + 1));
		p += n;
	}
}

/*
 * The symbol of a copy says nothing of its parameters: beside the function itself it
 * is left out, rather than the probe refused, where they are read.  Symbols are
 * sorted: a function stands before its copies, and nothing between them.
 */
static void mark_clones(struct fam_probe *ret)
{
	const char *plain = "";
	struct fam_point *p;

	vec_foreach(p, &ret->points) {
		if (p->dp.symbol)
			p->is_extra = !strcmp(p->dp.func, plain);
		else if (!strchr(p->dp.func, '.'))
			plain = p->dp.func;
	}
}

bool function_maxactive(struct sema *sm, const struct ast_point *pt,
			struct dprobe *p)
{
	const struct ast_comp *m = family_comp(pt, "maxactive");

	p->maxactive = m ? (uint32_t)m->num : 0;
	if (!m || (m->num >= 0 && m->num <= MAX_ACTIVE))
		return true;
	diag_error(sm->d, &m->at, DIAG_INTERVAL,
		   "maxactive value out of range [0, %d]", MAX_ACTIVE);
	return false;
}

/* ---- with debug information ------------------------------------------------- */

static void warn_inlined(struct dwpoint *d, unsigned int form,
			 const struct spec *s)
{
	struct dwfind w;
	struct err e;
	size_t n;

	if (form & (FUNCTION_CALL | FUNCTION_EXPORTED))
		return;
	dwfind_init(&w, d->sm->a, d->file);
	if (dwfind_inlined(&w, s, &n, &e) < 0)
		n = 0;
	if (n && (form & FUNCTION_RETURN))
		diag_warn(d->sm->d, &d->comp->at, DIAG_INLINED,
			  "cannot probe .return of %zu inlined function(s) %s",
			  n, s->func);
	else if (n)
		diag_warn(d->sm->d, &d->comp->at, DIAG_INLINED,
			  "function '%s' is inlined in %zu place%s: not probed "
			  "here (that is kernel.function(\"%s\").inline)",
			  s->func, n, n > 1 ? "s" : "", s->func);
	dwfind_deinit(&w);
}

struct asked {
	const struct spec *s;
	unsigned int form;
};

static enum fam_result debug_find(struct dwpoint *d, void *arg,
				  struct fam_probe *ret)
{
	const struct asked *q = arg;
	unsigned int what = DWFIND_CALL;
	struct err e = { 0 };

	if (!(q->form & (FUNCTION_RETURN | FUNCTION_EXPORTED | FUNCTION_CALL)))
		what |= DWFIND_INLINE;
	d->mech = q->form & FUNCTION_RETURN ? TAPRT_MECH_KRETPROBE : 0;
	d->wanted = q->form & FUNCTION_EXPORTED ? KIT_FN_EXPORTED : 0;
	dwpoint_once(d);
	if (dwfind_functions(&d->w, q->s, what, &e) < 0)
		return dwpoint_broken(d, &e);
	dwpoint_add(d, ret);
	if (q->form & FUNCTION_RETURN)
		warn_inlined(d, q->form, q->s);
	return ret->points.n ? FAM_OK : dwpoint_none(d, q->s);
}

enum fam_result function_debug(struct sema *sm, const struct ast_point *pt,
			       unsigned int form, const struct spec *s,
			       struct fam_probe *ret)
{
	struct asked q = { s, form };

	return dwpoint_each(sm, pt, debug_find, &q, ret);
}

/* What symbols do not tell. */
static enum fam_result debug_expand(struct sema *sm, const struct ast_point *pt,
				    unsigned int form, const struct spec *s,
				    struct fam_probe *ret)
{
	struct dwpoint d;
	bool is_there = dwpoint_open(&d, sm, pt, NULL, true);

	dwpoint_close(&d);
	return s->file || is_there ? function_debug(sm, pt, form, s, ret)
				   : FAM_NOT_MINE;
}

/* Without it nothing tells that the name is of a function that is inlined. */
static void note_inlined(const struct search *w, const struct ast_comp *c)
{
	const struct dwfile *f;
	struct err e = { 0 };

	if (w->form || !w->sm->in->dw ||
	    dwkit_file(w->sm->in->dw, "vmlinux", &f, &e) != ERR_NOT_FOUND)
		return;
	diag_note(w->sm->d, &c->at,
		  "functions that are inlined everywhere are in full debug "
		  "information only: %s%s%s",
		  e.text, *e.hint ? ": " : "", e.hint);
}

/* ---- points -------------------------------------------------------------- */

static void report_no_match(const struct search *w, const struct ast_comp *c,
			    const char *pattern)
{
	struct sema *sm = w->sm;
	size_t i, n = kit_nfuncs(sm->kit);
	struct similar sim;

	if (w->no.name) {
		diag_error(sm->d, &c->at, DIAG_NO_MATCH,
			   "no match: function '%s' %s", w->no.name,
			   w->no.flags & KIT_FN_INIT
				   ? "only exists while the kernel boots"
				   : "cannot be probed: the kernel forbids it");
		return;
	}
	if (w->not_exported && !is_glob(pattern)) {
		diag_error(sm->d, &c->at, DIAG_NO_MATCH,
			   "no match: function '%s' is not exported by kernel "
			   "%s",
			   w->not_exported, kit_info(sm->kit)->release);
		return;
	}
	similar_init(&sim, diags_near(sm->d, pattern));
	for (i = 0; sim.want && !is_glob(pattern) && i < n; i++)
		similar_add(&sim, kit_func(sm->kit, i).name);
	diag_error(sm->d, &c->at, DIAG_NO_MATCH,
		   "no match for function '%s' in kernel %s%s", pattern,
		   kit_info(sm->kit)->release,
		   similar_text(sm->a, &sim, "similar functions"));
	note_inlined(w, c);
}

bool function_spec(struct sema *sm, const struct ast_comp *c, unsigned int form,
		   struct spec *ret)
{
	if (!(form & FUNCTION_DWARFLESS)) {
		if (!dwpoint_spec(sm, c, ret))
			return false;
		if (ret->file && !strcmp(ret->file, "*") &&
		    ret->lines == SPEC_NO_LINE)
			ret->file = NULL;
		return true;
	}
	*ret = (struct spec){ .func = c->str };
	if (*c->str)
		return true;
	diag_error(sm->d, &c->at, DIAG_SPEC, "malformed specification '%s'",
		   c->str);
	return false;
}

static enum fam_result function_points(struct sema *sm,
				       const struct ast_point *pt,
				       unsigned int form, const struct spec *s,
				       struct fam_probe *ret)
{
	struct search w = { .sm = sm, .form = form, .ret = ret };
	struct dwpoint d;
	enum fam_result r;

	if (s->file || s->scope)
		return debug_expand(sm, pt, form, s, ret);
	ppname_init(&w.pp, sm, pt, 1);
	find_places(&w, s->func);
	mark_clones(ret);
	if (!ret->points.n) {
		r = FAM_NOT_MINE;
		if (!w.no.name && !(form & FUNCTION_DWARFLESS))
			r = debug_expand(sm, pt, form, s, ret);
		if (r != FAM_NOT_MINE)
			return r;
		report_no_match(&w, &pt->comp[1], s->func);
		return FAM_REFUSED;
	}
	if (!(form & FUNCTION_DWARFLESS) && !is_glob(s->func) &&
	    diags_warns(sm->d)) {
		if (dwpoint_open(&d, sm, pt, NULL, true))
			warn_inlined(&d, form, s);
		dwpoint_close(&d);
	}
	return FAM_OK;
}

static enum fam_result function_expand(struct sema *sm,
				       const struct ast_point *pt,
				       unsigned int form, struct fam_probe *ret)
{
	struct spec s;
	enum fam_result r;

	if (!function_spec(sm, &pt->comp[1], form, &s) ||
	    !function_maxactive(sm, pt, ret->p))
		return FAM_REFUSED;
	ret->p->kind = &kind_function;
	ret->p->flags = form & FUNCTION_RETURN ? TAPRT_P_RETURN : 0;
	r = function_points(sm, pt, form, &s, ret);
	if (r == FAM_OK)
		ret->p->name = ret->points.v[0].dp.pp;
	return r;
}

extern const struct family fam_function;
const struct family fam_function = {
	.name = "function",
	.forms = forms,
	.nforms = sizeof(forms) / sizeof(forms[0]),
	.expand = function_expand,
	.var = funcvar_value,
	.names = funcvar_names,
	.locals = funcvar_locals,
	.needs_kit = true,
};
