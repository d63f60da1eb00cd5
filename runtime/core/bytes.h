/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that may not be there, byte by byte. */
#ifndef RUNTIME_CORE_BYTES_H
#define RUNTIME_CORE_BYTES_H

#include "runtime/core/core.h"

#define RT_BLOCK 64 /* read at once: aligned, so within one page */

enum { RT_BYTES_END = -1, RT_BYTES_FAULT = -2 };

/**
 * struct rt_bytes - reads memory byte by byte, a block at a time
 * @at: the next byte to read; @left: how many may be read from there on
 * @n, @have: size of the block, and what was not given out of it yet
 */
struct rt_bytes {
	u64 at, left;
	u32 n, have;
	bool user;
	char block[RT_BLOCK];
};

void taprt_bytes_begin(struct rt_bytes *b, u64 at, u64 n, bool user);
/* The next byte, or RT_BYTES_* */
int taprt_bytes_next(struct rt_bytes *b);

#endif
