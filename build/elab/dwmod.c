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
#include <stdlib.h>
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
};

/* A variable at file scope that has a place. */
struct placed {
	const char *name;
	uint64_t at;
};

static int by_name(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The first @n of @v: of each name those that no other place has. */
static size_t only_names(struct placed *v, size_t n)
{
	size_t i, k, kept = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_name);
	for (i = 0; i < n; i = k) {
		bool same = true;

		for (k = i + 1; k < n && !strcmp(v[k].name, v[i].name); k++)
			same &= v[k].at == v[i].at;
		if (same)
			v[kept++] = v[i];
	}
	return kept;
}

/*
 * The variable at file scope that begins last before @addr, in its section: all of a
 * section is loaded as it is.  Those that share their name are no help.
 */
static bool find_symbol(const struct dwloc_env *env, uint64_t addr,
			struct arena *a, struct symbol *ret)
{
	const struct placed *best = NULL;
	struct dwx_gvar *v;
	const char *in, *sect;
	struct placed *p;
	uint64_t off;
	size_t i, n, k = 0;

	if (!dwx_section_at(env->dir, addr, &in, &off) ||
	    dwx_find_vars(env->dir, "*", NULL, a, &v, &n, NULL) < 0)
		return false;
	p = arena_array(a, struct placed, n + 1);
	for (i = 0; i < n; i++) {
		p[k].name = v[i].name;
		k += only_address(&v[i].loc, &p[k].at);
	}
	n = only_names(p, k);
	for (i = 0; i < n; i++)
		if (p[i].at <= addr && addr - p[i].at <= UINT32_MAX &&
		    (!best || p[i].at > best->at) &&
		    dwx_section_at(env->dir, p[i].at, &sect, &off) &&
		    !strcmp(sect, in))
			best = &p[i];
	if (best)
		*ret = (struct symbol){ arena_strdup(env->sm->a, best->name),
					addr - best->at };
	return best;
}

/* What is in front of a static in a function tells where it is; else its own name. */
static bool symbol_at(const struct dwloc_env *env, uint64_t addr,
		      struct symbol *ret)
{
	struct arena a; /* all variables of the module are many */
	bool found;

	arena_init(&a);
	found = find_symbol(env, addr, &a, ret);
	arena_deinit(&a);
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
	return tree_binary(sm->a, OP_ADD, e,
			   sema_knum(sm, env->at, (int64_t)s.off));
}

void dwloc_set_local(struct dwloc_env *env, const char *name,
		     const struct dwx_loc *loc)
{
	env->local = only_address(loc, &env->local_at) ? name : NULL;
}
