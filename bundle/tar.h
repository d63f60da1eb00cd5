/* SPDX-License-Identifier: GPL-2.0-only */
/* The one ustar header each member can have: made, never interpreted. */
#ifndef BUNDLE_TAR_H
#define BUNDLE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAR_BLOCK    512
#define TAR_END	     ((size_t)2 * TAR_BLOCK) /* zero blocks after the last file */
#define TAR_NAME_MAX 100
#define TAR_SIZE_MAX UINT64_C(077777777777)

/** tar_padded() - @size rounded up to whole blocks; @size <= TAR_SIZE_MAX */
static inline uint64_t tar_padded(uint64_t size)
{
	return (size + (TAR_BLOCK - 1)) & ~(uint64_t)(TAR_BLOCK - 1);
}

/**
 * tar_header() - make the header of a regular file
 * @name: at most TAR_NAME_MAX bytes
 * @size, @mtime: at most TAR_SIZE_MAX
 *
 * Mode 644, uid, gid and device numbers 0, no owner names, no prefix.
 * Return: false when a value does not fit.
 * Source: POSIX.1-2017 pax, "ustar Interchange Format".
 */
bool tar_header(uint8_t out[TAR_BLOCK], const char *name, uint64_t size,
		uint64_t mtime);

/**
 * tar_peek() - the size and mtime that a header states
 *
 * Only to make a header from them and compare: true says the two fields have
 * the right shape, nothing else.
 */
bool tar_peek(const uint8_t h[TAR_BLOCK], uint64_t *size, uint64_t *mtime);

/** tar_differs() - offset of the first different byte, or -1 */
int tar_differs(const uint8_t a[TAR_BLOCK], const uint8_t b[TAR_BLOCK]);

/** tar_is_zero() - are all @n bytes zero? */
bool tar_is_zero(const void *p, size_t n);

#endif
