/* SPDX-License-Identifier: GPL-2.0-only */
/* String-keyed hash table; keys are borrowed, iteration is in insertion order. */
#ifndef BUILD_BASE_MAP_H
#define BUILD_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_entry {
	const char *key;
	void *val;
	uint64_t hash;
};

/** struct map - zero-initialise; map_deinit() frees the table, not the values */
struct map {
	struct map_entry *ent; /* n entries in insertion order */
	size_t n, cap;
	uint32_t *slot; /* index + 1 into ent, 0 = free; power of two */
	size_t nslot;
};

void map_deinit(struct map *m);
/** map_get() - the value, or NULL */
void *map_get(const struct map *m, const char *key);
/** map_put() - insert or replace; returns the former value or NULL */
void *map_put(struct map *m, const char *key, void *val);

/** hash_bytes() - FNV-1a, 64 bits; stable across runs and machines */
uint64_t hash_bytes(const void *p, size_t n);

#endif
