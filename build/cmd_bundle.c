/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys, opening and complaints of the commands about finished bundles. */
#include "build/cmd_bundle.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/tar.h"

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define FIRST_OPT 256 /* values of options without a letter */

static int exit_code_of(int code)
{
	switch (-code) {
	case BERR_NO_SIGNATURE:
	case BERR_THRESHOLD:
	case BERR_REVOKED:
	case BERR_KEY_SCOPE:
	case BERR_PACK_HASH:
	case BERR_KO_HASH:
	case BERR_BAD_KSIG:
		return EXIT_SIGNATURE;
	case BERR_CONFIG:
	case BERR_INTERNAL:
		return EXIT_ENVIRONMENT;
	}
	if (*bundle_reason_name(code))
		return EXIT_REFUSED;
	return code == ERR_INVALID ? EXIT_USAGE : EXIT_ENVIRONMENT;
}

int bundle_cmd_fail(const struct err *e)
{
	const char *name = bundle_reason_name(e->code);
	const char *hint = e->hint[0] ? e->hint : bundle_reason_hint(e->code);

	fprintf(stderr, "tapbuild: %s%s%s%s\n", e->text, *name ? " [" : "",
		name, *name ? "]" : "");
	if (*hint)
		fprintf(stderr, "hint: %s\n", hint);
	return exit_code_of(e->code);
}

int bundle_cmd_usage(int argc, char **argv, const char *text)
{
	bool is_asked = cmd_wants_help(argc, argv);

	fprintf(is_asked ? stdout : stderr, "usage: tapbuild %s\n", text);
	return is_asked ? EXIT_DONE : EXIT_USAGE;
}

bool bundle_cmd_args(int argc, char **argv, const struct bundle_opt *opt,
		     size_t n)
{
	struct option longs[BUNDLE_OPTS_MAX + 1] = { 0 };
	char shorts[2 * BUNDLE_OPTS_MAX + 1] = "";
	size_t at = 0, i;
	int c;

	for (i = 0; i < n; i++) {
		int takes = opt[i].flag ? no_argument : required_argument;

		longs[i] = (struct option){ opt[i].name, takes, NULL,
					    (int)(FIRST_OPT + i) };
		if (!opt[i].letter)
			continue;
		shorts[at++] = opt[i].letter;
		if (!opt[i].flag)
			shorts[at++] = ':';
		longs[i].val = (unsigned char)opt[i].letter;
	}
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) >= 0) {
		for (i = 0; i < n && longs[i].val != c; i++)
			;
		if (i == n || (opt[i].count && *opt[i].count == opt[i].max))
			return false;
		if (opt[i].flag)
			*opt[i].flag = true;
		else
			opt[i].value[opt[i].count ? (*opt[i].count)++ : 0] =
				optarg;
	}
	return true;
}

static int load_named(struct keyring *ring, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_sys(e, "cannot use keys '%s'", path);
	if (S_ISDIR(st.st_mode))
		return keyring_load_dir(ring, path, e);
	return keyring_load_file(ring, path, e);
}

int bundle_cmd_trust(struct keyring *ring, const char *keys, struct arena *a,
		     struct err *e)
{
	const char *own = home_config(a, "build.pub");
	int r = 0;

	if (keys)
		r = load_named(ring, keys, e);
	else if (fs_exists(KEYRING_DEFAULT_DIR))
		r = keyring_load_dir(ring, KEYRING_DEFAULT_DIR, e);
	if (!r && !keys && fs_exists(own)) {
		struct keyring *one = xcalloc(1, sizeof(*one));

		/* it may lie in the system's directory too */
		r = keyring_load_file(one, own, e);
		for (unsigned int i = 0; !r && i < ring->nkeys; i++)
			if (!memcmp(ring->keys[i].id, one->keys[0].id,
				    SIG_KEYID_BYTES))
				one->nkeys = 0;
		if (!r && one->nkeys && ring->nkeys < BUNDLE_KEYS_MAX)
			ring->keys[ring->nkeys++] = one->keys[0];
		free(one);
	}
	if (r || ring->nkeys)
		return r;
	err_set(e, ERR_NOT_FOUND, "no public key to check bundles with in %s",
		keys ? keys : "'" KEYRING_DEFAULT_DIR "' or the user's config");
	return err_hint(e, "tapbuild keygen makes a key pair; --keys DIR names "
			   "the keys of others");
}

static int open_checked(struct bundle *b, struct keyring *ring,
			const char *path, const char *keys, struct arena *a,
			struct err *e)
{
	struct bundle_opts o = { .keys = ring, .now = bundle_cmd_now() };
	int r = bundle_cmd_trust(ring, keys, a, e);

	if (!r)
		r = bundle_open_signed(b, path, &o, e);
	if (!r) {
		r = bundle_check_rest(b, e);
		if (r < 0)
			bundle_close(b);
	}
	return r;
}

int bundle_cmd_with(const char *path, const char *keys, bundle_user *use,
		    void *x, struct arena *a, struct err *e)
{
	struct keyring *ring = xcalloc(1, sizeof(*ring));
	struct bundle *b = xmalloc(sizeof(*b));
	int r = open_checked(b, ring, path, keys, a, e);

	if (!r) {
		r = use(x, b, a, e);
		bundle_close(b);
	}
	free(ring);
	free(b);
	return r;
}

int bundle_cmd_run(const char *path, const char *keys, bundle_user *use,
		   void *x)
{
	struct err e = { 0 };
	struct arena a;
	int r;

	arena_init(&a);
	r = bundle_cmd_with(path, keys, use, x, &a, &e);
	if (r < 0)
		r = bundle_cmd_fail(&e);
	arena_deinit(&a);
	return r;
}

int bundle_cmd_reread(const struct bundle *b, const char *path, struct buf *ret,
		      struct err *e)
{
	uint8_t sha[32];
	int r = fs_read(path, ret, BUNDLE_FILE_MAX, e);

	if (r < 0)
		return r;
	if (ret->len == b->size) {
		crypto_hash_sha256(sha, (const uint8_t *)ret->p + TAR_BLOCK,
				   b->manifest_len);
		if (!memcmp(sha, b->manifest_sha256, sizeof(sha)))
			return 0;
	}
	return err_set(e, -BERR_TRUNCATED, "%s: changed while it was read",
		       b->name);
}

/* ---- time ---------------------------------------------------------------- */

int bundle_cmd_edit(const struct buf *in, const struct bundle_edit *edit,
		    bundle_signing *sign, const void *x, const char *out,
		    struct err *e)
{
	struct buf manifest = BUF_INIT, sigs = BUF_INIT, file = BUF_INIT;
	struct bundle_front f = { 0 };
	int r = bundle_front(in->p, in->len, &f, e);

	if (!r) {
		bundle_edit(f.manifest, f.manifest_len, edit, &manifest);
		r = sign(x, &manifest, &sigs, e);
	}
	if (!r)
		r = bundle_set_front(in->p, in->len, &manifest, &sigs, &file,
				     e);
	if (!r)
		r = fs_write_atomic(out, file.p, file.len, 0644, e);
	buf_deinit(&manifest);
	buf_deinit(&sigs);
	buf_deinit(&file);
	return r;
}

void bundle_cmd_time(uint64_t t, char out[40])
{
	time_t tt = (time_t)t;
	struct tm tm;

	if (!gmtime_r(&tt, &tm) ||
	    !strftime(out, 40, "%Y-%m-%d %H:%M:%S UTC", &tm))
		snprintf(out, 40, "%llu", (unsigned long long)t);
}

uint64_t bundle_cmd_now(void)
{
	const char *sde = getenv("SOURCE_DATE_EPOCH");
	uint64_t t;

	if (sde && num_u64(sde, INT64_MAX, &t))
		return t;
	return (uint64_t)time(NULL);
}
