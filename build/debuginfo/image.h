/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel images: bzImage to vmlinux ELF, banner; decompression of modules. */
#ifndef BUILD_DEBUGINFO_IMAGE_H
#define BUILD_DEBUGINFO_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct efile;
struct err;

/* A kernel or module that unpacks to more than this is not one. */
#define IMAGE_MAX_BYTES ((size_t)1 << 30)

/**
 * image_decompress() - unpack gzip, xz, zstd, lzma, bzip2 or lz4 bytes
 * @p: @n input bytes; input of no known compression is copied as it is
 * @out: appended to
 * @max: ERR_LIMIT when the output would be larger
 *
 * For modules (.ko, .ko.xz, .ko.zst, .ko.gz): call it on all of them.
 * Return: 0, ERR_CORRUPT, ERR_LIMIT.
 */
int image_decompress(const void *p, size_t n, struct buf *out, size_t max,
		     struct err *e);

/** image_is_compressed() - would image_decompress() unpack these bytes? */
bool image_is_compressed(const void *p, size_t n);

/**
 * image_extract() - the vmlinux ELF inside a kernel image
 * @p: @n bytes of a bzImage, of a compressed vmlinux, or of a plain ELF vmlinux
 * @elf: appended to (its p is then fit for efile_open() when it was empty)
 *
 * Return: 0, ERR_FORMAT (not a kernel), ERR_TRUNCATED, ERR_CORRUPT, ERR_LIMIT,
 * ERR_UNSUPPORTED (arm64 raw Image).
 * Source: Documentation/arch/x86/boot.rst, boot protocol 2.08 and later.
 */
int image_extract(const void *p, size_t n, struct buf *elf, struct err *e);

/**
 * struct image_banner - what uname(2) of this kernel says
 * @text: "Linux version 6.1.0-56-amd64 (…) #1 SMP …" without the newline
 * @release: uname -r
 * @version: uname -v, "" when the banner has no "#…" part
 */
struct image_banner {
	const char *text, *release, *version;
};

/**
 * image_banner() - find the banner in a vmlinux ELF; strings belong to @a
 * Return: 0, ERR_NOT_FOUND.
 */
int image_banner(const struct efile *f, struct arena *a,
		 struct image_banner *ret, struct err *e);

#endif
