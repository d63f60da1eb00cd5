// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutations of a whole bundle that a trusted key signs again, so that what lies
 * behind the signature, the headers and the digests is reached.  libFuzzer only,
 * with fuzz_bundle.
 */
#include "build/base/buf.h"
#include "bundle/line.h"
#include "bundle/tar.h"
#include "bundle/write.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed);

#define PARTS_MAX 16
#define ROOM	  4096 /* what a mutation may add */

static struct part {
	char name[101];
	struct buf d;
} part[PARTS_MAX];
static unsigned int nparts, rnd;
static uint64_t mtime;

static unsigned int draw(unsigned int n)
{
	rnd = rnd * 1664525u + 1013904223u;
	return (rnd >> 8) % n;
}

static bool split(const uint8_t *p, size_t n)
{
	size_t at = 0;

	nparts = 0;
	while (n - at >= TAR_BLOCK && p[at] && nparts < PARTS_MAX) {
		struct part *x = &part[nparts];
		uint64_t size;

		if (!tar_peek(p + at, &size, &mtime) ||
		    size > n - at - TAR_BLOCK)
			break;
		snprintf(x->name, sizeof(x->name), "%.100s", p + at);
		buf_reset(&x->d);
		buf_add(&x->d, p + at + TAR_BLOCK, size);
		nparts++;
		at += TAR_BLOCK + tar_padded(size);
		if (at > n)
			break;
	}
	return nparts >= 2 && part[0].d.len > 16 && mtime <= TAR_SIZE_MAX;
}

/* libFuzzer's own mutations of some bytes. */
static void mutate_bytes(struct buf *b)
{
	buf_reserve(b, ROOM + 1);
	b->len = LLVMFuzzerMutate((uint8_t *)b->p, b->len, b->len + ROOM);
}

/* ---- the manifest's text -------------------------------------------------- */

struct span {
	size_t at, n;
};

static struct span pick_line(const struct buf *m)
{
	size_t at = draw((unsigned int)m->len), end;

	while (at && m->p[at - 1] != '\n')
		at--;
	for (end = at; end < m->len && m->p[end] != '\n'; end++)
		continue;
	return (struct span){ at, end < m->len ? end + 1 - at : end - at };
}

static void splice(struct buf *m, struct span s, const char *p, size_t n)
{
	struct buf b = BUF_INIT;

	buf_add(&b, m->p, s.at);
	buf_add(&b, p, n);
	buf_add(&b, m->p + s.at + s.n, m->len - s.at - s.n);
	buf_deinit(m);
	*m = b;
}

/* A field of a line becomes a number at a limit, or a word. */
static void mutate_field(struct buf *m)
{
	static const char *const words[] = {
		"0",	      "1",	    "-1",
		"511",	      "512",	    "1024",
		"65536",      "4294967295", "4294967296",
		"2147483648", "16777217",   "18446744073709551615",
		"ok",	      "unknown",    "unsupported",
		"ksig",	      "*",	    "9223372036854775807",
		"none",	      "yes",	    "18446744073709551104",
	};
	struct span s = pick_line(m), f;
	const char *w = words[draw(sizeof(words) / sizeof(words[0]))];

	if (s.n < 2)
		return;
	f.at = s.at + draw((unsigned int)s.n);
	while (f.at > s.at && m->p[f.at - 1] != ' ')
		f.at--;
	for (f.n = 0; f.at + f.n < s.at + s.n && m->p[f.at + f.n] != ' ' &&
		      m->p[f.at + f.n] != '\n';
	     f.n++)
		continue;
	splice(m, f, w, strlen(w));
}

static void mutate_lines(struct buf *m)
{
	struct span a = pick_line(m), b = pick_line(m);
	char *text = malloc(a.n + 1);

	memcpy(text, m->p + a.at, a.n);
	switch (draw(3)) {
	case 0: /* gone */
		splice(m, a, "", 0);
		break;
	case 1: /* twice, the second elsewhere */
		splice(m, (struct span){ b.at, 0 }, text, a.n);
		break;
	default: /* instead of another */
		splice(m, b, text, a.n);
		break;
	}
	free(text);
}

static void mutate_manifest(void)
{
	struct buf *m = &part[0].d;

	for (unsigned int n = 1 + draw(3); n && m->len > 16; n--) {
		unsigned int how = draw(6);

		if (how < 3)
			mutate_field(m);
		else if (how < 5)
			mutate_lines(m);
		else
			mutate_bytes(m);
	}
}

/* ---- members --------------------------------------------------------------- */

/* "KEY SIZE SHA256" of the manifest becomes what @p is. */
static void fit(const char *key, const void *p, size_t n)
{
	struct buf *m = &part[0].d;
	char hex[65], line[200];
	uint8_t sha[32];
	struct span s;
	char *at = m->len ? memmem(m->p, m->len, key, strlen(key)) : NULL;

	if (!at)
		return;
	crypto_hash_sha256(sha, p, n);
	hex_text(sha, 32, hex);
	snprintf(line, sizeof(line), "%s %zu %s", key, n, hex);
	s.at = (size_t)(at - m->p);
	for (s.n = 0; s.at + s.n < m->len && at[s.n] != '\n'; s.n++)
		continue;
	splice(m, s, line, strlen(line));
}

/* The raw bytes of a pack: another tar, packed again. */
static bool mutate_raw(struct part *x)
{
	unsigned long long n = ZSTD_getFrameContentSize(x->d.p, x->d.len);
	struct buf raw = BUF_INIT;
	char key[32];
	size_t z;
	bool good = false;

	if (n > 1 << 20)
		return false;
	buf_reserve(&raw, n + 1);
	z = ZSTD_decompress(raw.p, n, x->d.p, x->d.len);
	if (z == n && n) {
		ZSTD_CCtx *c = ZSTD_createCCtx();

		raw.len = n;
		mutate_bytes(&raw);
		ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
		buf_reset(&x->d);
		buf_reserve(&x->d, ZSTD_compressBound(raw.len));
		x->d.len = ZSTD_compress2(
			c, x->d.p, ZSTD_compressBound(raw.len), raw.p, raw.len);
		ZSTD_freeCCtx(c);
		snprintf(key, sizeof(key), "pack: %d", atoi(x->name + 11));
		fit(key, raw.p, raw.len);
		good = true;
	}
	buf_deinit(&raw);
	return good;
}

static void mutate_member(void)
{
	struct part *x = &part[2 + draw(nparts - 2)];
	char key[128];

	if (strncmp(x->name, "tap-1/pack-", 11) != 0 || draw(2) ||
	    !mutate_raw(x))
		mutate_bytes(&x->d);
	snprintf(key, sizeof(key), "member: %s", x->name);
	fit(key, x->d.p, x->d.len);
}

/* ---- signed and packed again ------------------------------------------------ */

static void sign(void)
{
	static struct signer s;
	uint8_t seed[32] = { 7 }; /* that of fuzz_bundle.c */
	struct buf *lines = &part[1].d;

	if (!s.role)
		crypto_sign_seed_keypair(s.pk, s.sk, seed);
	s.role = SIG_RELEASE;
	s.signed_at = draw(2) ? 1700000000 : 0;
	if (draw(16))
		buf_reset(lines); /* else the older line stays */
	signer_line(&s, part[0].d.p, part[0].d.len, lines);
}

static size_t join(uint8_t *out, size_t max)
{
	struct buf b = BUF_INIT;
	size_t n;

	for (unsigned int i = 0; i < nparts; i++) {
		uint8_t h[TAR_BLOCK];

		if (!tar_header(h, part[i].name, part[i].d.len, mtime))
			memset(h, 0, sizeof(h));
		buf_add(&b, h, sizeof(h));
		buf_add(&b, part[i].d.p, part[i].d.len);
		buf_zero(&b, tar_padded(part[i].d.len) - part[i].d.len);
	}
	buf_zero(&b, TAR_END);
	n = b.len <= max ? b.len : 0;
	memcpy(out, b.p, n);
	buf_deinit(&b);
	return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
			       unsigned int seed)
{
	size_t n;

	rnd = seed;
	/* other kinds of input, and sometimes what nobody signed */
	if (!size || data[0] != 't' || !draw(10) || !split(data, size))
		return LLVMFuzzerMutate(data, size, max);
	if (nparts > 2 && draw(2))
		mutate_member();
	else
		mutate_manifest();
	sign();
	n = join(data, max);
	return n ? n : LLVMFuzzerMutate(data, size, max);
}
