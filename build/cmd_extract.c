/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild extract: modules, sources and manifest out of a verified bundle. */
#include "build/base/arena.h"
#include "build/base/fs.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"
#include "bundle/tar.h"

#include <fnmatch.h>
#include <getopt.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                  \
	"extract [--keys DIR] [-r RELEASE]... [-C DIR] BUNDLE.tap\n\n"         \
	"Writes DIR/INDEX-RELEASE/MODULE.ko of each kernel that matches a\n"   \
	"RELEASE pattern (default: all), DIR/source/*.stp, DIR/manifest and\n" \
	"DIR/signatures.  DIR is the bundle's name unless given."

#define MAX_PATTERNS 64

struct extract {
	const char *keys, *dir, *bundle;
	const char *release[MAX_PATTERNS];
	unsigned int nreleases;
};

static bool parse_args(struct extract *x, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "keys", .value = &x->keys },
		{ "release", 'r', .value = x->release, .count = &x->nreleases,
		  .max = MAX_PATTERNS },
		{ "directory", 'C', .value = &x->dir },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc)
		return false;
	x->bundle = argv[optind];
	return true;
}

static bool is_wanted(const struct extract *x, const struct manifest_target *t)
{
	if (!t->is_ok)
		return false;
	for (unsigned int i = 0; i < x->nreleases; i++)
		if (!fnmatch(x->release[i], t->release, 0))
			return true;
	return !x->nreleases;
}

/*
 * Names come from the verified manifest; their characters were limited by its
 * parser, so that none can leave @dir.
 */
static int write_file(struct arena *a, const char *dir, const char *name,
		      const void *p, size_t n, struct err *e)
{
	char *path = arena_printf(a, "%s/%s", dir, name);
	char *slash = strrchr(path, '/');
	int r;

	*slash = '\0';
	r = fs_mkdirs(path, e);
	*slash = '/';
	return r ? r : fs_write_atomic(path, p, n, 0644, e);
}

static int write_module(struct extract *x, const struct bundle *b,
			const struct manifest_target *t, const uint8_t *raw,
			struct arena *a, struct err *e)
{
	char name[TAR_NAME_MAX + 1];
	uint8_t sha[32];

	crypto_hash_sha256(sha, raw + t->ko_offset, t->ko_size);
	if (memcmp(sha, t->ko_sha256, sizeof(sha)) != 0)
		return err_set(e, -BERR_KO_HASH,
			       "%s: module of %s has another digest than the "
			       "manifest",
			       b->name, t->release);
	manifest_ko_path(t, name, sizeof(name));
	printf("%s/%s\n", x->dir, name);
	return write_file(a, x->dir, name, raw + t->ko_offset, t->ko_size, e);
}

static int write_modules(struct extract *x, struct bundle *b, struct arena *a,
			 unsigned int *n, struct err *e)
{
	uint8_t *raw = NULL;
	uint32_t have = UINT32_MAX;
	int r = 0;

	for (uint32_t i = 0; !r && i < b->man.ntargets; i++) {
		const struct manifest_target *t = &b->man.targets[i];

		if (!is_wanted(x, t))
			continue;
		if (t->pack != have) {
			free(raw);
			raw = NULL;
			r = unpack_pack(b, t->pack, &raw, e);
			have = t->pack;
		}
		if (!r)
			r = write_module(x, b, t, raw, a, e);
		(*n)++;
	}
	free(raw);
	return r;
}

static int write_sources(struct extract *x, struct bundle *b, struct arena *a,
			 struct err *e)
{
	size_t len, off = 0;
	uint8_t *raw;
	int r = unpack_scripts(b, &raw, &len, e);

	for (uint32_t i = 0; !r && raw && i < b->man.nscripts; i++) {
		const struct manifest_script *s = &b->man.scripts[i];
		char *name = arena_printf(a, "source/%s", s->name);

		r = write_file(a, x->dir, name, raw + off + TAR_BLOCK, s->size,
			       e);
		printf("%s/%s\n", x->dir, name);
		off += TAR_BLOCK + (size_t)tar_padded(s->size);
	}
	free(raw);
	return r;
}

static int write_texts(struct extract *x, struct bundle *b, struct arena *a,
		       struct err *e)
{
	char *text;
	int r = unpack_manifest(b, &text, e);

	if (r < 0)
		return r;
	r = write_file(a, x->dir, "manifest", text, b->manifest_len, e);
	free(text);
	if (!r)
		r = write_file(a, x->dir, "signatures", b->signatures,
			       b->signatures_len, e);
	return r;
}

static int extract(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	struct extract *x = p;
	unsigned int n = 0;
	int r;

	if (!x->dir)
		x->dir = b->man.name;
	r = write_modules(x, b, a, &n, e);
	if (!r && !n && x->nreleases) {
		err_set(e, -BERR_NO_KERNEL, "%s: no module for '%s'", b->name,
			x->release[0]);
		return err_hint(e, "tapbuild info lists its kernels");
	}
	if (!r)
		r = write_sources(x, b, a, e);
	if (!r)
		r = write_texts(x, b, a, e);
	return r;
}

int cmd_extract(int argc, char **argv)
{
	struct extract x = { 0 };

	if (!parse_args(&x, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	return bundle_cmd_run(x.bundle, x.keys, extract, &x);
}
