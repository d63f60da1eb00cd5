// SPDX-License-Identifier: GPL-2.0-only
/* Numbers for byte strings: how states that are the same are found. */
#include "build/regex/rx.h"

#include <string.h>

static uint32_t hash(const void *p, size_t n)
{
	const unsigned char *c = p;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ c[i]) * 16777619u;
	return h ^ h >> 15;
}

static void grow(struct arena *a, struct rx_keys *k)
{
	k->nbuckets = k->nbuckets ? k->nbuckets * 4 : 64;
	k->bucket = arena_array(a, uint32_t, k->nbuckets);
	for (size_t i = 0; i < k->v.n; i++) {
		struct rx_key *e = &k->v.v[i];
		uint32_t *b = &k->bucket[hash(e->p, e->n) % k->nbuckets];

		e->next = *b;
		*b = (uint32_t)i + 1;
	}
}

uint32_t rx_keys_put(struct arena *a, struct rx_keys *k, const void *p,
		     size_t n, bool *is_new)
{
	struct rx_key e = { .n = n };
	uint32_t *b;

	if (k->v.n >= k->nbuckets)
		grow(a, k);
	b = &k->bucket[hash(p, n) % k->nbuckets];
	for (uint32_t i = *b; i; i = k->v.v[i - 1].next)
		if (k->v.v[i - 1].n == n && !memcmp(k->v.v[i - 1].p, p, n)) {
			*is_new = false;
			return i - 1;
		}
	e.p = arena_memdup(a, p, n);
	e.next = *b;
	vec_apush(a, &k->v, e);
	*b = (uint32_t)k->v.n;
	*is_new = true;
	return *b - 1;
}
