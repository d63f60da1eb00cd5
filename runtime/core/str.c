// SPDX-License-Identifier: GPL-2.0-only
/* Script strings: NUL-terminated, at most taprt_program.strsize bytes. */
#include "runtime/core/core.h"

void taprt_strcpy(char *dst, const char *src, u32 size)
{
	u32 i;

	if (!size)
		return;
	if (dst <= src) { /* byte by byte is right for this overlap */
		for (i = 0; i + 1 < size && src[i]; i++)
			dst[i] = src[i];
		dst[i] = 0;
		return;
	}
	i = rt_strnlen(src, size - 1);
	memmove(dst, src, i);
	dst[i] = 0;
}

void taprt_strcat(char *dst, const char *src, u32 size)
{
	u32 n = rt_strnlen(dst, size), add;

	if (n >= size)
		return;
	add = rt_strnlen(src, size - 1 - n); /* before dst changes: s .= s */
	memmove(dst + n, src, add);
	dst[n + add] = 0;
}

s32 taprt_strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (s32)(u8)*a - (s32)(u8)*b;
}
