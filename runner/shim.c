/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols that libzstd.a and libsodium.a of the distribution ask for.
 *
 * They were built for glibc and for every use.  What musl lacks is given here;
 * and two doors are shut: zstd's decoders of formats before 1.0 (no bundle has
 * them) and libsodium's sodium_init() table of ciphers and password hashes.
 * Being defined here, those members of the archives are not linked: 150 KB of
 * code that could only be reached by a mistake.
 */
#include <stddef.h>
#include <string.h>

void __explicit_bzero_chk(void *p, size_t n, size_t room);
void sodium_misuse(void);

void __explicit_bzero_chk(void *p, size_t n, size_t room)
{
	if (n > room)
		__builtin_trap();
	explicit_bzero(p, n);
}

/* Called when the library is used in a way its documentation forbids. */
void sodium_misuse(void)
{
	__builtin_trap();
}

/* zstd's convention: sizes near SIZE_MAX are errors, this one "generic". */
#define SHIM_ZSTD_ERROR ((size_t)-1)

#define SHIM_NO_CONTEXT(name) \
	void *name(void);     \
	void *name(void)      \
	{                     \
		return NULL;  \
	}

#define SHIM_NO_SIZE(name)              \
	size_t name(void);              \
	size_t name(void)               \
	{                               \
		return SHIM_ZSTD_ERROR; \
	}

#define SHIM_NO_FRAME(name)                                              \
	void name(const void *src, size_t n, size_t *size,               \
		  unsigned long long *bound);                            \
	void name(const void *src, size_t n, size_t *size,               \
		  unsigned long long *bound)                             \
	{                                                                \
		(void)src;                                               \
		(void)n;                                                 \
		*size = SHIM_ZSTD_ERROR;                                 \
		*bound = (unsigned long long)-2; /* CONTENTSIZE_ERROR */ \
	}

#define SHIM_NO_FORMAT(v)                                 \
	SHIM_NO_CONTEXT(ZBUFF##v##_createDCtx)            \
	SHIM_NO_SIZE(ZBUFF##v##_decompressContinue)       \
	SHIM_NO_SIZE(ZBUFF##v##_decompressInitDictionary) \
	SHIM_NO_SIZE(ZBUFF##v##_freeDCtx)                 \
	SHIM_NO_CONTEXT(ZSTD##v##_createDCtx)             \
	SHIM_NO_SIZE(ZSTD##v##_decompress_usingDict)      \
	SHIM_NO_FRAME(ZSTD##v##_findFrameSizeInfoLegacy)  \
	SHIM_NO_SIZE(ZSTD##v##_freeDCtx)                  \
	SHIM_NO_SIZE(ZSTD##v##_getFrameParams)

SHIM_NO_FORMAT(v05)
SHIM_NO_FORMAT(v06)
SHIM_NO_FORMAT(v07)
