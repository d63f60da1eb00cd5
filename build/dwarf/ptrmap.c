// SPDX-License-Identifier: GPL-2.0-only
/* Open addressing, never more than half full. */
#include "build/dwarf/ptrmap.h"
#include "build/base/arena.h"

#include <stdlib.h>
#include <string.h>

static struct ptrmap_ent *slot(const struct ptrmap *m, const void *key)
{
	uint64_t h = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15ull;
	uint32_t mask = m->nslot - 1, i = (uint32_t)(h >> 32) & mask;

	while (m->v[i].key && m->v[i].key != key)
		i = (i + 1) & mask;
	return &m->v[i];
}

bool ptrmap_get(const struct ptrmap *m, const void *key, uint64_t *val)
{
	const struct ptrmap_ent *s = m->nslot ? slot(m, key) : NULL;

	if (!s || !s->key)
		return false;
	if (val)
		*val = s->val;
	return true;
}

void ptrmap_put(struct ptrmap *m, const void *key, uint64_t val)
{
	struct ptrmap_ent *old = m->v, *s;
	uint32_t i, n = m->nslot;

	if (m->n * 2 >= n) {
		m->nslot = n ? n * 2 : 256;
		m->v = xcalloc(m->nslot, sizeof(*m->v));
		for (i = 0; i < n; i++)
			if (old[i].key)
				*slot(m, old[i].key) = old[i];
		free(old);
	}
	s = slot(m, key);
	m->n += !s->key;
	*s = (struct ptrmap_ent){ key, val };
}

void ptrmap_clear(struct ptrmap *m)
{
	if (m->n)
		memset(m->v, 0, m->nslot * sizeof(*m->v));
	m->n = 0;
}

void ptrmap_deinit(struct ptrmap *m)
{
	free(m->v);
	*m = (struct ptrmap){ 0 };
}
