// SPDX-License-Identifier: GPL-2.0-only
/* Blocks of an .xz stream by liblzma's threads, as a source for libarchive. */
#include "build/kit/xz.h"
#include "build/base/arena.h"

#include <archive.h>
#include <errno.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define OUT_BYTES ((size_t)256 << 10)

/* Above it liblzma goes on with one thread, and above the other gives up. */
#define MEMORY_THREADED ((uint64_t)1 << 30)
#define MEMORY_MAX	((uint64_t)2 << 30)

struct xz_reader {
	struct archive *outer;
	lzma_stream s;
	lzma_ret init;
	bool last, done; /* of the input, of the output */
	uint8_t out[OUT_BYTES];
};

struct xz_reader *xz_reader_new(struct archive *outer, unsigned int threads)
{
	struct xz_reader *x = xcalloc(1, sizeof(*x));
	lzma_mt mt = {
		.threads = threads ? threads : 1,
		.flags = LZMA_CONCATENATED,
		.memlimit_threading = MEMORY_THREADED,
		.memlimit_stop = MEMORY_MAX,
	};

	x->outer = outer;
	x->init = lzma_stream_decoder_mt(&x->s, &mt);
	return x;
}

void xz_reader_free(struct xz_reader *x)
{
	if (!x)
		return;
	lzma_end(&x->s);
	free(x);
}

static const char *why(lzma_ret ret)
{
	switch (ret) {
	case LZMA_BUF_ERROR:
		return "Truncated xz data";
	case LZMA_FORMAT_ERROR:
		return "it is not xz data";
	case LZMA_OPTIONS_ERROR:
		return "xz data of an unknown kind";
	case LZMA_MEMLIMIT_ERROR:
	case LZMA_MEM_ERROR:
		return "not enough memory for its xz data";
	default:
		return "damaged xz data";
	}
}

/* The next bytes of the entry; false: @ar has the error. */
static bool refill(struct xz_reader *x, struct archive *ar)
{
	const void *p;
	la_int64_t off;
	size_t n;
	int rc = archive_read_data_block(x->outer, &p, &n, &off);

	if (rc == ARCHIVE_EOF) {
		x->last = true;
		return true;
	}
	if (rc < ARCHIVE_WARN) {
		archive_set_error(ar, EIO, "%s",
				  archive_error_string(x->outer));
		return false;
	}
	x->s.next_in = p;
	x->s.avail_in = n;
	return true;
}

static la_ssize_t read_more(struct archive *ar, void *arg, const void **p)
{
	struct xz_reader *x = arg;
	lzma_ret ret = x->init;

	x->s.next_out = x->out;
	x->s.avail_out = OUT_BYTES;
	while (ret == LZMA_OK && !x->done && x->s.avail_out) {
		if (!x->s.avail_in && !x->last && !refill(x, ar))
			return -1;
		ret = lzma_code(&x->s, x->last ? LZMA_FINISH : LZMA_RUN);
		x->done = ret == LZMA_STREAM_END;
	}
	if (ret != LZMA_OK && ret != LZMA_STREAM_END) {
		archive_set_error(ar, EIO, "%s", why(ret));
		return -1;
	}
	*p = x->out;
	return (la_ssize_t)(OUT_BYTES - x->s.avail_out);
}

int xz_reader_open(struct xz_reader *x, struct archive *ar)
{
	return archive_read_open(ar, x, NULL, read_more, NULL);
}
