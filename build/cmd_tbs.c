/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild tbs: what is to be signed, for keys that are elsewhere. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/pack/respec.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                     \
	"tbs [--keys DIR] [--role release|build] [--signed-at T] -o DIR\n"        \
	"       BUNDLE.tap\n\n"                                                   \
	"Writes what is to be signed, for keys that never come here:\n"           \
	"DIR/MODULE.ko of each kernel, unsigned, for kernel signatures (before\n" \
	"all else: they change the bundle), and DIR/message, the exact bytes\n"   \
	"that an Ed25519 key signs as ROLE (release) at T (unix seconds; now).\n" \
	"tapbuild attach takes what comes back."

struct tbs {
	const char *keys, *dir, *bundle;
	enum sig_role role;
	uint64_t signed_at;
};

static bool parse_args(struct tbs *t, int argc, char **argv)
{
	const char *role = "release", *at = NULL;
	const struct bundle_opt opt[] = {
		{ "keys", .value = &t->keys },
		{ "output", 'o', .value = &t->dir },
		{ "role", .value = &role },
		{ "signed-at", .value = &at },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc || !t->dir)
		return false;
	t->bundle = argv[optind];
	t->role = !strcmp(role, "build") ? SIG_BUILD : SIG_RELEASE;
	t->signed_at = bundle_cmd_now();
	return !strcmp(role, sig_role_name(t->role)) &&
	       (!at || num_u64(at, INT64_MAX, &t->signed_at));
}

static int write_modules(const struct tbs *x, const struct bundle_spec *spec,
			 struct arena *a, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < spec->ntargets; i++) {
		const struct bundle_target *t = &spec->target[i];
		int r;

		if (t->status_code)
			continue;
		r = fs_write_atomic(
			arena_printf(a, "%s/%s.ko", x->dir, t->module), t->ko,
			t->ko_len, 0644, e);
		if (r < 0)
			return r;
		printf("%s/%s.ko  %s%s\n", x->dir, t->module, t->release,
		       t->nksig ? " (has a kernel signature)" : "");
		n++;
	}
	if (n)
		printf("\nfor each MODULE.ko, by the kernel's tool or openssl:\n"
		       "  sign-file -d sha256 KEY CERT MODULE.ko\n"
		       "  openssl cms -sign -binary -noattr -nocerts -md sha256 "
		       "-outform DER -inkey KEY\n"
		       "    -signer CERT -in MODULE.ko -out MODULE.ko.p7s\n"
		       "then: tapbuild attach --module-cert CERT %s "
		       "%s/*.ko.p7s\n\n",
		       x->bundle, x->dir);
	return 0;
}

static int write_message(const struct tbs *x, struct bundle *b, struct arena *a,
			 struct err *e)
{
	const char *path = arena_printf(a, "%s/message", x->dir);
	uint8_t head[SIG_HEADER_MAX];
	struct buf msg = BUF_INIT;
	char *text;
	int r = unpack_manifest(b, &text, e);

	if (r < 0)
		return r;
	buf_add(&msg, head,
		sig_header(x->role, x->signed_at, b->manifest_len, head));
	buf_add(&msg, text, b->manifest_len);
	free(text);
	r = fs_write_atomic(path, msg.p, msg.len, 0644, e);
	buf_deinit(&msg);
	if (!r)
		printf("%s  for Ed25519, as '%s' at %llu\n\n"
		       "  openssl pkeyutl -sign -rawin -inkey KEY -in %s -out "
		       "%s.sig\n"
		       "  pkcs11-tool --sign --mechanism EDDSA --id ID -i %s -o "
		       "%s.sig\n"
		       "then: tapbuild attach --message %s --signature %s.sig "
		       "--public KEY.pub %s\n",
		       path, sig_role_name(x->role),
		       (unsigned long long)x->signed_at, path, path, path, path,
		       path, path, x->bundle);
	return r;
}

static int tbs(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	const struct tbs *x = p;
	struct bundle_spec spec;
	int r = respec(&spec, b, a, e);

	if (!r)
		r = fs_mkdirs(x->dir, e);
	if (!r)
		r = write_modules(x, &spec, a, e);
	return r ? r : write_message(x, b, a, e);
}

int cmd_tbs(int argc, char **argv)
{
	struct tbs x = { 0 };

	if (!parse_args(&x, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	return bundle_cmd_run(x.bundle, x.keys, tbs, &x);
}
