/* SPDX-License-Identifier: GPL-2.0-only */
/* Take one range out of a solid zstd pack, with every size known before. */
#ifndef BUNDLE_PACK_READ_H
#define BUNDLE_PACK_READ_H

#include <stddef.h>
#include <stdint.h>

struct err;

/**
 * pack_work_size() - bytes of decoder memory that a frame needs
 * @in: the whole compressed pack, @n bytes; its digest was compared already
 * @raw_size: what the manifest says
 * @ret: set on success; at most 8.4 MiB
 *
 * The frame must be the only encoding of its kind: magic number, checksum flag
 * on, no dictionary, content size present and equal to @raw_size, window at
 * most BUNDLE_WINDOW_LOG_MAX.
 * Return: 0, -BERR_DECOMPRESS, -BERR_LIMIT.
 * Source: RFC 8878 section 3.1.1.1.
 */
int pack_work_size(const void *in, size_t n, uint64_t raw_size, size_t *ret,
		   struct err *e);

/** struct pack_range - raw bytes [off, off + len) go to @out */
struct pack_range {
	uint64_t off;
	size_t len;
	void *out;
};

/**
 * pack_extract() - copy ranges out of the raw pack
 * @r: @nr ranges, ascending and apart from each other
 * @work: 8-byte aligned, @work_len >= pack_work_size()
 *
 * Decodes no further than the last range, except when that ends the pack: then
 * the frame's own checksum and end are checked too.
 * Context: no allocation.
 * Return: 0, -BERR_DECOMPRESS.
 */
int pack_extract(const void *in, size_t n, uint64_t raw_size,
		 const struct pack_range *r, size_t nr, void *work,
		 size_t work_len, struct err *e);

/**
 * pack_check() - decode all of it; compare length, checksum and SHA-256
 *
 * Return: 0, -BERR_DECOMPRESS, -BERR_PACK_HASH.
 */
int pack_check(const void *in, size_t n, uint64_t raw_size,
	       const uint8_t raw_sha256[32], void *work, size_t work_len,
	       struct err *e);

#endif
