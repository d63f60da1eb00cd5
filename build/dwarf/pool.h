/* SPDX-License-Identifier: GPL-2.0-only */
/* Byte strings numbered in the order in which they are first seen. */
#ifndef BUILD_DWARF_POOL_H
#define BUILD_DWARF_POOL_H

#include "build/base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct pool_ent {
	uint32_t off, len;
};

/** struct pool - zero-initialise and pool_init(); pool_deinit() frees */
struct pool {
	struct buf bytes;
	struct pool_ent *ent;
	uint32_t n, cap, nslot;
	uint32_t *slot; /* number + 1, 0 = free */
};

void pool_init(struct pool *p);
void pool_deinit(struct pool *p);
/** pool_put() - number of these @len bytes; a NUL is kept behind them */
uint32_t pool_put(struct pool *p, const void *bytes, size_t len);
/** pool_str() - pool_put() of a string; NULL is "" */
uint32_t pool_str(struct pool *p, const char *s);
/** pool_get() - the bytes of number @i; valid until the next pool_put() */
const char *pool_get(const struct pool *p, uint32_t i);

#endif
