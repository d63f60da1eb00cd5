/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild attach: signatures that were made elsewhere, checked and put in. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/cmd_rewrite.h"
#include "build/pack/ksig.h"
#include "build/pack/ksig_set.h"
#include "build/pack/pubkey.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                      \
	"attach --module-cert CERT... [--key FILE] [--keys DIR] [-o OUT.tap]\n"    \
	"       BUNDLE.tap FILE...\n"                                              \
	"       tapbuild attach --message FILE --signature FILE --public FILE\n"   \
	"       [--keys DIR] [-o OUT.tap] BUNDLE.tap\n\n"                          \
	"Puts in what was signed elsewhere (tapbuild tbs), after checking it.\n\n" \
	"FILE: MODULE.ko.p7s, a detached PKCS#7 kernel signature, or MODULE.ko\n"  \
	"as sign-file signs it; by the key of one of the certificates (PEM or\n"   \
	"DER).  That changes the manifest: all old signatures of the bundle are\n" \
	"dropped, and --key (default ~/.config/tap/build.key) signs it anew.\n\n"  \
	"--signature: the 64 bytes of an Ed25519 signature of the message that\n"  \
	"tbs wrote; --public: its key, PEM or NAME.pub.  One signature more."

#define CERTS_MAX 16

struct attach {
	const char *keys, *key, *out, *bundle;
	const char *cert[CERTS_MAX];
	unsigned int ncerts;
	const char *message, *signature, *public;
	char **file;
	int nfiles;
};

static bool parse_args(struct attach *x, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "keys", .value = &x->keys },
		{ "key", .value = &x->key },
		{ "output", 'o', .value = &x->out },
		{ "module-cert", .value = x->cert, .count = &x->ncerts,
		  .max = CERTS_MAX },
		{ "message", .value = &x->message },
		{ "signature", .value = &x->signature },
		{ "public", .value = &x->public },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind >= argc)
		return false;
	x->bundle = argv[optind];
	x->file = argv + optind + 1;
	x->nfiles = argc - optind - 1;
	if (x->message || x->signature || x->public)
		return x->message && x->signature && x->public && !x->ncerts &&
		       !x->key && !x->nfiles;
	return x->ncerts && x->nfiles;
}

static const char *out_path(const struct attach *x)
{
	return x->out ? x->out : x->bundle;
}

/* ---- kernel signatures --------------------------------------------------- */

struct ksigs {
	const struct ksig_certs *certs;
	struct bundle_spec *spec;
	struct bundle_target *t;
	struct arena *a;
};

/* "DIR/MODULE.ko.p7s": module names are unique in a bundle. */
static struct bundle_target *find_by_name(struct ksigs *k, const char *path)
{
	const char *slash = strrchr(path, '/'),
		   *name = slash ? slash + 1 : path;
	size_t n = strcspn(name, ".");

	for (size_t i = 0; i < k->spec->ntargets; i++)
		if (!k->t[i].status_code && strlen(k->t[i].module) == n &&
		    !strncmp(k->t[i].module, name, n))
			return &k->t[i];
	return NULL;
}

static struct bundle_target *find_by_content(struct ksigs *k, const void *ko,
					     size_t n)
{
	for (size_t i = 0; i < k->spec->ntargets; i++)
		if (!k->t[i].status_code && k->t[i].ko_len == n &&
		    !memcmp(k->t[i].ko, ko, n))
			return &k->t[i];
	return NULL;
}

static bool is_p7s(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && !strcmp(path + n - 4, ".p7s");
}

static int add_ksig(struct ksigs *k, struct bundle_target *t, const void *sig,
		    size_t len, struct err *e)
{
	char skid[KSIG_SKID_MAX];
	int r = ksig_verify(k->certs, sig, len, t->ko, t->ko_len, skid, e);

	return r ? r : ksig_set_add(t, skid, sig, len, k->a, e);
}

static int add_file(struct ksigs *k, const char *path, const struct buf *file,
		    struct err *e)
{
	size_t ko_len = 0, sig_len = file->len;
	struct bundle_target *t;
	int r;

	if (is_p7s(path)) {
		t = find_by_name(k, path);
		if (t)
			return add_ksig(k, t, file->p, file->len, e);
		err_set(e, -BERR_BAD_KSIG, "no module of that name is inside");
		return err_hint(e, "MODULE.ko.p7s: tapbuild info lists them");
	}
	r = ksig_split(file->p, file->len, &ko_len, &sig_len, e);
	if (r < 0)
		return r;
	if (!sig_len)
		return err_set(e, -BERR_BAD_KSIG, "it has no kernel signature");
	t = find_by_content(k, file->p, ko_len);
	if (!t)
		return err_set(
			e, -BERR_BAD_KSIG,
			"it is no module of this bundle, or was changed");
	return add_ksig(k, t, file->p + ko_len, sig_len, e);
}

static int add_files(const struct attach *x, struct ksigs *k, struct err *e)
{
	struct buf file = BUF_INIT;
	int r = 0;

	for (int i = 0; !r && i < x->nfiles; i++) {
		buf_reset(&file);
		r = fs_read(x->file[i], &file, BUNDLE_KO_MAX + BUNDLE_KSIG_MAX,
			    e);
		if (r < 0)
			break;
		r = add_file(k, x->file[i], &file, e);
		if (r < 0)
			err_prefix(e, "%s", x->file[i]);
	}
	buf_deinit(&file);
	return r;
}

static int attach_ksigs(const struct attach *x, struct bundle *b,
			struct arena *a, struct err *e)
{
	struct ksig_certs *certs = ksig_certs_new();
	struct bundle_spec spec;
	struct ksigs k = { certs, &spec, NULL, a };
	struct signer signer;
	int r = signer_load(&signer,
			    x->key ? x->key : home_config(a, "build.key"), e);

	signer.signed_at = bundle_cmd_now();
	for (unsigned int i = 0; !r && i < x->ncerts; i++)
		r = ksig_certs_add(certs, x->cert[i], e);
	if (!r)
		r = rewrite_begin(&spec, &k.t, b, a, e);
	if (!r)
		r = add_files(x, &k, e);
	if (!r)
		r = rewrite_end(&spec, b, &signer, out_path(x), e);
	signer_wipe(&signer);
	ksig_certs_free(certs);
	return r;
}

/* ---- the bundle's signature ---------------------------------------------- */

/* Role and time stand in the message; all of it must be what is signed here. */
static int read_message(const struct attach *x, struct bundle *b,
			struct made_signature *m, struct err *e)
{
	static const enum sig_role roles[] = { SIG_RELEASE, SIG_BUILD };
	uint8_t head[SIG_HEADER_MAX];
	struct buf msg = BUF_INIT;
	bool is_same = false;
	char *text;
	int r = unpack_manifest(b, &text, e);

	if (r < 0)
		return r;
	r = fs_read(x->message, &msg, SIG_HEADER_MAX + BUNDLE_MANIFEST_MAX, e);
	for (size_t i = 0; !r && !is_same && i < 2; i++) {
		size_t n = sig_header(roles[i], 0, b->manifest_len, head);

		if (msg.len != n + b->manifest_len)
			continue;
		/* the header ends with time and length, 8 bytes each */
		m->role = roles[i];
		m->signed_at = 0;
		for (size_t k = 8; k--;)
			m->signed_at =
				m->signed_at << 8 | (uint8_t)msg.p[n - 16 + k];
		sig_header(m->role, m->signed_at, b->manifest_len, head);
		is_same = !memcmp(head, msg.p, n) &&
			  !memcmp(text, msg.p + n, b->manifest_len);
	}
	if (!r && !is_same) {
		r = err_set(e, -BERR_NO_SIGNATURE,
			    "%s: it is not the message of this bundle",
			    x->message);
		err_hint(e, "kernel signatures change it: tapbuild tbs again");
	}
	buf_deinit(&msg);
	free(text);
	return r;
}

static int read_signature(const struct attach *x, struct made_signature *m,
			  struct err *e)
{
	struct buf sig = BUF_INIT;
	int r = fs_read(x->signature, &sig, BUNDLE_KEY_FILE_MAX, e);

	if (!r && sig.len != sizeof(m->sig))
		r = err_set(e, -BERR_NO_SIGNATURE,
			    "%s: %zu bytes; an Ed25519 signature has %zu",
			    x->signature, sig.len, sizeof(m->sig));
	if (!r)
		memcpy(m->sig, sig.p, sizeof(m->sig));
	buf_deinit(&sig);
	return r;
}

static int attach_signature(const struct attach *x, struct bundle *b,
			    struct err *e)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	struct made_signature m = { 0 };
	int r = read_message(x, b, &m, e);

	if (!r)
		r = read_signature(x, &m, e);
	if (!r)
		r = pubkey_load(x->public, m.pk, e);
	if (!r)
		r = fs_read(x->bundle, &in, BUNDLE_FILE_MAX, e);
	if (!r) {
		r = bundle_add_made(in.p, in.len, &m, &out, e);
		if (r == -BERR_NO_SIGNATURE)
			err_prefix(e, "%s", x->signature);
	}
	if (!r)
		r = fs_write_atomic(out_path(x), out.p, out.len, 0644, e);
	if (!r)
		printf("%s: signed as '%s' at %llu by %s\n", out_path(x),
		       sig_role_name(m.role), (unsigned long long)m.signed_at,
		       x->public);
	buf_deinit(&in);
	buf_deinit(&out);
	return r;
}

static int attach(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	const struct attach *x = p;

	return x->message ? attach_signature(x, b, e)
			  : attach_ksigs(x, b, a, e);
}

int cmd_attach(int argc, char **argv)
{
	struct attach x = { 0 };

	if (!parse_args(&x, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	return bundle_cmd_run(x.bundle, x.keys, attach, &x);
}
