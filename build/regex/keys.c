// SPDX-License-Identifier: GPL-2.0-only
/* Numbers for byte strings: how states that are the same are found. */
#include "build/regex/rx.h"

#include <string.h>

/* Eight bytes at a time: keys are long, and most of them are looked up only. */
static uint32_t hash(const void *p, size_t n)
{
	const unsigned char *c = p;
	uint64_t h = n, w;

	for (; n >= sizeof(w); n -= sizeof(w), c += sizeof(w)) {
		memcpy(&w, c, sizeof(w));
		h = (h ^ w) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, c, n);
	h = (h ^ w) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h ^ h >> 32);
}

static void grow(struct arena *a, struct rx_keys *k)
{
	k->nbuckets = k->nbuckets ? k->nbuckets * 4 : 64;
	k->bucket = arena_array(a, uint32_t, k->nbuckets);
	for (size_t i = 0; i < k->v.n; i++) {
		struct rx_key *e = &k->v.v[i];
		uint32_t *b = &k->bucket[e->hash % k->nbuckets];

		e->next = *b;
		*b = (uint32_t)i + 1;
	}
}

uint32_t rx_keys_put(struct arena *a, struct rx_keys *k, const void *p,
		     size_t n, bool *is_new)
{
	struct rx_key e = { .n = n, .hash = hash(p, n) };
	uint32_t *b;

	if (k->v.n >= k->nbuckets)
		grow(a, k);
	b = &k->bucket[e.hash % k->nbuckets];
	for (uint32_t i = *b; i; i = k->v.v[i - 1].next) {
		const struct rx_key *o = &k->v.v[i - 1];

		if (o->hash == e.hash && o->n == n && !memcmp(o->p, p, n)) {
			*is_new = false;
			return i - 1;
		}
	}
	e.p = arena_memdup(a, p, n);
	e.next = *b;
	vec_apush(a, &k->v, e);
	*b = (uint32_t)k->v.n;
	*is_new = true;
	return *b - 1;
}
