// SPDX-License-Identifier: GPL-2.0-only
/* $variables of places in functions: BTF first, then debug information. */
#include "build/families/funcvar.h"

#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/debuginfo/btf.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/elab/dwloc.h"
#include "build/elab/dwvar.h"
#include "build/elab/place.h"
#include "build/families/args.h"
#include "build/families/dwplace.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"
#include "bundle/base/err.h"

#include <string.h>

/* ---- parameters by BTF --------------------------------------------------------- */

static bool is_entry(const struct fam_point *fp)
{
	const struct dwplace *pl = fp->dw;

	return !pl ||
	       (pl->scope == pl->body->top && pl->pc == pl->body->top->entry);
}

static struct btft func_proto(struct sema *sm, const struct fam_point *fp)
{
	struct btft none = { .kind = BTFK_VOID };
	struct btft f;

	if (!fp || !fp->btf || !is_entry(fp))
		return none;
	f = btf_type(sm->btf, fp->btf);
	if (f.kind != BTFK_FUNC)
		return none;
	f = btf_type(sm->btf, f.ref);
	return f.kind == BTFK_PROTO ? f : none;
}

static enum fam_result no_access(struct sema *sm, struct span at,
				 const char *name, uint32_t type)
{
	diag_error(sm->d, &at, DIAG_NO_ACCESS,
		   "'%s' of type '%s' is not accessible at this address", name,
		   btf_type_name(sm->btf, type, sm->a));
	return FAM_REFUSED;
}

/* A parameter that is where the calling convention puts it. */
static enum fam_result btf_var(struct sema *sm, const struct btft *proto,
			       struct span at, const char *name,
			       struct fam_value *ret)
{
	struct arg_slots slots = { 0 };
	const char *param;
	uint32_t i, type;

	for (i = 0; proto->kind == BTFK_PROTO && i < proto->nmembers; i++) {
		int arg;

		if (!btf_param(sm->btf, proto, i, &param, &type))
			break;
		arg = args_place(sm->btf, type, &slots);
		if (strcmp(param, name + 1) != 0)
			continue;
		ret->type = type;
		ret->at_entry = true;
		ret->e = tree_expr(sm->a, EX_ARG, at);
		ret->e->type = TY_LONG;
		ret->e->num = arg;
		if (arg < 0 || !place_access(sm->btf, type, &ret->e->access))
			return no_access(sm, at, name, type);
		return FAM_OK;
	}
	return FAM_NOT_MINE;
}

/* ---- by debug information ------------------------------------------------------- */

/* The only function of that name that was compiled; a module's by its name. */
static bool find_body(struct sema *sm, struct dwx_dir *d, const char *name,
		      struct dwx_ref *ret)
{
	unsigned int found = 0;
	uint32_t *v;
	size_t i, k, n = dwx_find_funcs(d, name, NULL, sm->a, &v);

	for (i = 0; i < n; i++) {
		struct dwx_func f = dwx_func(d, v[i]);

		for (k = 0; k < f.nrefs; k++) {
			struct dwx_ref r = dwx_ref(d, v[i], k);

			if (r.is_inline)
				continue;
			*ret = r;
			found++;
		}
	}
	return found == 1;
}

static struct dwx_body *find_entry(struct sema *sm, struct dwx_dir *d,
				   const struct dpoint *dp)
{
	struct dwx_body *b;
	struct dwx_ref ref;

	/* where a module's code is in its file, the point does not say */
	if (dp->module ? !find_body(sm, d, dp->func, &ref)
		       : !dwx_func_at(d, dp->addr, &ref))
		return NULL;
	if (dwx_body_top(d, ref, sm->a, &b, NULL) < 0 ||
	    (!dp->module && b->top->entry != dp->addr))
		return NULL;
	return b;
}

static const struct dwplace *look_up(struct sema *sm, const struct dpoint *dp)
{
	const struct dwfile *f;
	struct dwplace *pl;
	struct dwx_body *b;

	if (dwkit_file(sm->in->dw, dp->module ? dp->module : "vmlinux", &f,
		       NULL) < 0)
		return NULL;
	b = find_entry(sm, f->dir, dp);
	if (!b)
		return NULL;
	pl = arena_new(sm->a, struct dwplace);
	*pl = (struct dwplace){ .dir = f->dir,
				.pc = b->top->entry,
				.scope = b->top,
				.body = b,
				.types = f->types };
	return pl;
}

static bool is_memo(const struct place_memo *m, const struct dpoint *dp)
{
	return m->func && m->addr == dp->addr && !strcmp(m->func, dp->func) &&
	       (m->module && dp->module ? !strcmp(m->module, dp->module)
					: m->module == dp->module);
}

/*
 * The place of @fp, looked up where the family did not; once for all variables of a
 * place.  Types of the index are added to those of the run: all numbers of before
 * stay what they were.
 */
static const struct dwplace *find_place(struct sema *sm,
					const struct fam_point *fp)
{
	const struct dwplace *pl;

	if (!fp || !fp->dp.func)
		return NULL;
	pl = fp->dw;
	if (!pl) {
		const struct dpoint *dp = &fp->dp;

		if (!is_memo(&sm->place, dp))
			sm->place = (struct place_memo){ dp->module, dp->func,
							 dp->addr,
							 look_up(sm, dp) };
		pl = sm->place.pl;
	}
	if (pl)
		sema_bind(sm, "it uses full debug information of '%s'",
			  fp->dp.func);
	return pl && dwvar_widen(sm, pl->types) ? pl : NULL;
}

static enum fam_result dw_var(struct sema *sm, const struct dwplace *pl,
			      struct span at, const char *name,
			      struct fam_value *ret)
{
	const char *why;
	enum dwvar_result r = dwvar_at(sm, pl, at, name + 1, ret, &why);

	ret->at_entry = true;
	if (r == DWVAR_LOST)
		diag_error(sm->d, &at, DIAG_NO_ACCESS,
			   "'%s' is not accessible at this address "
			   "(pc: 0x%llx): %s",
			   name, (unsigned long long)pl->pc, why);
	return r == DWVAR_OK   ? FAM_OK
	       : r == DWVAR_NO ? FAM_NOT_MINE
			       : FAM_REFUSED;
}

static uint32_t return_type(struct sema *sm, const struct fam_point *fp)
{
	struct btft proto = func_proto(sm, fp);
	const struct dwplace *pl;

	if (proto.kind == BTFK_PROTO)
		return btf_ret(sm->btf, &proto);
	pl = find_place(sm, fp);
	return pl ? pl->body->top->type : 0;
}

static enum fam_result return_var(struct sema *sm, const struct dprobe *p,
				  const struct fam_point *fp, struct span at,
				  struct fam_value *ret)
{
	uint32_t type;

	if (!(p->flags & TAPRT_P_RETURN))
		return FAM_NOT_MINE;
	type = return_type(sm, fp);
	if (btf_type(sm->btf, type).kind == BTFK_VOID)
		return FAM_NOT_MINE;
	ret->type = type;
	ret->e = tree_expr(sm->a, EX_RETVAL, at);
	ret->e->type = TY_LONG;
	if (!place_access(sm->btf, type, &ret->e->access))
		return no_access(sm, at, "$return", type);
	return FAM_OK;
}

enum fam_result funcvar_value(struct sema *sm, const struct dprobe *p,
			      const struct fam_point *fp, struct span at,
			      const char *name, struct fam_value *ret)
{
	const struct dwplace *pl;
	enum fam_result r;
	struct btft proto;

	if (!sm->btf)
		return FAM_NOT_MINE;
	if (!strcmp(name, "$return"))
		return return_var(sm, p, fp, at, ret);
	proto = func_proto(sm, fp);
	r = btf_var(sm, &proto, at, name, ret);
	if (r != FAM_NOT_MINE)
		return r;
	pl = find_place(sm, fp);
	return pl ? dw_var(sm, pl, at, name, ret) : FAM_NOT_MINE;
}

/* ---- their names ------------------------------------------------------------------ */

static void dw_names(struct sema *sm, const struct dwplace *pl, bool params,
		     void (*add)(void *arg, const char *name), void *arg)
{
	struct dwx_var **v;
	size_t i, n;

	if (!pl)
		return;
	n = dwx_vars_at(pl->scope, sm->a, &v);
	for (i = 0; i < n; i++)
		if (*v[i]->name && !(v[i]->flags & DWX_VAR_ARTIFICIAL) &&
		    !!(v[i]->flags & DWX_VAR_PARAM) == params)
			add(arg, arena_printf(sm->a, "$%s", v[i]->name));
}

void funcvar_names(struct sema *sm, const struct dprobe *p,
		   const struct fam_point *fp,
		   void (*add)(void *arg, const char *name), void *arg)
{
	struct btft proto = func_proto(sm, fp);
	const char *param;
	uint32_t i, type;

	for (i = 0; proto.kind == BTFK_PROTO && i < proto.nmembers; i++)
		if (btf_param(sm->btf, &proto, i, &param, &type) && *param)
			add(arg, arena_printf(sm->a, "$%s", param));
	if (proto.kind != BTFK_PROTO)
		dw_names(sm, find_place(sm, fp), true, add, arg);
	if ((p->flags & TAPRT_P_RETURN) &&
	    btf_type(sm->btf, return_type(sm, fp)).kind != BTFK_VOID)
		add(arg, "$return");
}

void funcvar_locals(struct sema *sm, const struct dprobe *p,
		    const struct fam_point *fp,
		    void (*add)(void *arg, const char *name), void *arg)
{
	(void)p;
	dw_names(sm, find_place(sm, fp), false, add, arg);
}
