/* SPDX-License-Identifier: GPL-2.0-only */
/* Streaming decoder of a pack: memory is the window, time ends with the range. */
#include "bundle/pack_read.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#define ZSTD_STATIC_LINKING_ONLY /* decoder in the caller's memory */
#include <zstd.h>

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define MAGIC 0xfd2fb528u

/* Frame_Header_Descriptor */
#define FHD_SINGLE_SEGMENT 0x20
#define FHD_UNUSED	   0x10
#define FHD_RESERVED	   0x08
#define FHD_CHECKSUM	   0x04
#define FHD_DICT_ID	   0x03

static int bad(struct err *e, const char *why)
{
	return err_set(e, -BERR_DECOMPRESS, "pack: %s", why);
}

/* Frame_Content_Size; its width is in the descriptor. */
static uint64_t content_size(struct cur *c, uint8_t fhd)
{
	switch (fhd >> 6) {
	case 0:
		return fhd & FHD_SINGLE_SEGMENT ? cur_u8(c) : UINT64_MAX;
	case 1:
		return (uint64_t)cur_le16(c) + 256;
	case 2:
		return cur_le32(c);
	default:
		return cur_le64(c);
	}
}

static int frame_window(const void *in, size_t n, uint64_t raw_size,
			uint64_t *ret, struct err *e)
{
	struct cur c = cur_init(in, n);
	uint32_t magic = cur_le32(&c);
	uint8_t fhd = cur_u8(&c), wd = 0;
	uint64_t size;

	if (!(fhd & FHD_SINGLE_SEGMENT))
		wd = cur_u8(&c);
	if (!cur_ok(&c) || magic != MAGIC)
		return bad(e, "not a zstd frame");
	if (fhd & FHD_DICT_ID)
		return bad(e, "uses a dictionary");
	if (fhd & (FHD_UNUSED | FHD_RESERVED))
		return bad(e, "reserved bits are set");
	if (!(fhd & FHD_CHECKSUM))
		return bad(e, "has no checksum");
	size = content_size(&c, fhd);
	if (!cur_ok(&c) || size == UINT64_MAX)
		return bad(e, "does not say how much it holds");
	if (size != raw_size)
		return err_set(e, -BERR_DECOMPRESS,
			       "pack: holds %llu bytes, the manifest says %llu",
			       (unsigned long long)size,
			       (unsigned long long)raw_size);
	*ret = size;
	if (!(fhd & FHD_SINGLE_SEGMENT)) {
		uint64_t base = UINT64_C(1) << (10 + (wd >> 3));

		*ret = base + base / 8 * (wd & 7);
	}
	return 0;
}

int pack_work_size(const void *in, size_t n, uint64_t raw_size, size_t *ret,
		   struct err *e)
{
	uint64_t window = 0;
	int r;

	if (raw_size > BUNDLE_PACK_RAW_MAX)
		return err_set(e, -BERR_LIMIT, "pack: %llu bytes raw, limit %u",
			       (unsigned long long)raw_size,
			       BUNDLE_PACK_RAW_MAX);
	r = frame_window(in, n, raw_size, &window, e);
	if (r < 0)
		return r;
	if (window > (UINT64_C(1) << BUNDLE_WINDOW_LOG_MAX))
		return err_set(e, -BERR_LIMIT,
			       "pack: window of %llu bytes, limit %llu",
			       (unsigned long long)window,
			       1ull << BUNDLE_WINDOW_LOG_MAX);
	if (window < 1024)
		window = 1024;
	*ret = ZSTD_estimateDStreamSize((size_t)window);
	return 0;
}

/* Receives raw bytes in order; false stops the decoder. */
struct sink {
	bool (*take)(struct sink *s, const uint8_t *p, size_t n);
	uint64_t pos;
};

/*
 * Feed the whole frame.  Ends when the sink has enough, or at the frame's end,
 * which must then be the end of the input and of @raw_size.
 */
static int decode(const void *in, size_t n, uint64_t raw_size, void *work,
		  size_t work_len, struct sink *s, struct err *e)
{
	ZSTD_DStream *d = ZSTD_initStaticDStream(work, work_len);
	ZSTD_inBuffer src = { in, n, 0 };
	uint8_t chunk[16384];
	size_t left = 1;

	if (!d)
		return err_set(e, -BERR_INTERNAL, "pack: no decoder memory");
	ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, BUNDLE_WINDOW_LOG_MAX);
	while (left) {
		ZSTD_outBuffer dst = { chunk, sizeof(chunk), 0 };
		size_t before = src.pos;

		left = ZSTD_decompressStream(d, &dst, &src);
		if (ZSTD_isError(left))
			return bad(e, ZSTD_getErrorName(left));
		if (dst.pos > raw_size - s->pos)
			return bad(e, "more bytes than declared");
		if (dst.pos && !s->take(s, chunk, dst.pos))
			return 0;
		s->pos += dst.pos;
		if (left && !dst.pos && src.pos == before)
			return bad(e, "ends too early");
	}
	if (s->pos != raw_size)
		return bad(e, "fewer bytes than declared");
	if (src.pos != n)
		return bad(e, "bytes after the frame");
	return 0;
}

struct range_sink {
	struct sink s;
	const struct pack_range *r, *end;
	bool to_end; /* the last range ends the pack: run on to the checksum */
};

static bool take_ranges(struct sink *s, const uint8_t *p, size_t n)
{
	struct range_sink *rs = (struct range_sink *)s;
	uint64_t stop = s->pos + n;

	while (rs->r < rs->end) {
		const struct pack_range *r = rs->r;
		uint64_t r_end = r->off + r->len;
		uint64_t from = s->pos > r->off ? s->pos : r->off;
		uint64_t to = stop < r_end ? stop : r_end;

		if (from < to)
			memcpy((uint8_t *)r->out + (from - r->off),
			       p + (from - s->pos), (size_t)(to - from));
		if (stop < r_end)
			return true;
		rs->r++;
	}
	return rs->to_end;
}

int pack_extract(const void *in, size_t n, uint64_t raw_size,
		 const struct pack_range *r, size_t nr, void *work,
		 size_t work_len, struct err *e)
{
	struct range_sink rs = { .s = { take_ranges, 0 }, r, r + nr, false };
	uint64_t at = 0;

	for (size_t i = 0; i < nr; i++) {
		if (r[i].off < at || r[i].off > raw_size ||
		    r[i].len > raw_size - r[i].off)
			return bad(e, "range outside the pack");
		at = r[i].off + r[i].len;
	}
	rs.to_end = at == raw_size;
	return decode(in, n, raw_size, work, work_len, &rs.s, e);
}

struct hash_sink {
	struct sink s;
	crypto_hash_sha256_state st;
};

static bool take_hash(struct sink *s, const uint8_t *p, size_t n)
{
	struct hash_sink *h = (struct hash_sink *)s;

	crypto_hash_sha256_update(&h->st, p, n);
	return true;
}

int pack_check(const void *in, size_t n, uint64_t raw_size,
	       const uint8_t raw_sha256[32], void *work, size_t work_len,
	       struct err *e)
{
	struct hash_sink h = { .s = { take_hash, 0 } };
	uint8_t sha[32];
	int r;

	crypto_hash_sha256_init(&h.st);
	r = decode(in, n, raw_size, work, work_len, &h.s, e);
	if (r < 0)
		return r;
	crypto_hash_sha256_final(&h.st, sha);
	if (memcmp(sha, raw_sha256, 32) != 0)
		return err_set(e, -BERR_PACK_HASH,
			       "pack: raw bytes have another digest than the "
			       "manifest");
	return 0;
}
