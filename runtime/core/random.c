// SPDX-License-Identifier: GPL-2.0-only
/* Pseudo-random numbers, one generator a CPU: fast, and of no use for secrets. */
#include "runtime/core/core.h"

s64 taprt_fn_randint(struct taprt_ctx *c, s64 n)
{
	if (n < 0) {
		taprt_fail(c, "range too wide");
		return 0;
	}
	/* the upper half of the product is as even as the factor */
	return (u64)((unsigned __int128)rt_random(rt_of(c)) * (u64)n >> 64);
}
