// SPDX-License-Identifier: GPL-2.0-only
/* Kernel functions by name: kernel.function("…"), kprobe.function("…"). */
#include "build/families/family.h"
#include "build/families/funcvar.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/kit/kit.h"
#include "build/sema/ctx.h"

#include <fnmatch.h>
#include <string.h>

#define MAX_ACTIVE 65535 /* features.md 2.3 */

enum {
	FORM_RETURN = 1,
	FORM_EXPORTED = 2,
	FORM_DWARFLESS = 4, /* kprobe.function */
};

static const struct fam_form forms[] = {
	{ "kernel.function(S)", 0 },
	{ "kernel.function(S).call", 0 },
	{ "kernel.function(S).exported", FORM_EXPORTED },
	{ "kernel.function(S).return", FORM_RETURN },
	{ "kernel.function(S).return.maxactive(N)", FORM_RETURN },
	{ "kprobe.function(S)", FORM_DWARFLESS },
	{ "kprobe.function(S).call", FORM_DWARFLESS },
	{ "kprobe.function(S).return", FORM_DWARFLESS | FORM_RETURN },
	{ "kprobe.function(S).return.maxactive(N)",
	  FORM_DWARFLESS | FORM_RETURN },
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

static const char *point_name(struct sema *sm, const struct ast_point *pt,
			      const char *func)
{
	const char *s = arena_printf(sm->a, "%s.function(\"%s\")",
				     pt->comp[0].name, func);
	size_t i;

	for (i = 2; i < pt->ncomp; i++) {
		const struct ast_comp *c = &pt->comp[i];

		s = c->arg_kind == ARG_NUM
			    ? arena_printf(sm->a, "%s.%s(%lld)", s, c->name,
					   (long long)c->num)
			    : arena_printf(sm->a, "%s.%s", s, c->name);
	}
	return s;
}

static void add_place(struct sema *sm, const struct ast_point *pt,
		      unsigned int form, const struct kit_func *f,
		      struct fam_probe *ret)
{
	struct fam_point p = { 0 };

	p.dp.addr = f->addr;
	p.dp.func = f->name;
	p.dp.pp = point_name(sm, pt, f->name);
	if (form & FORM_RETURN)
		p.dp.mech = TAPRT_MECH_KRETPROBE;
	else
		p.dp.mech = f->flags & KIT_FN_FTRACE ? TAPRT_MECH_FTRACE
						     : TAPRT_MECH_KPROBE;
	p.btf = form & FORM_DWARFLESS ? 0 : f->btf;
	vec_apush(sm->a, &ret->points, p);
}

/* What was found but cannot be probed, for the message. */
struct refused {
	const char *name;
	uint32_t flags;
};

static void try_place(struct sema *sm, const struct ast_point *pt,
		      unsigned int form, const struct kit_func *f,
		      struct fam_probe *ret, struct refused *no)
{
	if ((form & FORM_EXPORTED) && !(f->flags & KIT_FN_EXPORTED))
		return;
	if (can_probe(f)) {
		add_place(sm, pt, form, f, ret);
	} else {
		no->name = f->name;
		no->flags = f->flags;
	}
}

static void find_pattern(struct sema *sm, const struct ast_point *pt,
			 unsigned int form, const char *pattern,
			 struct fam_probe *ret, struct refused *no)
{
	size_t i, n = kit_nfuncs(sm->kit), lit = strcspn(pattern, "*?[\\");
	struct kit_func f;

	if (!is_glob(pattern)) {
		for (i = kit_find_func(sm->kit, pattern); i < n; i++) {
			f = kit_func(sm->kit, i);
			if (strcmp(f.name, pattern) != 0)
				break;
			try_place(sm, pt, form, &f, ret, no);
		}
		return;
	}
	for (i = 0; i < n; i++) {
		f = kit_func(sm->kit, i);
		/* Sorted: past the literal beginning nothing follows. */
		if (strncmp(f.name, pattern, lit) > 0)
			break;
		if (fnmatch(pattern, f.name, 0) == 0)
			try_place(sm, pt, form, &f, ret, no);
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
static void find_places(struct sema *sm, const struct ast_point *pt,
			unsigned int form, const char *pattern,
			struct fam_probe *ret, struct refused *no)
{
	size_t before = strcspn(pattern, "{");
	const char *p = pattern + before, *end = p;

	/* The "}" that belongs to the first "{". */
	while (*end && *end != '}')
		end += 1 + alternative(end + 1);
	if (!*end || !(form & FORM_DWARFLESS)) {
		find_pattern(sm, pt, form, pattern, ret, no);
		return;
	}
	while (p < end) {
		size_t n = alternative(++p);

		find_places(sm, pt, form,
			    arena_printf(sm->a, "%.*s%.*s%s", (int)before,
					 pattern, (int)n, p, end + 1),
			    ret, no);
		p += n;
	}
}

/* ---- points -------------------------------------------------------------- */

static void report_no_match(struct sema *sm, const struct ast_comp *c,
			    const char *pattern, const struct refused *no)
{
	size_t i, n = kit_nfuncs(sm->kit);
	struct similar sim;

	if (no->name) {
		diag_error(sm->d, &c->at, DIAG_NO_MATCH,
			   "no match: function '%s' %s", no->name,
			   no->flags & KIT_FN_INIT
				   ? "only exists while the kernel boots"
				   : "cannot be probed: the kernel forbids it");
		return;
	}
	similar_init(&sim, pattern);
	for (i = 0; !is_glob(pattern) && i < n; i++)
		similar_add(&sim, kit_func(sm->kit, i).name);
	diag_error(sm->d, &c->at, DIAG_NO_MATCH,
		   "no match for function '%s' in kernel %s%s", pattern,
		   kit_info(sm->kit)->release,
		   similar_text(sm->a, &sim, "similar functions"));
}

/* "func@file:line" is about source files, which BTF does not know. */
static const char *spec_function(struct sema *sm, const struct ast_comp *c,
				 unsigned int form)
{
	const char *at = strchr(c->str, '@');

	if (!*c->str || at == c->str) {
		diag_error(sm->d, &c->at, DIAG_SPEC,
			   "malformed specification '%s'", c->str);
		return NULL;
	}
	if (!at || (form & FORM_DWARFLESS))
		return c->str;
	if (!strcmp(at, "@*"))
		return arena_strndup(sm->a, c->str, (size_t)(at - c->str));
	diag_error(sm->d, &c->at, DIAG_SPEC,
		   "'%s' names a source file, which needs full debug "
		   "information: use the function name alone",
		   c->str);
	return NULL;
}

static enum fam_result function_expand(struct sema *sm,
				       const struct ast_point *pt,
				       unsigned int form, struct fam_probe *ret)
{
	const struct ast_comp *c = &pt->comp[1];
	const struct ast_comp *m = family_comp(pt, "maxactive");
	const char *pattern = spec_function(sm, c, form);
	struct refused no = { 0 };

	if (!pattern)
		return FAM_REFUSED;
	if (m && (m->num < 0 || m->num > MAX_ACTIVE)) {
		diag_error(sm->d, &m->at, DIAG_INTERVAL,
			   "maxactive value out of range [0, %d]", MAX_ACTIVE);
		return FAM_REFUSED;
	}
	ret->p->kind = &kind_function;
	ret->p->flags = form & FORM_RETURN ? TAPRT_P_RETURN : 0;
	ret->p->maxactive = m ? (uint32_t)m->num : 0;
	find_places(sm, pt, form, pattern, ret, &no);
	if (!ret->points.n) {
		report_no_match(sm, c, pattern, &no);
		return FAM_REFUSED;
	}
	ret->p->name = ret->points.v[0].dp.pp;
	return FAM_OK;
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
