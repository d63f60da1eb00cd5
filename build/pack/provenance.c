/* SPDX-License-Identifier: GPL-2.0-only */
/* in-toto statement with SLSA provenance, in a DSSE envelope. */
#include "build/pack/provenance.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/digest.h"
#include "build/base/json.h"
#include "build/pack/recipe.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/write.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYLOAD_TYPE "application/vnd.in-toto+json"

/** struct artifact - a name and what it is */
struct artifact {
	const char *name;
	char sha[DIGEST_HEX];
};

typedef VEC(struct artifact) artifacts;

static int by_name(const void *a, const void *b)
{
	const struct artifact *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->sha, y->sha);
}

static void take(struct arena *a, artifacts *v, const char *name, const void *p,
		 size_t n)
{
	struct artifact x = { .name = name };

	digest_hex(p, n, x.sha);
	vec_apush(a, v, x);
}

/* In the order of their names: those who make a spec have other orders. */
static void add_artifacts(struct buf *o, artifacts *v)
{
	struct artifact *x;

	if (v->n)
		qsort(v->v, v->n, sizeof(*v->v), by_name);
	vec_foreach(x, v) {
		buf_adds(o, x == v->v ? "{" : ",{");
		json_add_string(o, "name", x->name);
		buf_printf(o, ",\"digest\":{\"sha256\":\"%s\"}}", x->sha);
	}
}

static void add_subjects(struct buf *o, struct arena *a,
			 const struct bundle_spec *spec)
{
	artifacts v = { 0 };

	for (size_t i = 0; i < spec->ntargets; i++) {
		const struct bundle_target *t = &spec->target[i];

		if (!t->status_code)
			take(a, &v,
			     arena_printf(a, "%s/%s.ko", t->release, t->module),
			     t->ko, t->ko_len);
	}
	buf_adds(o, "\"subject\":[");
	add_artifacts(o, &v);
	buf_adds(o, "],");
}

static void add_parameters(struct buf *o, const struct recipe *r)
{
	const char *const *w;

	buf_adds(o, "\"externalParameters\":{");
	json_add_string(o, "script", r->script);
	buf_adds(o, ",\"options\":[");
	vec_foreach(w, &r->options) {
		if (w != r->options.v)
			buf_addc(o, ',');
		json_add_string(o, NULL, *w);
	}
	buf_adds(o, "],\"arguments\":[");
	vec_foreach(w, &r->args) {
		if (w != r->args.v)
			buf_addc(o, ',');
		json_add_string(o, NULL, *w);
	}
	buf_adds(o, "]},");
}

static void add_dependencies(struct buf *o, struct arena *a,
			     const struct bundle_spec *spec,
			     const struct recipe *r)
{
	const struct recipe_kit *k;
	artifacts v = { 0 };

	for (size_t i = 0; i < spec->nscripts; i++)
		if (strcmp(spec->script[i].name, RECIPE_LOG) != 0)
			take(a, &v, write_script_name(a, spec->script[i].name),
			     spec->script[i].p, spec->script[i].len);
	vec_foreach(k, &r->kits) {
		struct artifact x = { .name = arena_printf(a, "kit:%s",
							   k->release) };

		snprintf(x.sha, sizeof(x.sha), "%s", k->id);
		vec_apush(a, &v, x);
	}
	buf_adds(o, "\"resolvedDependencies\":[");
	add_artifacts(o, &v);
	buf_adds(o, "]");
}

static void add_statement(struct buf *o, struct arena *a,
			  const struct bundle_spec *spec,
			  const struct recipe *r)
{
	buf_adds(o, "{\"_type\":\"https://in-toto.io/Statement/v1\",");
	add_subjects(o, a, spec);
	buf_adds(o, "\"predicateType\":\"https://slsa.dev/provenance/v1\","
		    "\"predicate\":{\"buildDefinition\":{"
		    "\"buildType\":\"urn:tap:build:1\",");
	add_parameters(o, r);
	add_dependencies(o, a, spec, r);
	buf_adds(o,
		 "},\"runDetails\":{\"builder\":{\"id\":\"urn:tap:tapbuild\","
		 "\"version\":{");
	json_add_string(o, "tapbuild", r->tapbuild);
	buf_adds(o, "}}}}}");
}

static void add_base64(struct buf *o, const void *p, size_t n)
{
	size_t room =
		sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);

	buf_reserve(o, room);
	sodium_bin2base64(o->p + o->len, room, p, n,
			  sodium_base64_VARIANT_ORIGINAL);
	o->len += room - 1;
}

/* PAE(type, payload) = "DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload */
static void sign(const struct signer *s, const struct buf *statement,
		 uint8_t sig[crypto_sign_BYTES])
{
	struct buf pae = BUF_INIT;

	buf_printf(&pae, "DSSEv1 %zu %s %zu ", strlen(PAYLOAD_TYPE),
		   PAYLOAD_TYPE, statement->len);
	buf_add(&pae, statement->p, statement->len);
	crypto_sign_detached(sig, NULL, (const uint8_t *)pae.p, pae.len, s->sk);
	buf_deinit(&pae);
}

void provenance_make(const struct bundle_spec *spec, const struct recipe *r,
		     const struct signer *s, struct buf *out)
{
	struct buf statement = BUF_INIT;
	uint8_t sig[crypto_sign_BYTES], id[SIG_KEYID_BYTES];
	char hex[2 * SIG_KEYID_BYTES + 1];
	struct arena a;

	arena_init(&a);
	add_statement(&statement, &a, spec, r);
	arena_deinit(&a);
	sign(s, &statement, sig);
	sig_key_id(s->pk, id);
	hex_text(id, sizeof(id), hex);
	buf_adds(out, "{\"payloadType\":\"" PAYLOAD_TYPE "\",\"payload\":\"");
	add_base64(out, statement.p, statement.len);
	buf_printf(out, "\",\"signatures\":[{\"keyid\":\"%s\",\"sig\":\"", hex);
	add_base64(out, sig, sizeof(sig));
	buf_adds(out, "\"}]}\n");
	buf_deinit(&statement);
}

int provenance_add(struct bundle_spec *spec, const struct signer *s,
		   struct arena *a, struct buf *out, struct err *e)
{
	const struct bundle_script *f = recipe_file(spec, RECIPE_NAME);
	struct recipe r = { 0 };

	if (!f)
		return 0;
	if (recipe_read(a, f->p, f->len, &r, e) < 0)
		return e->code;
	provenance_make(spec, &r, s, out);
	spec->provenance = out->p;
	spec->provenance_len = out->len;
	return 0;
}
