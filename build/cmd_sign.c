/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild sign: one signature more; packs and manifest stay the same bytes. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "bundle/base/err.h"
#include "bundle/tar.h"

#include <getopt.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                   \
	"sign [--key FILE] [--keys DIR] [-o OUT.tap] BUNDLE.tap\n\n"            \
	"Adds a signature by the secret key FILE (default\n"                    \
	"~/.config/tap/build.key).  The bundle must have a good signature by\n" \
	"a key in DIR already.  Without -o it is replaced."

struct sign {
	const char *key, *keys, *out, *bundle;
};

static bool parse_args(struct sign *s, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "key", .value = &s->key },
		{ "keys", .value = &s->keys },
		{ "output", 'o', .value = &s->out },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc)
		return false;
	s->bundle = argv[optind];
	return true;
}

static int add_signature(struct bundle *b, const struct signer *signer,
			 const struct sign *s, struct err *e)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	int r = bundle_cmd_reread(b, s->bundle, &in, e);

	if (!r)
		r = bundle_add_signature(in.p, in.len, signer, &out, e);
	if (!r)
		r = fs_write_atomic(s->out ? s->out : s->bundle, out.p, out.len,
				    0644, e);
	buf_deinit(&in);
	buf_deinit(&out);
	return r;
}

int cmd_sign(int argc, char **argv)
{
	struct keyring *ring = xcalloc(1, sizeof(*ring));
	struct bundle *b = xmalloc(sizeof(*b));
	struct signer signer;
	struct sign s = { 0 };
	struct err e = { 0 };
	struct arena a;
	int r;

	arena_init(&a);
	if (!parse_args(&s, argc, argv)) {
		r = bundle_cmd_usage(argc, argv, USAGE);
		goto out;
	}
	if (!s.key)
		s.key = home_config(&a, "build.key");
	r = signer_load(&signer, s.key, &e);
	if (!r) {
		signer.signed_at = bundle_cmd_now();
		r = bundle_cmd_open(b, ring, s.bundle, s.keys, &a, &e);
	}
	if (!r) {
		r = add_signature(b, &signer, &s, &e);
		bundle_close(b);
	}
	if (!r)
		printf("%s: signed as '%s'\n", s.out ? s.out : s.bundle,
		       sig_role_name(signer.role));
	signer_wipe(&signer);
	r = r < 0 ? bundle_cmd_fail(&e) : EXIT_DONE;
out:
	arena_deinit(&a);
	free(ring);
	free(b);
	return r;
}
