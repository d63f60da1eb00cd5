/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of a kit's section, unpacked once and kept. */
#ifndef BUILD_KIT_FRAMES_H
#define BUILD_KIT_FRAMES_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct kf_view;

/** struct frames - of one section; zero to begin with, frames_deinit() frees */
struct frames {
	struct frame *v;
	size_t n;
};

/**
 * frames_get() - the zstd frame of @zlen bytes at @off of section @name
 * Return: its @raw_len bytes, kept by @f, in a struct that the next call may move; NULL when it is damaged or out of range.
 */
const struct buf *frames_get(struct frames *f, const struct kf_view *file,
			     const char *name, uint64_t off, uint32_t zlen,
			     uint32_t raw_len);
void frames_deinit(struct frames *f);

#endif
