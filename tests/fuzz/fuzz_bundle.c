// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bundle's bytes.  The first byte of the input chooses: the file as it is; a
 * manifest that gets a right signature and container; a pack that gets a right
 * digest; signature lines; key files; kernel notes.
 */
#include "build/base/buf.h"
#include "bundle/base/err.h"
#include "bundle/pack_read.h"
#include "bundle/reader.h"
#include "bundle/tar.h"
#include "bundle/target.h"
#include "bundle/write.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bundle b;
static struct keyring ring;
static struct signer signer;
static int fd = -1;

static void set_up(void)
{
	uint8_t seed[32] = { 7 };

	if (fd >= 0)
		return;
	crypto_sign_seed_keypair(signer.pk, signer.sk, seed);
	signer.role = SIG_RELEASE;
	memcpy(ring.keys[0].pk, signer.pk, sizeof(signer.pk));
	sig_key_id(signer.pk, ring.keys[0].id);
	ring.keys[0].roles = SIG_RELEASE;
	ring.nkeys = 1;
	fd = memfd_create("fuzz", MFD_CLOEXEC);
}

/* Open as a host does; unpack the first modules. */
static int use(const void *p, size_t n)
{
	struct bundle_opts o = { .keys = &ring, .now = 1800000000 };
	struct err e = { 0 };
	int r;

	if (ftruncate(fd, 0) < 0 || pwrite(fd, p, n, 0) != (ssize_t)n)
		abort();
	r = bundle_open_fd(&b, fd, "fuzz.tap", &o, &e);
	if (r && (r != e.code || !e.text[0]))
		abort();
	for (uint32_t i = 0; !r && i < b.man.ntargets && i < 4; i++) {
		size_t len = (size_t)b.man.targets[i].ko_size;
		uint8_t *ko;

		if (!b.man.targets[i].is_ok || len > 1 << 20)
			continue;
		ko = malloc(len);
		bundle_read_module(&b, &b.man.targets[i], ko, len, &e);
		free(ko);
	}
	return r ? r : bundle_check_rest(&b, &e);
}

static void put(struct buf *out, const char *name, const void *p, size_t n,
		uint64_t mtime)
{
	uint8_t h[TAR_BLOCK];

	if (!tar_header(h, name, n, mtime))
		abort();
	buf_add(out, h, sizeof(h));
	buf_add(out, p, n);
	buf_zero(out, (size_t)(tar_padded(n) - n));
}

/* Sign @text; the rest of the file is zeros, as long as is asked for. */
static void with_manifest(const uint8_t *text, size_t n)
{
	struct buf file = BUF_INIT, sigs = BUF_INIT;

	signer_line(&signer, text, n, &sigs);
	put(&file, "tap-1/manifest", text, n, 0);
	put(&file, "tap-1/signatures", sigs.p, sigs.len, 0);
	buf_zero(&file, 2 * TAR_BLOCK);
	use(file.p, file.len);
	buf_deinit(&file);
	buf_deinit(&sigs);
}

/* A frame, its digest right: size in two bytes, then the frame. */
static void with_pack(const uint8_t *p, size_t n)
{
	uint64_t raw = n >= 2 ? (uint64_t)p[0] * 512 + p[1] : 0;
	struct pack_range r = { raw / 2, 0, NULL };
	uint8_t sha[32] = { 0 }, *out, *work;
	struct err e;
	size_t need;

	if (n < 2 || pack_work_size(p + 2, n - 2, raw, &need, &e))
		return;
	work = malloc(need);
	r.len = (size_t)(raw - r.off);
	r.out = out = malloc(r.len ? r.len : 1);
	pack_extract(p + 2, n - 2, raw, &r, 1, work, need, &e);
	pack_check(p + 2, n - 2, raw, sha, work, need, &e);
	free(work);
	free(out);
}

static void with_text(int kind, const uint8_t *p, size_t n)
{
	static struct keyring k;
	struct target_host h;
	struct sig_set s;
	struct err e = { 0 };
	char *copy = malloc(n ? n : 1);

	memcpy(copy, p, n);
	k.nkeys = k.nrevoked = 0;
	if (kind == 's')
		sig_parse(&s, copy, n, &e);
	else if (kind == 'k')
		keyring_parse(&k, "fuzz.key", copy, n, &e);
	else if (!target_notes_build_id(copy, n, &h, &e) &&
		 h.build_id_len > sizeof(h.build_id))
		abort();
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	set_up();
	if (!size)
		return 0;
	switch (data[0]) {
	case 't': /* "tap-1/manifest": a whole file */
		use(data, size);
		break;
	case 'm':
		if (size <= BUNDLE_MANIFEST_MAX)
			with_manifest(data + 1, size - 1);
		break;
	case 'p':
		with_pack(data + 1, size - 1);
		break;
	case 's':
	case 'k':
	case 'n':
		with_text(data[0], data + 1, size - 1);
		break;
	}
	return 0;
}
