// SPDX-License-Identifier: GPL-2.0-only
/* Script strings: NUL-terminated, at most taprt_program.strsize bytes. */
#include "runtime/core/core.h"

static inline void rt_move(char *dst, const char *src, u32 n)
{
	if (unlikely(dst > src && dst < src + n))
		memmove(dst, src, n);
	else
		rt_copy(dst, src, n);
}

void taprt_strcpy(char *dst, const char *src, u32 size)
{
	u32 n;

	if (!size)
		return;
	n = rt_strnlen(src, size - 1);
	rt_move(dst, src, n);
	dst[n] = 0;
}

void taprt_strcat(char *dst, const char *src, u32 size)
{
	u32 n = rt_strnlen(dst, size), add;

	if (n >= size)
		return;
	add = rt_strnlen(src, size - 1 - n); /* before dst changes: s .= s */
	rt_move(dst + n, src, add);
	dst[n + add] = 0;
}

s32 taprt_strcmp(const char *a, const char *b)
{
	return rt_strncmp(a, b, ~0u);
}
