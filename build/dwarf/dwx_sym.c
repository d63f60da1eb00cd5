// SPDX-License-Identifier: GPL-2.0-only
/* Data of a module by the symbol in front of it, which is all a kernel can be asked. */
#include "build/base/arena.h"
#include "build/dwarf/dwx.h"
#include "build/dwarf/dwx_priv.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

bool dwx_only_address(const struct dwx_loc *l, uint64_t *ret)
{
	const struct dwx_expr *x =
		l->kind == DWX_LOC_EXPR ? &l->entry[0].expr : NULL;

	if (!x || x->n != 9 || x->p[0] != DW_OP_addr)
		return false;
	memcpy(ret, x->p + 1, 8);
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct dwx_sym *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_place(const void *a, const void *b)
{
	const struct dwx_sym *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The first @n of @v: of each name those that no other place has. */
static size_t only_names(struct dwx_sym *v, size_t n)
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

/* All variables at file scope, once; none where one is damaged. */
static void load_symbols(struct dwx_dir *d)
{
	struct arena a; /* all variables of the module are many */
	struct dwx_gvar *v;
	size_t i, n, k = 0;

	if (d->sym)
		return;
	arena_init(&a);
	if (dwx_find_vars(d, "*", NULL, &a, &v, &n, NULL) < 0)
		n = 0;
	d->sym = xcalloc(n + 1, sizeof(*d->sym));
	for (i = 0; i < n; i++) {
		d->sym[k].name = v[i].name;
		k += dwx_only_address(&v[i].loc, &d->sym[k].at);
	}
	d->nsym = only_names(d->sym, k);
	if (d->nsym)
		qsort(d->sym, d->nsym, sizeof(*d->sym), by_place);
	arena_deinit(&a);
}

bool dwx_symbol_at(struct dwx_dir *d, uint64_t addr, const char **name,
		   uint64_t *off)
{
	uint64_t of_addr, of_sym;
	const char *in, *sect;
	size_t lo = 0, hi;

	if (!dwx_section_at(d, addr, &in, &of_addr))
		return false;
	load_symbols(d);
	for (hi = d->nsym; lo < hi;) {
		size_t mid = (lo + hi) / 2;

		if (d->sym[mid].at <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* of those that begin there the first by name */
	while (lo > 1 && d->sym[lo - 2].at == d->sym[lo - 1].at)
		lo--;
	if (!lo || !dwx_section_at(d, d->sym[lo - 1].at, &sect, &of_sym) ||
	    strcmp(sect, in) != 0 ||
	    of_addr - of_sym != addr - d->sym[lo - 1].at)
		return false;
	*name = d->sym[lo - 1].name;
	*off = addr - d->sym[lo - 1].at;
	return *off <= UINT32_MAX;
}
