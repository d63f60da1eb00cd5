/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild sign: one signature more, or kernel signatures and a new one. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/cmd_rewrite.h"
#include "build/pack/ksig_set.h"
#include "bundle/base/err.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define USAGE                                                                       \
	"sign [--key FILE] [--keys DIR] [-o OUT.tap] BUNDLE.tap\n"                  \
	"       tapbuild sign --module-key FILE [--module-cert FILE]...\n"          \
	"       [--module-hash HASH] [--key FILE] [--keys DIR] [-o OUT.tap]\n"      \
	"       BUNDLE.tap\n\n"                                                     \
	"Adds a signature by the secret key FILE (default\n"                        \
	"~/.config/tap/build.key).  The bundle must have a good signature by\n"     \
	"a key in DIR already.  Without -o it is replaced.\n\n"                     \
	"--module-key signs every module for the kernel (PEM key; --module-cert:\n" \
	"its certificate, PEM or DER; both can be given several times, in the\n"    \
	"same order).  That changes the manifest: all old signatures of the\n"      \
	"bundle are dropped, and --key signs it anew."

struct sign {
	const char *key, *keys, *out, *bundle;
	const char *module_key[BUNDLE_TARGET_KSIGS_MAX];
	const char *module_cert[BUNDLE_TARGET_KSIGS_MAX];
	const char *module_hash;
	unsigned int nkeys, ncerts;
};

static bool parse_args(struct sign *s, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "key", .value = &s->key },
		{ "keys", .value = &s->keys },
		{ "output", 'o', .value = &s->out },
		{ "module-key", .value = s->module_key, .count = &s->nkeys,
		  .max = BUNDLE_TARGET_KSIGS_MAX },
		{ "module-cert", .value = s->module_cert, .count = &s->ncerts,
		  .max = BUNDLE_TARGET_KSIGS_MAX },
		{ "module-hash", .value = &s->module_hash },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc || (!s->nkeys && (s->ncerts || s->module_hash)))
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

static int add_one(struct bundle *b, const struct signer *signer,
		   const struct sign *s, struct err *e)
{
	int r = add_signature(b, signer, s, e);

	if (!r)
		printf("%s: signed as '%s'\n", s->out ? s->out : s->bundle,
		       sig_role_name(signer->role));
	return r;
}

/* Kernel signatures change what is signed: the bundle is written anew. */
static int sign_modules(struct bundle *b, const struct signer *signer,
			const struct sign *s, struct arena *a, struct err *e)
{
	const struct ksig_files f = { s->module_key, s->module_cert, s->nkeys,
				      s->ncerts, s->module_hash };
	struct bundle_spec spec = { 0 };
	struct bundle_target *t;
	struct ksig_set set;
	int r = ksig_set_load(&set, &f, e);

	if (!r)
		r = rewrite_begin(&spec, &t, b, a, e);
	if (!r)
		r = ksig_set_sign(&set, t, spec.ntargets, a, e);
	if (!r)
		r = rewrite_end(&spec, b, signer, s->out ? s->out : s->bundle,
				e);
	ksig_set_free(&set);
	return r;
}

static int sign(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	const struct sign *s = p;
	struct signer signer;
	int r = signer_load(&signer,
			    s->key ? s->key : home_config(a, "build.key"), e);

	signer.signed_at = bundle_cmd_now();
	if (!r)
		r = s->nkeys ? sign_modules(b, &signer, s, a, e)
			     : add_one(b, &signer, s, e);
	signer_wipe(&signer);
	return r;
}

int cmd_sign(int argc, char **argv)
{
	struct sign s = { 0 };

	if (!parse_args(&s, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	return bundle_cmd_run(s.bundle, s.keys, sign, &s);
}
