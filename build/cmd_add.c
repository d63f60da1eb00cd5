/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild add: more kernels for a bundle, whose modules stay the bytes they are. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/cmd_again.h"
#include "build/cmd_bundle.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                       \
	"add -r RELEASE... [--version N] [--key FILE] [--keys DIR]\n"               \
	"       [-o OUT.tap] BUNDLE.tap\n\n"                                        \
	"Builds BUNDLE.tap for more kernels, from the script and the options\n"     \
	"that it holds: -r is a release, glob or kit id, as in a build.  What it\n" \
	"has stays as it is: a module that would change is an error.  Needs the\n"  \
	"kits of all its kernels.  The version rises by one, unless it is 0 or N\n" \
	"is given; FILE (default ~/.config/tap/build.key) signs, old signatures\n"  \
	"are dropped.  Without -o it is replaced."

#define RELEASES_MAX 64

/**
 * struct add - the old bundle and what is wanted
 * @path: the old one; @fresh: what was built, signed but not yet what it shall be
 */
struct add {
	const char *release[RELEASES_MAX];
	unsigned int nreleases;
	const char *version, *key, *keys, *out, *path, *fresh;
	struct arena a;
	struct bundle *b;
	struct again again;
	struct signer signer;
};

static bool parse_args(struct add *x, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "release", 'r', .value = x->release, .count = &x->nreleases,
		  .max = RELEASES_MAX },
		{ "version", .value = &x->version },
		{ "key", .value = &x->key },
		{ "keys", .value = &x->keys },
		{ "output", 'o', .value = &x->out },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc || !x->nreleases)
		return false;
	x->path = argv[optind];
	return true;
}

/* ---- the values of the head that a build does not set -------------------------------- */

static const char *number(struct arena *a, uint64_t n)
{
	return n ? arena_printf(a, "%" PRIu64, n) : "";
}

/* A host that ran version N takes no other content for it: POLICY.md, memory. */
static int choose_version(struct add *x, struct err *e)
{
	const uint64_t old = x->b->man.version;
	uint64_t n;

	if (!x->version)
		x->version =
			arena_printf(&x->a, "%" PRIu64,
				     old && old < UINT64_MAX ? old + 1 : old);
	if (!num_u64(x->version, UINT64_MAX, &n))
		return err_set(e, ERR_INVALID,
			       "--version wants a number, not '%s'",
			       x->version);
	if (n > old || !old)
		return 0;
	return err_set(e, ERR_INVALID,
		       "%s: version %" PRIu64 " is not lowered or kept as %s",
		       x->b->name, old, x->version);
}

static int sign_one(const void *x, const struct buf *manifest, struct buf *sigs,
		    struct err *e)
{
	return bundle_sign_more(x, manifest, sigs, e);
}

static int write_signed(struct add *x, struct err *e)
{
	const struct manifest *m = &x->b->man;
	const struct bundle_edit edit = {
		.version = x->version,
		.not_before = number(&x->a, m->not_before),
		.not_after = number(&x->a, m->not_after),
		.audience = m->audience ? m->audience : "",
	};
	struct buf in = BUF_INIT;
	int r = fs_read(x->fresh, &in, BUNDLE_FILE_MAX, e);

	if (!r)
		r = bundle_cmd_edit(&in, &edit, sign_one, &x->signer,
				    x->out ? x->out : x->path, e);
	buf_deinit(&in);
	return r;
}

/* ---- what was there stays ------------------------------------------------------------ */

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static const struct manifest_target *find(const struct manifest *m,
					  const struct manifest_target *t)
{
	for (uint32_t i = 0; i < m->ntargets; i++) {
		const struct manifest_target *u = &m->targets[i];

		if (!strcmp(u->machine, t->machine) &&
		    !strcmp(u->release, t->release) &&
		    !strcmp(u->version, t->version) &&
		    is_same(u->build_id, t->build_id))
			return u;
	}
	return NULL;
}

static int compare(const struct add *x, const struct bundle *now, struct err *e)
{
	const struct manifest *old = &x->b->man;

	for (uint32_t i = 0; i < old->ntargets; i++) {
		const struct manifest_target *t = &old->targets[i];
		const struct manifest_target *u = find(&now->man, t);

		if (u && u->is_ok == t->is_ok &&
		    (!t->is_ok || (!strcmp(u->module, t->module) &&
				   !memcmp(u->ko_sha256, t->ko_sha256,
					   sizeof(t->ko_sha256)))))
			continue;
		err_set(e, ERR_CORRUPT, "%s: the module of %s would change",
			x->b->name, t->release);
		return err_hint(e,
				"tapbuild rebuild %s shows what differs; "
				"with another tapbuild build it anew",
				x->path);
	}
	if (now->man.ntargets > old->ntargets)
		return 0;
	err_set(e, ERR_EXISTS, "%s: has all kernels that -r names", x->b->name);
	return err_hint(e,
			"tapbuild kit list shows the kits; a kernel that was "
			"built again needs a kit of that build: kit add");
}

/* ---- the command --------------------------------------------------------------------- */

static void report(const struct add *x, const struct bundle *now)
{
	const struct manifest *old = &x->b->man, *m = &now->man;

	printf("%s: %u kernels, version %s, signed as '%s'; as they were: %u\n",
	       x->out ? x->out : x->path, m->ntargets, x->version,
	       sig_role_name(x->signer.role), old->ntargets);
	for (uint32_t i = 0; i < m->ntargets; i++) {
		const struct manifest_target *t = &m->targets[i];

		if (!find(old, t))
			printf("  %s %s: %s\n", t->release, t->machine,
			       t->is_ok ? t->module : t->status_text);
	}
	if (old->nksigs)
		fprintf(stderr, "tapbuild: its kernel signatures are dropped: "
				"tapbuild sign --module-key makes them\n");
}

static int take(void *p, struct bundle *now, struct arena *a, struct err *e)
{
	struct add *x = p;
	int r = compare(x, now, e);

	(void)a;
	if (!r)
		r = write_signed(x, e);
	if (!r)
		report(x, now);
	return r;
}

static int finish(struct add *x, struct err *e)
{
	const char *public = arena_printf(&x->a, "%s/new.pub", x->again.dir);
	struct buf text = BUF_INIT;
	int r;

	signer_write_public(&x->signer, &text);
	r = fs_write_atomic(public, text.p, text.len, 0644, e);
	buf_deinit(&text);
	return r ? r : bundle_cmd_with(x->fresh, public, take, x, &x->a, e);
}

/* The build's own words: the key, and each -r. */
static int prepare(struct add *x, struct err *e)
{
	const char *more[2 * RELEASES_MAX + 2];
	size_t n = 0;
	int r = choose_version(x, e);

	if (!x->key)
		x->key = home_config(&x->a, "build.key");
	if (!r)
		r = signer_load(&x->signer, x->key, e);
	if (r < 0)
		return r;
	x->signer.signed_at = bundle_cmd_now();
	more[n++] = "--sign-key";
	more[n++] = x->key;
	for (unsigned int i = 0; i < x->nreleases; i++) {
		more[n++] = "-r";
		more[n++] = x->release[i];
	}
	r = again_make(&x->again, x->b, &x->a, NULL, more, n, e);
	if (!r)
		r = again_alone(&x->again, e);
	if (!r)
		again_time(&x->again);
	x->fresh = arena_printf(&x->a, "%s/new.tap", x->again.dir);
	return r;
}

static int add(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	struct add *x = p;
	int r;

	(void)a;
	x->b = b;
	r = prepare(x, e);
	if (!r)
		r = cmd_build((int)x->again.argv.n - 1, x->again.argv.v);
	return r ? r : finish(x, e);
}

int cmd_add(int argc, char **argv)
{
	struct add x = { 0 };
	struct err e = { 0 };
	int r;

	if (!parse_args(&x, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	arena_init(&x.a);
	r = bundle_cmd_with(x.path, x.keys, add, &x, &x.a, &e);
	if (r < 0)
		r = bundle_cmd_fail(&e);
	again_end(&x.again);
	signer_wipe(&x.signer);
	arena_deinit(&x.a);
	return r;
}
