/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild verify: every signature, digest, module and source of a bundle. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/json.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/cmd_bundle_json.h"
#include "build/pack/ko_ident.h"
#include "build/pack/ksig.h"
#include "build/pack/ksig_set.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/tar.h"

#include <getopt.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                    \
	"verify [--keys DIR] [--fleet NAME] [--need-release N]\n"                \
	"       [--need-build N] [--module-cert FILE]... [-q | --json]\n"        \
	"       BUNDLE.tap...\n\n"                                               \
	"Checks all that a host of fleet NAME checks (without --fleet: of the\n" \
	"fleet the bundle is for), and unpacks every module and source.\n"       \
	"--json: one object a line and bundle, bundle/FORMAT.md section 10.\n"   \
	"--module-cert: every module must have a good kernel signature by the\n" \
	"key of one of these certificates (PEM or DER)."

#define CERTS_MAX 16

struct verify {
	const char *keys, *fleet;
	unsigned int need_release, need_build;
	const char *cert[CERTS_MAX];
	unsigned int ncerts;
	struct ksig_certs *certs; /* of @cert; NULL = none are given */
	bool is_quiet, is_json;
};

/* No @s: it stays as it is. */
static bool parse_count(const char *s, unsigned int *ret)
{
	uint64_t n;

	if (!s)
		return true;
	if (!num_u64(s, BUNDLE_KEYS_MAX, &n))
		return false;
	*ret = (unsigned int)n;
	return true;
}

static bool parse_args(struct verify *v, int argc, char **argv)
{
	const char *release = NULL, *build = NULL;
	const struct bundle_opt opt[] = {
		{ "keys", .value = &v->keys },
		{ "fleet", .value = &v->fleet },
		{ "need-release", .value = &release },
		{ "need-build", .value = &build },
		{ "module-cert", .value = v->cert, .count = &v->ncerts,
		  .max = CERTS_MAX },
		{ "quiet", 'q', .flag = &v->is_quiet },
		{ "json", .flag = &v->is_json },
	};

	return bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) &&
	       parse_count(release, &v->need_release) &&
	       parse_count(build, &v->need_build) && optind < argc;
}

/* Digest, tar header and what the module says about itself. */
static int check_module(const struct verify *v, struct bundle *b,
			const struct manifest_target *t, const uint8_t *raw,
			struct err *e)
{
	int r;
	uint8_t want[TAR_BLOCK], sha[32];
	char name[TAR_NAME_MAX + 1];
	const uint8_t *ko = raw + t->ko_offset;
	size_t pad = (size_t)(tar_padded(t->ko_size) - t->ko_size);

	manifest_ko_path(t, name, sizeof(name));
	if (!tar_header(want, name, t->ko_size, b->mtime) ||
	    tar_differs(ko - TAR_BLOCK, want) >= 0 ||
	    !tar_is_zero(ko + t->ko_size, pad))
		return err_set(e, -BERR_CONTAINER,
			       "%s: '%s' is not as the manifest says", b->name,
			       name);
	crypto_hash_sha256(sha, ko, t->ko_size);
	if (memcmp(sha, t->ko_sha256, sizeof(sha)) != 0)
		return err_set(e, -BERR_KO_HASH,
			       "%s: module of %s has another digest than the "
			       "manifest",
			       b->name, t->release);
	r = ko_ident_check(t, ko, (size_t)t->ko_size, e);
	if (!r && v->certs)
		r = ksig_set_check(v->certs, b, t, ko, e);
	return r;
}

static int check_packs(const struct verify *v, struct bundle *b, struct err *e)
{
	uint32_t t = 0;
	int r = 0;

	for (uint32_t i = 0; !r && i < b->man.npacks; i++) {
		uint64_t end = b->man.packs[i].raw_size;
		uint8_t *raw;

		r = unpack_pack(b, i, &raw, e);
		if (r < 0)
			break;
		for (; !r && t < b->man.ntargets; t++) {
			if (!b->man.targets[t].is_ok)
				continue;
			if (b->man.targets[t].pack != i)
				break;
			r = check_module(v, b, &b->man.targets[t], raw, e);
		}
		if (!r && !tar_is_zero(raw + end - TAR_END, TAR_END))
			r = err_set(e, -BERR_CONTAINER,
				    "%s: end of pack %u is not empty", b->name,
				    i);
		free(raw);
	}
	return r;
}

/* A bundle for some fleet is in order; --fleet asks for which. */
static int check_host(const struct bundle *b, const struct verify *v,
		      struct err *e)
{
	struct bundle_opts o = { .now = bundle_cmd_now(), .fleet = v->fleet };
	char first[BUNDLE_LINE_MAX];

	if (!v->fleet && b->man.audience) {
		snprintf(first, sizeof(first), "%s", b->man.audience);
		first[strcspn(first, " ")] = '\0';
		o.fleet = first;
	}
	return bundle_check_host(b, &o, e);
}

static void report(const struct bundle *b, const struct keyring *ring)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->man.ntargets; i++)
		n += b->man.targets[i].is_ok;
	printf("%s: good: %s version %llu, %u of %u kernels, %llu bytes\n",
	       b->name, b->man.name, (unsigned long long)b->man.version, n,
	       b->man.ntargets, (unsigned long long)b->size);
	for (unsigned int i = 0; i < b->sigs.n; i++) {
		const struct sig_line *l = &b->sigs.line[i];
		char id[17], at[40] = "at an unstated time";

		hex_text(l->keyid, 8, id);
		if (l->signed_at)
			bundle_cmd_time(l->signed_at, at);
		if (l->key < 0)
			printf("  key %s..: not trusted here, not checked\n",
			       id);
		else
			printf("  key %s..: %s, %s%s%s\n", id,
			       sig_role_name(l->role), at,
			       ring->keys[l->key].comment[0] ? ", " : "",
			       ring->keys[l->key].comment);
	}
}

static void json_begin(struct buf *o, const char *path, bool is_good)
{
	buf_adds(o, "{\"schema\":\"tap-verify-1\",");
	json_add_string(o, "file", path);
	buf_printf(o, ",\"good\":%s,", is_good ? "true" : "false");
}

static void json_end(struct buf *o)
{
	buf_adds(o, "}\n");
	fwrite(o->p, 1, o->len, stdout);
	buf_deinit(o);
}

static void report_json(const struct bundle *b, const char *path)
{
	struct buf o = BUF_INIT;

	json_begin(&o, path, true);
	bundle_json(&o, b);
	json_end(&o);
}

/* Nothing of a refused bundle is worth repeating but who claims to have signed. */
static void refuse_json(const struct bundle *b, const char *path,
			const struct err *e)
{
	const char *name = bundle_reason_name(e->code);
	struct buf o = BUF_INIT;

	json_begin(&o, path, false);
	if (*name)
		buf_printf(&o, "\"code\":%d,", -e->code);
	else
		buf_adds(&o, "\"code\":null,");
	json_add_string(&o, "reason", *name ? name : NULL);
	buf_addc(&o, ',');
	json_add_string(&o, "text", e->text);
	buf_addc(&o, ',');
	bundle_json_sigs(&o, &b->sigs);
	json_end(&o);
}

static int verify_one(const struct verify *v, const char *path,
		      struct bundle *b, struct keyring *ring, struct err *e)
{
	struct bundle_opts o = { .keys = ring,
				 .now = bundle_cmd_now(),
				 .need_release = v->need_release,
				 .need_build = v->need_build };
	uint8_t *source;
	size_t len;
	int r = bundle_open_signed(b, path, &o, e);

	if (r < 0)
		return r;
	r = bundle_check_rest(b, e);
	if (!r)
		r = check_packs(v, b, e);
	if (!r) {
		r = unpack_scripts(b, &source, &len, e);
		if (!r)
			free(source);
	}
	if (!r)
		r = check_host(b, v, e);
	if (!r && v->is_json)
		report_json(b, path);
	else if (!r && !v->is_quiet)
		report(b, ring);
	bundle_close(b);
	return r;
}

/* A refusal ends the command; in JSON it is told on the standard output too. */
static int verify_all(const struct verify *v, char **path, struct bundle *b,
		      struct keyring *ring, struct err *e)
{
	for (; *path; path++) {
		b->sigs.n = 0;
		if (verify_one(v, *path, b, ring, e) < 0) {
			if (v->is_json)
				refuse_json(b, *path, e);
			return bundle_cmd_fail(e);
		}
	}
	return EXIT_DONE;
}

static int load_certs(struct verify *v, struct err *e)
{
	int r = 0;

	if (v->ncerts)
		v->certs = ksig_certs_new();
	for (unsigned int i = 0; !r && i < v->ncerts; i++)
		r = ksig_certs_add(v->certs, v->cert[i], e);
	return r;
}

int cmd_verify(int argc, char **argv)
{
	struct keyring *ring = xcalloc(1, sizeof(*ring));
	struct bundle *b = xmalloc(sizeof(*b));
	struct verify v = { 0 };
	struct err e = { 0 };
	struct arena a;
	int code = EXIT_DONE;
	bool is_told;

	arena_init(&a);
	is_told = !parse_args(&v, argc, argv);
	if (is_told)
		code = bundle_cmd_usage(argc, argv, USAGE);
	else if (load_certs(&v, &e) < 0 ||
		 bundle_cmd_trust(ring, v.keys, &a, &e) < 0)
		code = bundle_cmd_fail(&e);
	if (!is_told && code == EXIT_DONE)
		code = verify_all(&v, argv + optind, b, ring, &e);
	ksig_certs_free(v.certs);
	arena_deinit(&a);
	free(ring);
	free(b);
	return code;
}
