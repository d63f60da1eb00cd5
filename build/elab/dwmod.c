// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data of modules: an address of the index to a symbol, which is all that a kernel
 * tells of where a module's data is.
 */
#include "build/elab/dwloc_priv.h"

#include "build/base/arena.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"

#include <dwarf.h>
#include <string.h>

/* The address that a location is, and nothing else. */
static bool only_address(const struct dwx_loc *l, uint64_t *ret)
{
	const struct dwx_expr *x =
		l->kind == DWX_LOC_EXPR ? &l->entry[0].expr : NULL;

	if (!x || x->n != 9 || x->p[0] != DW_OP_addr)
		return false;
	memcpy(ret, x->p + 1, 8);
	return true;
}

/**
 * struct symbol - what a kernel can be asked for
 * @off: bytes from it on
 */
struct symbol {
	const char *name;
	uint64_t off;
	unsigned int same; /* variables of that name */
};

/* The variable at file scope that begins last before @addr, in its section. */
static bool find_symbol(const struct dwloc_env *env, uint64_t addr,
			struct symbol *ret)
{
	struct dwx_gvar *v;
	const char *in, *sect;
	uint64_t at, off, best = 0;
	size_t i, n, found = SIZE_MAX;

	*ret = (struct symbol){ 0 };
	if (!dwx_section_at(env->dir, addr, &in, &off) ||
	    dwx_find_vars(env->dir, "*", NULL, env->sm->a, &v, &n, NULL) < 0)
		return false;
	for (i = 0; i < n; i++)
		if (only_address(&v[i].loc, &at) && at <= addr &&
		    (found == SIZE_MAX || at > best) &&
		    dwx_section_at(env->dir, at, &sect, &off) &&
		    !strcmp(sect, in)) {
			found = i;
			best = at;
		}
	if (found == SIZE_MAX)
		return false;
	ret->name = v[found].name;
	ret->off = addr - best;
	for (i = 0; i < n; i++)
		ret->same += !strcmp(v[i].name, ret->name) &&
			     only_address(&v[i].loc, &at);
	return true;
}

struct ast_expr *dwloc_module_data(struct dwcomp *c, uint64_t addr,
				   bool as_value)
{
	const struct dwloc_env *env = c->env;
	struct sema *sm = env->sm;
	struct ast_expr *e;
	struct symbol s;
	const char *sect = "";
	uint64_t off;
	bool of_cpu;

	dwx_section_at(env->dir, addr, &sect, &off);
	of_cpu = strstr(sect, "percpu") && !as_value;
	if (env->local && addr == env->local_at) {
		s = (struct symbol){ arena_printf(sm->a, "%s.", env->local), 0,
				     1 };
	} else if (!find_symbol(env, addr, &s) || s.off > UINT32_MAX) {
		dwcomp_fail(c, "it is in a module's data, which has no name "
			       "there");
		return NULL;
	}
	if (s.same > 1) {
		dwcomp_fail(c, "it is in a module's data, where several have "
			       "its name");
		return NULL;
	}
	e = intrinsic_call(sm->a, env->at, of_cpu ? "__maddr_cpu" : "__maddr",
			   2, tree_str(sm->a, env->at, dwx_dir_name(env->dir)),
			   tree_str(sm->a, env->at, s.name));
	if (!s.off)
		return e;
	return tree_binary(sm->a, OP_ADD, e,
			   sema_knum(sm, env->at, (int64_t)s.off));
}

void dwloc_set_local(struct dwloc_env *env, const char *name,
		     const struct dwx_loc *loc)
{
	env->local = only_address(loc, &env->local_at) ? name : NULL;
}
