/* SPDX-License-Identifier: GPL-2.0-only */
/* String-keyed hash table with open addressing. */
#include "build/base/map.h"
#include "build/base/arena.h"

#include <stdlib.h>
#include <string.h>

uint64_t hash_bytes(const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t h = 0xcbf29ce484222325u;

	while (n--)
		h = (h ^ *b++) * 0x100000001b3u;
	return h;
}

void map_deinit(struct map *m)
{
	free(m->ent);
	free(m->slot);
	memset(m, 0, sizeof(*m));
}

/* The slot that holds @key, or the free one where it belongs. */
static uint32_t *find(const struct map *m, const char *key, uint64_t h)
{
	size_t i = h & (m->nslot - 1);

	for (;; i = (i + 1) & (m->nslot - 1)) {
		const struct map_entry *e;

		if (!m->slot[i])
			return &m->slot[i];
		e = &m->ent[m->slot[i] - 1];
		if (e->hash == h && !strcmp(e->key, key))
			return &m->slot[i];
	}
}

static void grow(struct map *m)
{
	size_t i;

	m->cap = m->cap ? m->cap * 2 : 16;
	m->ent = xrealloc(m->ent, m->cap * sizeof(*m->ent));
	free(m->slot);
	m->nslot = m->cap * 2;
	m->slot = xcalloc(m->nslot, sizeof(*m->slot));
	for (i = 0; i < m->n; i++)
		*find(m, m->ent[i].key, m->ent[i].hash) = (uint32_t)i + 1;
}

void *map_get(const struct map *m, const char *key)
{
	uint32_t s;

	if (!m->n)
		return NULL;
	s = *find(m, key, hash_bytes(key, strlen(key)));
	return s ? m->ent[s - 1].val : NULL;
}

void *map_put(struct map *m, const char *key, void *val)
{
	uint64_t h = hash_bytes(key, strlen(key));
	uint32_t *s;

	if (m->n == m->cap)
		grow(m);
	s = find(m, key, h);
	if (*s) {
		void *old = m->ent[*s - 1].val;

		m->ent[*s - 1].val = val;
		return old;
	}
	m->ent[m->n] = (struct map_entry){ key, val, h };
	*s = (uint32_t)++m->n;
	return NULL;
}
