// SPDX-License-Identifier: GPL-2.0-only
/* A list: a section has tens of frames, and mostly the last one is asked for. */
#include "build/kit/frames.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/kit/kit_file.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

struct frame {
	uint64_t off;
	struct buf bytes;
};

const struct buf *frames_get(struct frames *f, const struct kf_view *file,
			     const char *name, uint64_t off, uint32_t zlen,
			     uint32_t raw_len)
{
	struct frame fresh = { .off = off };
	size_t i, len, got;
	const uint8_t *z = kf_section(file, name, &len);

	for (i = f->n; i--;)
		if (f->v[i].off == off)
			return f->v[i].bytes.len == raw_len ? &f->v[i].bytes
							    : NULL;
	if (!z || off > len || zlen > len - off || raw_len > KF_MAX_BYTES)
		return NULL;
	buf_init(&fresh.bytes);
	buf_zero(&fresh.bytes, raw_len);
	got = ZSTD_decompress(fresh.bytes.p, raw_len, z + off, zlen);
	if (ZSTD_isError(got) || got != raw_len) {
		buf_deinit(&fresh.bytes);
		return NULL;
	}
	f->v = xrealloc(f->v, (f->n + 1) * sizeof(*f->v));
	f->v[f->n++] = fresh;
	return &f->v[f->n - 1].bytes;
}

void frames_deinit(struct frames *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		buf_deinit(&f->v[i].bytes);
	free(f->v);
	memset(f, 0, sizeof(*f));
}
