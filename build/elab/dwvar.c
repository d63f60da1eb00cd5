// SPDX-License-Identifier: GPL-2.0-only
/* Variables of debug information by name, for $name and @var("name"). */
#include "build/elab/dwvar.h"

#include "build/base/arena.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/elab/dwloc.h"
#include "build/elab/place.h"
#include "build/families/dwplace.h"
#include "build/sema/ctx.h"

#include <string.h>

static bool is_over(const struct btfv *b, const struct btfv *base)
{
	for (; b; b = b->base)
		if (b->data == base->data)
			return true;
	return false;
}

bool dwvar_widen(struct sema *sm, const struct btfv *types)
{
	if (is_over(sm->btf, types))
		return true;
	if (!is_over(types, sm->btf))
		return false;
	sm->btf = types;
	return true;
}

/* One part that is all of a scalar, or all in memory, is said in one tree. */
static enum dwvar_result value_of(const struct dwloc_env *env, uint32_t type,
				  const struct dwloc *l, struct fam_value *ret,
				  const char **why)
{
	struct sema *sm = env->sm;
	struct access acc;
	struct dwloc *copy;

	ret->type = type;
	if (l->nparts == 1 && l->part[0].kind == DWPART_MEM &&
	    (l->part[0].bytes == DWLOC_WHOLE ||
	     l->part[0].bytes >= btf_type(sm->btf, type).size)) {
		ret->e = l->part[0].e;
		ret->is_mem = true;
		return DWVAR_OK;
	}
	if (place_access(sm->btf, type, &acc)) {
		ret->e = dwloc_bits(env, l, 0, acc.bytes * 8U, acc.is_signed,
				    why);
		return ret->e ? DWVAR_OK : DWVAR_LOST;
	}
	copy = arena_new(sm->a, struct dwloc);
	*copy = *l;
	ret->parts = copy;
	return DWVAR_OK;
}

static enum dwvar_result compile(const struct dwloc_env *env, uint32_t type,
				 const struct dwx_loc *loc,
				 struct fam_value *ret, const char **why)
{
	struct dwloc l = { 0 };

	ret->type = type;
	if (!dwloc_compile(env, loc, &l, why))
		return DWVAR_LOST;
	return value_of(env, type, &l, ret, why);
}

/* ---- at file scope ------------------------------------------------------------ */

static int rank(const struct dwx_gvar *v)
{
	return (v->flags & DWX_VAR_EXTERNAL ? 2 : 0) +
	       (v->loc.kind != DWX_LOC_NONE ? 1 : 0);
}

/* @unit: only what is in this unit; NULL: any. @external: nothing static. */
static const struct dwx_gvar *find_global(struct sema *sm, struct dwx_dir *d,
					  const char *name, const char *file,
					  const char *unit, bool external)
{
	const struct dwx_gvar *best = NULL;
	struct dwx_gvar *v;
	size_t i, n;

	if (dwx_find_vars(d, name, file, sm->a, &v, &n, NULL) < 0)
		return NULL;
	for (i = 0; i < n; i++) {
		if ((unit && strcmp(v[i].unit, unit) != 0) ||
		    (external && !(v[i].flags & DWX_VAR_EXTERNAL)))
			continue;
		if (!best || rank(&v[i]) > rank(best))
			best = &v[i];
	}
	return best;
}

enum dwvar_result dwvar_global(struct sema *sm, const struct dwfile *f,
			       struct span at, const char *name,
			       const char *file, struct fam_value *ret,
			       const char **why)
{
	struct dwloc_env env = { .sm = sm, .at = at, .dir = f->dir };
	const struct dwx_gvar *v =
		find_global(sm, f->dir, name, file, NULL, false);

	if (!v)
		return DWVAR_NO;
	if (!dwvar_widen(sm, f->types)) {
		*why = "its type is of another module";
		return DWVAR_LOST;
	}
	return compile(&env, v->type, &v->loc, ret, why);
}

/* ---- at a place ------------------------------------------------------------------ */

enum dwvar_result dwvar_at(struct sema *sm, const struct dwplace *pl,
			   struct span at, const char *name,
			   struct fam_value *ret, const char **why)
{
	struct dwloc_env env = { .sm = sm, .at = at, .dir = pl->dir, .pl = pl };
	const char *unit = dwx_unit_name(pl->dir, pl->body->unit);
	const struct dwx_gvar *g;
	struct dwx_var **v;
	size_t i, n = dwx_vars_at(pl->scope, sm->a, &v);

	for (i = 0; i < n; i++)
		if (!strcmp(v[i]->name, name)) {
			dwloc_set_local(&env, name, &v[i]->loc);
			return compile(&env, v[i]->type, &v[i]->loc, ret, why);
		}
	g = find_global(sm, pl->dir, name, NULL, unit, false);
	if (!g)
		g = find_global(sm, pl->dir, name, NULL, NULL, true);
	return g ? compile(&env, g->type, &g->loc, ret, why) : DWVAR_NO;
}
