/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the index: LEB128, and zigzag where they may be negative. */
#ifndef BUILD_DWARF_ENC_H
#define BUILD_DWARF_ENC_H

#include "build/base/buf.h"
#include "bundle/base/cur.h"

static inline void enc_u(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_addc(b, (char)(v | 0x80));
	buf_addc(b, (char)v);
}

static inline void enc_s(struct buf *b, int64_t v)
{
	enc_u(b, (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0));
}

static inline int64_t dec_s(struct cur *c)
{
	uint64_t v = cur_uleb(c);

	return (int64_t)(v >> 1 ^ -(v & 1));
}

#endif
