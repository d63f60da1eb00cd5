/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bundles that tapbuild does not make: for any kernel, with any signed manifest.
 *
 *   mktap make KEY OUT KO NAME=VALUE...   one target with the module KO
 *   mktap resign KEY IN MANIFEST OUT      other manifest, signed, same members
 *   mktap ksig KEY IN OUT P7S SKID        each module with that kernel signature,
 *                                         whether it is one or not
 */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/pack/respec.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/tar.h"
#include "bundle/write.h"
#include "runtime/uapi/wire.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const struct err *e)
{
	fprintf(stderr, "mktap: %s\n", e->text);
	return 1;
}

/* Fields that NAME=VALUE sets; "" where none was given. */
struct words {
	int n;
	char **v;
};

static const char *word(const struct words *w, const char *name,
			const char *other)
{
	size_t n = strlen(name);

	for (int i = 0; i < w->n; i++)
		if (!strncmp(w->v[i], name, n) && w->v[i][n] == '=')
			return w->v[i] + n + 1;
	return other;
}

static int make(const struct signer *s, const char *out, const char *ko,
		const struct words *w, struct err *e)
{
	struct bundle_script script = { "s.stp", "probe begin {}\n", 15 };
	struct bundle_target t = {
		.machine = word(w, "machine", "x86_64"),
		.release = word(w, "release", "1.0"),
		.version = word(w, "version", NULL),
		.build_id = word(w, "build-id", NULL),
		.flavour = "test",
		.status_code = word(w, "status", NULL),
		.status_text = "there is no such function",
		.module = word(w, "module", "m_00000000"),
		.vermagic = word(w, "vermagic", "1.0 "),
		.wire = TAPW_VERSION,
	};
	struct bundle_spec spec = {
		.name = word(w, "name", "test"),
		.version = strtoull(word(w, "bundle-version", "1"), NULL, 10),
		.created = strtoull(word(w, "created", "0"), NULL, 10),
		.not_before = strtoull(word(w, "not-before", "0"), NULL, 10),
		.not_after = strtoull(word(w, "not-after", "0"), NULL, 10),
		.audience = word(w, "audience", NULL),
		.builder = "mktap",
		.privilege = PRIV_STAPDEV,
		.script = &script,
		.nscripts = 1,
		.target = &t,
		.ntargets = 1,
	};
	struct buf module = BUF_INIT, b = BUF_INIT;
	int rc = fs_read(ko, &module, BUNDLE_KO_MAX, e);

	t.ko = module.p;
	t.ko_len = module.len;
	if (rc == 0)
		rc = bundle_write(&spec, s, &b, e);
	if (rc == 0)
		rc = fs_write_atomic(out, b.p, b.len, 0644, e);
	buf_deinit(&module);
	buf_deinit(&b);
	return rc;
}

static void add_member(struct buf *b, const char *name, const struct buf *text)
{
	uint8_t h[TAR_BLOCK];

	tar_header(h, name, text->len, 0);
	buf_add(b, h, sizeof(h));
	buf_add(b, text->p, text->len);
	buf_zero(b, tar_padded(text->len) - text->len);
}

static int resign(const struct signer *s, const char *in, const char *manifest,
		  const char *out, struct err *e)
{
	struct buf b = BUF_INIT, old = BUF_INIT, man = BUF_INIT, sig = BUF_INIT;
	uint64_t mlen = 0, slen = 0, mtime;
	size_t at = 0;
	int rc = fs_read(in, &old, BUNDLE_FILE_MAX, e);

	if (rc == 0)
		rc = fs_read(manifest, &man, BUNDLE_FILE_MAX, e);
	if (rc == 0 && tar_peek((uint8_t *)old.p, &mlen, &mtime)) {
		at = TAR_BLOCK + tar_padded(mlen);
		if (at + TAR_BLOCK < old.len &&
		    tar_peek((uint8_t *)old.p + at, &slen, &mtime))
			at += TAR_BLOCK + tar_padded(slen);
	}
	if (rc == 0 && (!slen || at > old.len))
		rc = err_set(e, ERR_FORMAT, "'%s' is not a bundle", in);
	if (rc == 0) {
		signer_line(s, man.p, man.len, &sig);
		add_member(&b, "tap-1/manifest", &man);
		add_member(&b, "tap-1/signatures", &sig);
		buf_add(&b, old.p + at, old.len - at);
		rc = fs_write_atomic(out, b.p, b.len, 0644, e);
	}
	buf_deinit(&b);
	buf_deinit(&old);
	buf_deinit(&man);
	buf_deinit(&sig);
	return rc;
}

static int put_ksig(const struct signer *s, char **argv, struct err *e)
{
	struct keyring *ring = xcalloc(1, sizeof(*ring));
	struct bundle *in = xmalloc(sizeof(*in));
	struct bundle_opts o = { .keys = ring };
	struct buf sig = BUF_INIT, out = BUF_INIT;
	struct bundle_target t[64];
	struct bundle_ksig k;
	struct bundle_spec spec;
	struct arena a;
	int rc = fs_read(argv[5], &sig, BUNDLE_KSIG_MAX, e);

	arena_init(&a);
	memcpy(ring->keys[0].pk, s->pk, sizeof(s->pk));
	sig_key_id(s->pk, ring->keys[0].id);
	ring->keys[0].roles = s->role;
	ring->nkeys = 1;
	if (rc == 0)
		rc = bundle_open_signed(in, argv[3], &o, e);
	if (rc == 0)
		rc = respec(&spec, in, &a, e);
	k = (struct bundle_ksig){ argv[6], sig.p, sig.len };
	for (size_t i = 0; rc == 0 && i < spec.ntargets && i < 64; i++) {
		t[i] = spec.target[i];
		t[i].ksig = &k;
		t[i].nksig = 1;
	}
	spec.target = t;
	if (rc == 0)
		rc = bundle_write(&spec, s, &out, e);
	if (rc == 0)
		rc = fs_write_atomic(argv[4], out.p, out.len, 0644, e);
	buf_deinit(&sig);
	buf_deinit(&out);
	arena_deinit(&a);
	free(ring);
	free(in);
	return rc;
}

int main(int argc, char **argv)
{
	struct words w = { argc - 5, argv + 5 };
	struct signer s;
	struct err e = { 0 };
	int rc;

	if (sodium_init() < 0 || argc < 5)
		return 2;
	rc = signer_load(&s, argv[2], &e);
	if (rc == 0 && !strcmp(argv[1], "make"))
		rc = make(&s, argv[3], argv[4], &w, &e);
	else if (rc == 0 && !strcmp(argv[1], "resign") && argc == 6)
		rc = resign(&s, argv[3], argv[4], argv[5], &e);
	else if (rc == 0 && !strcmp(argv[1], "ksig") && argc == 7)
		rc = put_ksig(&s, argv, &e);
	else if (rc == 0)
		return 2;
	return rc < 0 ? fail(&e) : 0;
}
