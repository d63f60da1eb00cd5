// SPDX-License-Identifier: GPL-2.0-only
/* Open addressing over one growing block of bytes. */
#include "build/dwarf/pool.h"
#include "build/base/arena.h"
#include "build/base/map.h"

#include <stdlib.h>
#include <string.h>

void pool_init(struct pool *p)
{
	*p = (struct pool){ 0 };
	buf_init(&p->bytes);
}

void pool_deinit(struct pool *p)
{
	buf_deinit(&p->bytes);
	free(p->ent);
	free(p->slot);
	*p = (struct pool){ 0 };
	buf_init(&p->bytes);
}

static uint32_t *find(const struct pool *p, const void *bytes, size_t len)
{
	uint32_t mask = p->nslot - 1;
	uint32_t i = (uint32_t)(hash_bytes(bytes, len) >> 7) & mask;

	for (; p->slot[i]; i = (i + 1) & mask) {
		const struct pool_ent *x = &p->ent[p->slot[i] - 1];

		if (x->len == len && !memcmp(p->bytes.p + x->off, bytes, len))
			break;
	}
	return &p->slot[i];
}

static void grow(struct pool *p)
{
	uint32_t i;

	free(p->slot);
	p->nslot = p->nslot ? p->nslot * 2 : 256;
	p->slot = xcalloc(p->nslot, sizeof(*p->slot));
	for (i = 0; i < p->n; i++)
		*find(p, p->bytes.p + p->ent[i].off, p->ent[i].len) = i + 1;
}

uint32_t pool_put(struct pool *p, const void *bytes, size_t len)
{
	uint32_t *at;

	if (p->n * 2 >= p->nslot)
		grow(p);
	at = find(p, bytes, len);
	if (*at)
		return *at - 1;
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 128;
		p->ent = xrealloc(p->ent, p->cap * sizeof(*p->ent));
	}
	p->ent[p->n] =
		(struct pool_ent){ (uint32_t)p->bytes.len, (uint32_t)len };
	buf_add(&p->bytes, bytes, len);
	buf_addc(&p->bytes, '\0');
	*at = ++p->n;
	return p->n - 1;
}

uint32_t pool_str(struct pool *p, const char *s)
{
	return pool_put(p, s ? s : "", s ? strlen(s) : 0);
}

const char *pool_get(const struct pool *p, uint32_t i)
{
	return i < p->n ? p->bytes.p + p->ent[i].off : "";
}
