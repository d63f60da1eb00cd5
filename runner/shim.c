/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libzstd.a and libsodium.a, built for glibc, ask of libc and musl lacks.
 */
#include <stddef.h>
#include <string.h>

void __explicit_bzero_chk(void *p, size_t n, size_t room);

void __explicit_bzero_chk(void *p, size_t n, size_t room)
{
	if (n > room)
		__builtin_trap();
	explicit_bzero(p, n);
}
