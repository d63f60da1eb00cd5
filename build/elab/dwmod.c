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

#include <string.h>

/**
 * struct symbol - what a kernel can be asked for
 * @off: bytes from it on
 */
struct symbol {
	const char *name;
	int64_t off;
};

/* What is beside a static in a function tells where it is; else its own name. */
static bool symbol_at(const struct dwloc_env *env, uint64_t addr,
		      struct symbol *ret)
{
	bool found = dwx_symbol_at(env->dir, addr, &ret->name, &ret->off);

	if (!found && env->local && addr == env->local_at) {
		ret->name = arena_printf(env->sm->a, "%s.", env->local);
		ret->off = 0;
		found = true;
	}
	return found;
}

struct ast_expr *dwloc_module_data(struct dwcomp *c, uint64_t addr,
				   bool as_value)
{
	const struct dwloc_env *env = c->env;
	struct sema *sm = env->sm;
	bool of_cpu;
	struct ast_expr *e;
	struct symbol s;
	const char *sect = "";
	uint64_t off;

	dwx_section_at(env->dir, addr, &sect, &off);
	of_cpu = strstr(sect, "percpu") && !as_value;
	if (!symbol_at(env, addr, &s)) {
		dwcomp_fail(c, "it is in a module's data, which has no name "
			       "there");
		return NULL;
	}
	e = intrinsic_call(sm->a, env->at, of_cpu ? "__maddr_cpu" : "__maddr",
			   2, tree_str(sm->a, env->at, dwx_dir_name(env->dir)),
			   tree_str(sm->a, env->at, s.name));
	if (!s.off)
		return e;
	return tree_binary(sm->a, OP_ADD, e, sema_knum(sm, env->at, s.off));
}

void dwloc_set_local(struct dwloc_env *env, const char *name,
		     const struct dwx_loc *loc)
{
	env->local = dwx_only_address(loc, &env->local_at) ? name : NULL;
}
