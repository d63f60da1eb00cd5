// SPDX-License-Identifier: GPL-2.0-only
/* Functions of a kernel by address: the kit has them by name. */
#include "build/families/symat.h"

#include "build/base/arena.h"
#include "build/kit/kit.h"

#include <stdlib.h>
#include <string.h>

/* Sorting all is worth some twenty walks. */
#define WALKS 16

/** struct symat_row - @end: the furthest that this one and those before it reach */
struct symat_row {
	uint64_t addr, end;
	size_t i;
};

bool symat_holds(const struct kit_func *f, uint64_t addr)
{
	return addr == f->addr || (addr > f->addr && addr - f->addr < f->size);
}

static int by_addr(const void *a, const void *b)
{
	const struct symat_row *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

static void sort_all(struct symat *s)
{
	uint64_t end = 0;
	size_t i;

	s->nrows = kit_nfuncs(s->k);
	s->row = xcalloc(s->nrows, sizeof(*s->row));
	for (i = 0; i < s->nrows; i++) {
		struct kit_func f = kit_func(s->k, i);

		/* one without a size holds its own address */
		s->row[i] =
			(struct symat_row){ f.addr,
					    f.addr + (f.size ? f.size : 1), i };
	}
	qsort(s->row, s->nrows, sizeof(*s->row), by_addr);
	for (i = 0; i < s->nrows; i++) {
		if (s->row[i].end < end)
			s->row[i].end = end;
		end = s->row[i].end;
	}
}

static size_t find_sorted(const struct symat *s, uint64_t addr)
{
	size_t lo = 0, hi = s->nrows, best = hi;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->row[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo && s->row[lo - 1].end > addr; lo--) {
		struct kit_func f = kit_func(s->k, s->row[lo - 1].i);

		if (s->row[lo - 1].i < best && symat_holds(&f, addr))
			best = s->row[lo - 1].i;
	}
	return best;
}

bool symat_find(struct symat *s, uint64_t addr, struct kit_func *ret)
{
	size_t i, n = kit_nfuncs(s->k);

	if (!s->row && s->asked++ == WALKS)
		sort_all(s);
	if (s->row) {
		i = find_sorted(s, addr);
		if (i < n)
			*ret = kit_func(s->k, i);
		return i < n;
	}
	for (i = 0; i < n; i++) {
		*ret = kit_func(s->k, i);
		if (symat_holds(ret, addr))
			return true;
	}
	return false;
}

void symat_deinit(struct symat *s)
{
	free(s->row);
	memset(s, 0, sizeof(*s));
}
