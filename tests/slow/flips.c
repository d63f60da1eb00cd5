/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every single bit of a whole bundle of 100 KB, altered: none is accepted, and
 * each is refused for the reason of its region.
 *
 *   flips I/N [STRIDE]     part I (0 to N - 1) of N; every STRIDE-th bit
 *
 * One signature: what is in a line of a key that the host does not have cannot
 * be seen by it (bundle/FORMAT.md section 4).
 */
#include "tests/unit/bundle_fix.h"
#include "tests/unit/bundle_regions.h"

#include <time.h>

#define MODULE_BYTES 49000

struct flips {
	struct fix f;
	struct bundle *map; /* of the good bundle */
	struct buf file;
	uint64_t n[R_COUNT], wrong[R_COUNT];
};

/* What does not compress, and is the same in each run. */
static void *noise(uint32_t seed)
{
	uint8_t *p = xmalloc(MODULE_BYTES);

	for (size_t i = 0; i < MODULE_BYTES; i++) {
		seed = seed * 1664525u + 1013904223u;
		p[i] = (uint8_t)(seed >> 24);
	}
	return p;
}

static void make(struct flips *w)
{
	struct fix *f = &w->f;
	struct err e;

	fix_init(f);
	for (int i = 0; i < 2; i++) {
		f->ksig[i] = (struct bundle_ksig){ "5555aaaa", noise(9), 654 };
		f->target[i].ko = noise((uint32_t)i);
		f->target[i].ko_len = MODULE_BYTES;
		f->target[i].ksig = &f->ksig[i];
		f->target[i].nksig = 1;
	}
	f->spec.provenance = noise(3);
	f->spec.provenance_len = 1500;
	w->file = fix_write(f);
	w->map = xmalloc(sizeof(*w->map));
	if (fix_open_bytes(f, w->file.p, w->file.len, &e)) {
		printf("# %s\n", e.text);
		abort();
	}
	memcpy(w->map, f->b, sizeof(*w->map));
}

static void flip(struct flips *w, uint64_t bit)
{
	uint64_t at = bit >> 3;
	enum region r = region_of(w->map, at);
	char c = (char)(w->file.p[at] ^ (1 << (bit & 7)));
	struct err e;
	int code;

	if (pwrite(w->f.fd, &c, 1, (off_t)at) != 1)
		abort();
	code = fix_open(&w->f, &e);
	if (pwrite(w->f.fd, &w->file.p[at], 1, (off_t)at) != 1)
		abort();
	w->n[r]++;
	if (is_expected(r, code))
		return;
	if (w->wrong[r]++ < 5)
		printf("# bit %llu of byte %llu: %d %s\n",
		       (unsigned long long)(bit & 7), (unsigned long long)at,
		       code, e.text);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct flips w;
	unsigned int i, n, stride = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	uint64_t all = 0, bits;
	double t = now();
	struct err e;

	if (argc < 2 || sscanf(argv[1], "%u/%u", &i, &n) != 2 || i >= n ||
	    !stride || sodium_init() < 0)
		return 2;
	make(&w);
	bits = (uint64_t)w.file.len * 8;
	for (uint64_t bit = (uint64_t)i * stride; bit < bits;
	     bit += (uint64_t)n * stride)
		flip(&w, bit);
	for (int r = 0; r < R_COUNT; r++) {
		all += w.n[r];
		ok(!w.wrong[r],
		   "flips %s: %llu bits of %s refused for its reason", argv[1],
		   (unsigned long long)w.n[r], regions[r].name);
	}
	ok(!fix_open(&w.f, &e), "flips %s: the unchanged bundle is accepted",
	   argv[1]);
	printf("# flips %s: %llu of %llu bits, %.1f s\n", argv[1],
	       (unsigned long long)all, (unsigned long long)bits, now() - t);
	return tap_done();
}
