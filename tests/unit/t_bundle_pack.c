/* SPDX-License-Identifier: GPL-2.0-only */
/* Packs that lie about their size, their window or their end. */
#define ZSTD_STATIC_LINKING_ONLY
#include "tests/unit/bundle_fix.h"

#include "bundle/pack_read.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <zstd.h>

struct how {
	int level, window_log, checksum, content_size;
};

static struct buf squeeze(const void *p, size_t n, const struct how *h)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	struct buf out = BUF_INIT;

	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, h->level);
	if (h->window_log)
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, h->window_log);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, h->checksum);
	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, h->content_size);
	buf_reserve(&out, ZSTD_compressBound(n));
	out.len = ZSTD_compress2(c, out.p, ZSTD_compressBound(n), p, n);
	if (ZSTD_isError(out.len))
		abort();
	ZSTD_freeCCtx(c);
	return out;
}

/* All of a frame into exactly sized memory; the code.  @same: what it must be. */
static int unpack_same(const void *z, size_t n, uint64_t raw, const void *same,
		       struct err *e)
{
	void *copy = malloc(n ? n : 1), *work, *out;
	struct pack_range all = { 0, (size_t)raw, NULL };
	size_t need;
	int r;

	memset(e, 0, sizeof(*e));
	memcpy(copy, z, n);
	r = pack_work_size(copy, n, raw, &need, e);
	if (!r) {
		work = malloc(need);
		all.out = out = malloc(raw ? raw : 1);
		r = pack_extract(copy, n, raw, &all, 1, work, need, e);
		if (!r && same && memcmp(out, same, raw) != 0)
			r = 1;
		free(work);
		free(out);
	}
	free(copy);
	return r;
}

static int unpack(const void *z, size_t n, uint64_t raw, struct err *e)
{
	return unpack_same(z, n, raw, NULL, e);
}

static const struct how usual = { 3, 0, 1, 1 };

static void test_frames(void)
{
	static const struct how no_sum = { 3, 0, 0, 1 };
	static const struct how no_size = { 3, 0, 1, 0 };
	size_t n = 100000;
	uint8_t *raw = calloc(1, n);
	struct buf z = BUF_INIT, x = BUF_INIT;
	struct err e;

	for (size_t i = 0; i < n; i++)
		raw[i] = (uint8_t)(i * i >> 7);
	z = squeeze(raw, n, &usual);
	ok(!unpack(z.p, z.len, n, &e), "a good frame: %s", e.text);
	ok(unpack(z.p, z.len, n + 1, &e) == -BERR_DECOMPRESS, "%s", e.text);
	ok(unpack(z.p, z.len, n - 1, &e) == -BERR_DECOMPRESS, "%s", e.text);
	ok(unpack(z.p, z.len - 1, n, &e) == -BERR_DECOMPRESS, "cut by 1: %s",
	   e.text);
	ok(unpack(z.p, z.len / 2, n, &e) == -BERR_DECOMPRESS, "cut by half: %s",
	   e.text);
	ok(unpack(z.p, 3, n, &e) == -BERR_DECOMPRESS, "3 bytes: %s", e.text);
	ok(unpack("", 0, 0, &e) == -BERR_DECOMPRESS, "no bytes: %s", e.text);
	buf_add(&x, z.p, z.len);
	buf_addc(&x, '\0');
	ok(unpack(x.p, x.len, n, &e) == -BERR_DECOMPRESS, "a byte more: %s",
	   e.text);
	buf_add(&x, z.p, z.len);
	ok(unpack(x.p + z.len + 1, z.len, n, &e) == 0, "a copy: %s", e.text);
	buf_reset(&x);
	buf_add(&x, z.p, z.len);
	buf_add(&x, z.p, z.len);
	ok(unpack(x.p, x.len, n, &e) == -BERR_DECOMPRESS, "two frames: %s",
	   e.text);
	ok(unpack(x.p, x.len, 2 * n, &e) == -BERR_DECOMPRESS,
	   "two frames of twice the size: %s", e.text);
	buf_reset(&x);
	buf_add(&x, "\x50\x2a\x4d\x18\4\0\0\0skip", 12);
	buf_add(&x, z.p, z.len);
	ok(unpack(x.p, x.len, n, &e) == -BERR_DECOMPRESS,
	   "a skippable frame first: %s", e.text);
	z.p[z.len - 1] ^= 1;
	ok(unpack(z.p, z.len, n, &e) == -BERR_DECOMPRESS, "checksum: %s",
	   e.text);
	buf_deinit(&z);
	z = squeeze(raw, n, &no_sum);
	ok(unpack(z.p, z.len, n, &e) == -BERR_DECOMPRESS, "%s", e.text);
	buf_deinit(&z);
	z = squeeze(raw, n, &no_size);
	ok(unpack(z.p, z.len, n, &e) == -BERR_DECOMPRESS, "no size: %s",
	   e.text);
	buf_deinit(&z);
	buf_deinit(&x);
	free(raw);
}

static void test_dictionary(void)
{
	static char dict[2000], raw[3000], z[4000];
	ZSTD_CCtx *c = ZSTD_createCCtx();
	struct err e;
	size_t n;

	for (size_t i = 0; i < sizeof(dict); i++)
		dict[i] = (char)(i * 31);
	/* a full dictionary has magic and id; raw bytes would have id 0 */
	memcpy(dict, "\x37\xa4\x30\xec\x11\0\0\0", 8);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_loadDictionary_advanced(c, dict, sizeof(dict),
					  ZSTD_dlm_byCopy, ZSTD_dct_rawContent);
	n = ZSTD_compress2(c, z, sizeof(z), raw, sizeof(raw));
	/* put an id of one byte into the header */
	memmove(z + 6, z + 5, n - 5);
	z[5] = 0x11;
	z[4] |= 1;
	ok(unpack(z, n + 1, sizeof(raw), &e) == -BERR_DECOMPRESS, "%s", e.text);
	ZSTD_freeCCtx(c);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void test_bombs(void)
{
	static const struct how wide = { 1, 27, 1, 1 };
	size_t n = 65u << 20;
	uint8_t *raw = calloc(1, n), small[64];
	struct buf z;
	struct err e;
	double t, all;

	z = squeeze(raw, 64u << 20, &usual);
	t = now_ms();
	ok(z.len < 8192 && !unpack(z.p, z.len, 64u << 20, &e),
	   "64 MiB of zeros in %zu bytes, which is allowed: %s", z.len, e.text);
	all = now_ms() - t;
	t = now_ms();
	ok(unpack(z.p, z.len, 1u << 20, &e) == -BERR_DECOMPRESS, "%s", e.text);
	t = now_ms() - t;
	ok(t < all / 4, "refused in %.1f ms, where all takes %.1f", t, all);
	buf_deinit(&z);
	z = squeeze(raw, n, &usual);
	ok(unpack(z.p, z.len, n, &e) == -BERR_LIMIT, "%s", e.text);
	ok(unpack(z.p, z.len, UINT64_MAX, &e) == -BERR_LIMIT, "%s", e.text);
	buf_deinit(&z);
	z = squeeze(raw, 20u << 20, &wide);
	ok(unpack(z.p, z.len, 20u << 20, &e) == -BERR_LIMIT, "%s", e.text);
	buf_deinit(&z);
	/* window descriptor 31 + 10: 2 TiB */
	memcpy(small, "\x28\xb5\x2f\xfd\xc4\xf8", 6);
	memset(small + 6, 0, 58);
	small[6] = 9;
	ok(unpack(small, sizeof(small), 9, &e) == -BERR_LIMIT, "%s", e.text);
	free(raw);
}

/* A million empty blocks: three bytes each, no output. */
static void test_empty_blocks(void)
{
	struct buf z = BUF_INIT;
	struct err e;
	double t;

	buf_add(&z, "\x28\xb5\x2f\xfd\x24\x09",
		6); /* single segment, 9 bytes */
	for (int i = 0; i < 1000000; i++)
		buf_add(&z, "\0\0\0", 3);
	t = now_ms();
	ok(unpack(z.p, z.len, 9, &e) == -BERR_DECOMPRESS, "%s", e.text);
	t = now_ms() - t;
	ok(t < 5000, "a million empty blocks refused in %.1f ms", t);
	buf_deinit(&z);
}

/* Every bit of a frame; some encode nothing, and the digest is checked before. */
static void test_flips(void)
{
	char raw[600];
	unsigned int wrong = 0, n = 0;
	struct buf z;
	struct err e;

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (char)("abcde"[i % 5] + (i % 13 == 0));
	z = squeeze(raw, sizeof(raw), &usual);
	for (size_t i = 0; i < z.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			z.p[i] = (char)(z.p[i] ^ (1 << bit));
			wrong += unpack_same(z.p, z.len, sizeof(raw), raw, &e) >
				 0;
			z.p[i] = (char)(z.p[i] ^ (1 << bit));
			n++;
		}
	ok(n && !wrong,
	   "%u flips of a bit of a frame: refused, or the same "
	   "bytes come out",
	   n);
	buf_deinit(&z);
}

static void test_ranges(void)
{
	uint8_t raw[4000], a[100], b[200], z[5000], *work;
	struct pack_range r[2] = { { 50, 100, a }, { 3000, 200, b } };
	size_t n, need = 0;
	struct buf q;
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)(i * 7 + i / 256);
	q = squeeze(raw, sizeof(raw), &usual);
	n = q.len;
	memcpy(z, q.p, n);
	pack_work_size(z, n, sizeof(raw), &need, &e);
	work = malloc(need);
	ok(!pack_extract(z, n, sizeof(raw), r, 2, work, need, &e) &&
		   !memcmp(a, raw + 50, 100) && !memcmp(b, raw + 3000, 200),
	   "two ranges at once: %s", e.text);
	r[1].off = 3900;
	ok(pack_extract(z, n, sizeof(raw), r, 2, work, need, &e) ==
		   -BERR_DECOMPRESS,
	   "%s", e.text);
	r[1].off = 100;
	ok(pack_extract(z, n, sizeof(raw), r, 2, work, need, &e) ==
		   -BERR_DECOMPRESS,
	   "ranges that overlap: %s", e.text);
	r[1].off = UINT64_MAX - 10;
	ok(pack_extract(z, n, sizeof(raw), r, 2, work, need, &e) ==
		   -BERR_DECOMPRESS,
	   "a range that wraps: %s", e.text);
	free(work);
	buf_deinit(&q);
}

int main(void)
{
	test_frames();
	test_dictionary();
	test_bombs();
	test_empty_blocks();
	test_flips();
	test_ranges();
	return tap_done();
}
