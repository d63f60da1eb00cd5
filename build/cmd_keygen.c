/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild keygen: a key pair that signs bundles. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/pack/pubkey.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USAGE                                                                    \
	"keygen [--role release|build] [--comment TEXT] [-o PREFIX]\n"           \
	"       tapbuild keygen --public FILE [--role ...] [-o PREFIX]\n\n"      \
	"Writes PREFIX.key (secret, mode 0600) and PREFIX.pub; the default\n"    \
	"PREFIX is ~/.config/tap/build, where a build looks for its key.\n\n"    \
	"--public: only PREFIX.pub, of an Ed25519 key that is elsewhere (PEM,\n" \
	"as `openssl pkey -pubout` writes it)."

struct keygen {
	enum sig_role role;
	const char *comment, *prefix, *public; /* @public: PEM, or NULL */
};

static bool parse_args(struct keygen *k, int argc, char **argv)
{
	const char *role = NULL;
	const struct bundle_opt opt[] = {
		{ "role", .value = &role },
		{ "comment", .value = &k->comment },
		{ "output", 'o', .value = &k->prefix },
		{ "public", .value = &k->public },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)))
		return false;
	if (role) {
		k->role = !strcmp(role, "build") ? SIG_BUILD : SIG_RELEASE;
		if (strcmp(role, sig_role_name(k->role)) != 0)
			return false;
	}
	return optind == argc;
}

static int refuse_overwrite(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return 0;
	err_set(e, ERR_EXISTS, "key '%s' exists; it is not overwritten", path);
	return err_hint(e, "bundles signed with it need it: keep it, or choose "
			   "another name with -o");
}

static int make_parent(struct arena *a, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return 0;
	return fs_mkdirs(arena_strndup(a, path, (size_t)(slash - path)), e);
}

static int write_public(struct arena *a, const struct signer *s,
			const char *public, struct err *e)
{
	struct buf text = BUF_INIT;
	int r = make_parent(a, public, e);

	if (!r)
		r = refuse_overwrite(public, e);
	signer_write_public(s, &text);
	if (!r)
		r = fs_write_atomic(public, text.p, text.len, 0644, e);
	buf_deinit(&text);
	return r;
}

static int write_keys(struct arena *a, const struct signer *s,
		      const char *secret, const char *public, struct err *e)
{
	struct buf text = BUF_INIT;
	int r = make_parent(a, secret, e);

	if (!r)
		r = refuse_overwrite(secret, e);
	if (!r)
		r = refuse_overwrite(public, e);
	if (!r) {
		signer_write_secret(s, &text);
		r = fs_write_atomic(secret, text.p, text.len, 0600, e);
	}
	explicit_bzero(text.p, text.len);
	buf_deinit(&text);
	if (!r) {
		r = write_public(a, s, public, e);
		if (r < 0)
			unlink(secret);
	}
	return r;
}

static void say(const struct signer *s, const char *secret, const char *public)
{
	char id[2 * SIG_KEYID_BYTES + 1];
	uint8_t idb[SIG_KEYID_BYTES];

	sig_key_id(s->pk, idb);
	hex_text(idb, sizeof(idb), id);
	if (secret)
		printf("secret key  %s (stays here)\n", secret);
	printf("public key  %s (copy to " KEYRING_DEFAULT_DIR " of each host)\n"
	       "role        %s\nkey id      %s\n",
	       public, sig_role_name(s->role), id);
}

/* The host's file of a key that somebody else keeps. */
static int import(const struct keygen *k, struct arena *a, struct err *e)
{
	const char *public = arena_printf(a, "%s.pub", k->prefix);
	struct signer s;
	int r = signer_generate(&s, k->role, k->comment, e);

	if (!r)
		r = pubkey_load(k->public, s.pk, e);
	if (!r)
		r = write_public(a, &s, public, e);
	if (!r)
		say(&s, NULL, public);
	signer_wipe(&s);
	return r;
}

static int generate(const struct keygen *k, struct arena *a, struct err *e)
{
	const char *secret = arena_printf(a, "%s.key", k->prefix);
	const char *public = arena_printf(a, "%s.pub", k->prefix);
	struct signer s;
	int r = signer_generate(&s, k->role, k->comment, e);

	if (!r)
		r = write_keys(a, &s, secret, public, e);
	if (!r)
		say(&s, secret, public);
	signer_wipe(&s);
	return r;
}

int cmd_keygen(int argc, char **argv)
{
	struct keygen k = { .role = SIG_RELEASE };
	struct err e = { 0 };
	struct arena a;
	int r;

	if (!parse_args(&k, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	arena_init(&a);
	if (!k.prefix)
		k.prefix = home_config(&a, "build");
	r = k.public ? import(&k, &a, &e) : generate(&k, &a, &e);
	r = r < 0 ? bundle_cmd_fail(&e) : EXIT_DONE;
	arena_deinit(&a);
	return r;
}
