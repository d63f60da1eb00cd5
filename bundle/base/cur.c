/* SPDX-License-Identifier: GPL-2.0-only */
/* Bounded reads of fixed-width integers and strings. */
#include "bundle/base/cur.h"

#include <string.h>

struct cur cur_sub(const struct cur *c, size_t off, size_t n)
{
	size_t all = (size_t)(c->end - c->start);
	struct cur r = cur_init(c->start, 0);

	if (c->failed || off > all || n > all - off) {
		r.failed = true;
		return r;
	}
	return cur_init(c->start + off, n);
}

static uint64_t le(struct cur *c, size_t n)
{
	const uint8_t *p = cur_take(c, n);
	uint64_t v = 0;

	if (!p)
		return 0;
	while (n--)
		v = v << 8 | p[n];
	return v;
}

uint8_t cur_u8(struct cur *c)
{
	return (uint8_t)le(c, 1);
}

uint16_t cur_le16(struct cur *c)
{
	return (uint16_t)le(c, 2);
}

uint32_t cur_le32(struct cur *c)
{
	return (uint32_t)le(c, 4);
}

uint64_t cur_le64(struct cur *c)
{
	return le(c, 8);
}

uint32_t cur_be32(struct cur *c)
{
	return __builtin_bswap32(cur_le32(c));
}

const char *cur_str(struct cur *c)
{
	const uint8_t *p = c->pos;
	const uint8_t *nul;

	nul = c->failed ? NULL : memchr(p, 0, cur_left(c));
	if (!nul) {
		c->failed = true;
		return NULL;
	}
	c->pos = nul + 1;
	return (const char *)p;
}

int64_t cur_sleb(struct cur *c)
{
	uint64_t v = 0;
	unsigned int shift = 0;
	uint8_t b;

	do {
		b = cur_u8(c);
		if (shift < 64)
			v |= (uint64_t)(b & 0x7f) << shift;
		shift += 7;
	} while (b & 0x80 && cur_ok(c));
	if (shift < 64 && b & 0x40)
		v |= ~(uint64_t)0 << shift;
	return (int64_t)v;
}

uint64_t cur_uleb_long(struct cur *c)
{
	uint64_t v = 0;
	unsigned int shift;

	for (shift = 0; shift < 64; shift += 7) {
		uint8_t b = cur_u8(c);

		if (!cur_ok(c))
			return 0;
		if (shift == 63 && b > 1)
			break;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	c->failed = true;
	return 0;
}
