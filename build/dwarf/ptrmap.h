/* SPDX-License-Identifier: GPL-2.0-only */
/* Pointers to numbers, for what is remembered of DIEs within one unit. */
#ifndef BUILD_DWARF_PTRMAP_H
#define BUILD_DWARF_PTRMAP_H

#include <stdbool.h>
#include <stdint.h>

struct ptrmap_ent {
	const void *key; /* NULL = free */
	uint64_t val;
};

/** ptrmap_pair() - two numbers as a key */
static inline const void *ptrmap_pair(uint32_t a, uint32_t b)
{
	_Static_assert(sizeof(void *) == 8, "a key holds both");
	return (const void *)(((uintptr_t)a << 32 | b) + 1);
}

/** struct ptrmap - zero-initialise; ptrmap_deinit() frees */
struct ptrmap {
	struct ptrmap_ent *v;
	uint32_t n, nslot;
};

/** ptrmap_get() - false when @key is not there; *val may be NULL */
bool ptrmap_get(const struct ptrmap *m, const void *key, uint64_t *val);
/** ptrmap_put() - insert or replace; @key is not NULL */
void ptrmap_put(struct ptrmap *m, const void *key, uint64_t val);
/** ptrmap_clear() - empty, keeping the memory */
void ptrmap_clear(struct ptrmap *m);
void ptrmap_deinit(struct ptrmap *m);

#endif
