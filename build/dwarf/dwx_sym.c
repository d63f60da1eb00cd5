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

/* Symbol @i, if it is in section @in, @of_addr bytes into which @addr is. */
static bool is_with(struct dwx_dir *d, size_t i, const char *in, uint64_t addr,
		    uint64_t of_addr)
{
	const char *sect;
	uint64_t of_sym;

	return i < d->nsym && dwx_section_at(d, d->sym[i].at, &sect, &of_sym) &&
	       !strcmp(sect, in) && of_addr - of_sym == addr - d->sym[i].at;
}

/* How many of the symbols begin at or before @addr. */
static size_t upper(const struct dwx_dir *d, uint64_t addr)
{
	size_t lo = 0, hi = d->nsym;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (d->sym[mid].at <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool dwx_symbol_at(struct dwx_dir *d, uint64_t addr, const char **name,
		   int64_t *off)
{
	uint64_t of_addr;
	const char *in;
	size_t behind, i;

	if (!dwx_section_at(d, addr, &in, &of_addr))
		return false;
	load_symbols(d);
	i = behind = upper(d, addr);
	/* of those that begin there the first by name */
	while (i > 1 && d->sym[i - 2].at == d->sym[i - 1].at)
		i--;
	if (i && is_with(d, i - 1, in, addr, of_addr))
		i--;
	else if (is_with(d, behind, in, addr, of_addr))
		i = behind;
	else
		return false;
	*name = d->sym[i].name;
	*off = (int64_t)(addr - d->sym[i].at);
	return *off >= INT32_MIN && *off <= UINT32_MAX;
}
