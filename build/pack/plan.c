/* SPDX-License-Identifier: GPL-2.0-only */
/* From finished targets to one signed bundle. */
#include "build/pack/plan.h"
#include "build/base/digest.h"
#include "build/base/fs.h"
#include "build/base/home.h"
#include "build/base/when.h"
#include "build/families/family.h"
#include "build/kit/kit.h"
#include "build/link/compile.h"
#include "build/opts.h"
#include "build/pack/ksig_set.h"
#include "build/pack/part.h"
#include "build/pack/provenance.h"
#include "build/pack/recipe.h"
#include "build/sema/intrinsic.h"
#include "build/target.h"
#include "bundle/base/err.h"
#include "bundle/write.h"
#include "runtime/uapi/wire.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Name of the bundle: -m, or the script's file name made to fit the format. */
static void bundle_name(char out[BUNDLE_NAME_MAX + 1], const struct opts *o,
			const char *script_name)
{
	const char *from = o->name ? o->name : script_name;
	size_t stop = strlen(from), n = 0;

	if (!o->name && stop > 4 && !strcmp(from + stop - 4, ".stp"))
		stop -= 4;
	for (size_t i = 0; i < stop && n < BUNDLE_NAME_MAX; i++) {
		unsigned char c = (unsigned char)from[i];

		if (isalnum(c))
			out[n++] = (char)tolower(c);
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	out[n] = '\0';
	if (!n)
		snprintf(out, BUNDLE_NAME_MAX + 1, "script");
}

static void add_points(struct digest *d, const struct program *p)
{
	struct dprobe **dp;

	vec_foreach(dp, &p->probes) {
		struct dpoint *pt;

		vec_foreach(pt, &(*dp)->points) {
			digest_add(d, &pt->addr, sizeof(pt->addr));
			digest_add(d, &pt->mech, sizeof(pt->mech));
			digest_adds(d, pt->pp);
			digest_adds(d, pt->func);
			digest_adds(d, pt->module ? pt->module : "");
		}
	}
	digest_add(d, p->nums.v, p->nums.n * sizeof(p->nums.v[0]));
}

void plan_module_name(struct target *t, const struct opts *o,
		      const char *script_name)
{
	char name[BUNDLE_NAME_MAX + 1], hex[DIGEST_HEX];
	struct digest d;

	bundle_name(name, o, script_name);
	digest_init(&d);
	digest_adds(&d, name);
	digest_add(&d, &o->version, sizeof(o->version));
	digest_adds(&d, kit_info(t->kit)->id);
	digest_adds(&d, t->object->key);
	if (t->embedded)
		digest_adds(&d, t->embedded->key);
	add_points(&d, t->program);
	digest_final_hex(&d, hex);
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	/* struct module holds 55 bytes: 46 of name, '_', 8 digits. */
	snprintf(t->module, sizeof(t->module), "%.46s_%.8s", name, hex);
}

/* ---- manifest contents ----------------------------------------------------- */

struct plan {
	struct arena *a;
	const struct session *s;
	const struct opts *o;
	const struct target *target;
	size_t n;
	enum manifest_writes writes;
	char name[BUNDLE_NAME_MAX + 1];
	VEC(struct bundle_target) targets;
	VEC(struct bundle_param) params;
	VEC(struct bundle_probe) probes;
	VEC(const char *) inputs;
};

static void add_target(struct plan *p, const struct target *t)
{
	const struct kit_info *ki = kit_info(t->kit);
	struct bundle_target b = {
		.machine = ki->machine,
		.release = ki->release,
		.version = ki->version,
		.build_id = ki->build_id,
		.distro = ki->distro,
		.flavour = ki->flavour,
		.vermagic = ki->vermagic,
		.layout_crc = ki->layout_crc,
		.has_layout_crc = ki->modversions,
		.wire = TAPW_VERSION,
	};

	if (t->status == TARGET_OK) {
		b.module = t->module;
		b.ko = t->ko.p;
		b.ko_len = t->ko.len;
		b.rely = t->rely;
		b.nrely = t->nrely;
		b.bound = t->bound;
	} else {
		b.status_code = "E-SCRIPT";
		b.status_text = t->reason;
	}
	vec_apush(p->a, &p->targets, b);
	vec_apush(p->a, &p->inputs, arena_printf(p->a, "kit %s", ki->id));
}

/* Scalars of the user's script that may be given as var=value. */
static void add_params(struct plan *p, const struct program *prog)
{
	struct sym **g;

	vec_foreach(g, &prog->globals) {
		struct sym *s = *g;
		struct bundle_param b = { .name = s->name };

		if (s->is_library || s->is_private || s->arity > 0)
			continue;
		if (s->type == TY_LONG) {
			b.type = PARAM_INT64;
			b.def = s->init ? s->init->num : 0;
			b.min = INT64_MIN;
			b.max = INT64_MAX;
		} else if (s->type == TY_STRING) {
			struct buf text = BUF_INIT;

			if (s->init)
				lang_unescape(&text, s->init->str);
			b.type = PARAM_STRING;
			b.def_str = arena_strdup(p->a, text.p);
			b.len = (uint32_t)p->s->limits.maxstringlen - 1;
			buf_deinit(&text);
		} else {
			continue;
		}
		vec_apush(p->a, &p->params, b);
	}
}

static const char *probe_kind(const struct dprobe *d)
{
	return d->flags & TAPRT_P_RETURN ? "return" : d->kind->name;
}

static void add_probes(struct plan *p, const struct program *prog)
{
	struct dprobe **d;

	vec_foreach(d, &prog->probes) {
		const char *kind = probe_kind(*d);
		uint32_t n = (*d)->points.n ? (uint32_t)(*d)->points.n : 1;
		size_t i;

		for (i = 0; i < p->probes.n; i++)
			if (!strcmp(p->probes.v[i].kind, kind))
				break;
		if (i < p->probes.n)
			p->probes.v[i].count += n;
		else
			vec_apush(p->a, &p->probes,
				  (struct bundle_probe){ kind, n });
	}
}

/* Reproducible builds give the time; otherwise none is claimed. */
uint64_t plan_created(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");

	return s ? strtoull(s, NULL, 10) : 0;
}

static int load_signer(struct arena *a, const struct opts *o, struct signer *s,
		       struct err *e)
{
	const char *path =
		o->sign_key ? o->sign_key : home_config(a, "build.key");
	int rc = signer_load(s, path, e);

	if (rc == ERR_NOT_FOUND)
		err_hint(e, "tapbuild keygen makes a key; or --sign-key FILE");
	return rc;
}

static int load_ksigs(const struct opts *o, struct ksig_set *set, struct err *e)
{
	const struct ksig_files f = { o->module_key.v, o->module_cert.v,
				      o->module_key.n, o->module_cert.n,
				      o->module_hash };

	return ksig_set_load(set, &f, e);
}

/* NAME.tap, or NAME-2of5.part */
static const char *bundle_path(struct arena *a, const struct opts *o,
			       const char *script_name)
{
	char name[BUNDLE_NAME_MAX + 1];
	unsigned int i, n;

	if (o->output)
		return o->output;
	bundle_name(name, o, script_name);
	if (o->shard && opts_shard(o->shard, &i, &n))
		return arena_printf(a, "%s-%uof%u.part", name, i, n);
	return arena_printf(a, "%s.tap", name);
}

int plan_check(const struct session *s, const struct opts *o, struct arena *a,
	       struct err *e)
{
	struct ksig_set ksigs = { .n = 0 };
	struct signer signer;
	int rc = 0;

	if (!o->shard) {
		rc = load_signer(a, o, &signer, e);
		signer_wipe(&signer);
	}
	if (rc == 0)
		rc = load_ksigs(o, &ksigs, e);
	ksig_set_free(&ksigs);
	return rc < 0 ? rc : fs_may_write(bundle_path(a, o, s->script_name), e);
}

static int sign_modules(struct plan *p, struct err *e)
{
	struct ksig_set ksigs;
	int rc = load_ksigs(p->o, &ksigs, e);

	if (rc == 0)
		rc = ksig_set_sign(&ksigs, p->targets.v, p->targets.n, p->a, e);
	ksig_set_free(&ksigs);
	return rc;
}

/* What a policy is asked about: the most that the module of any kernel does. */
static void add_writes(struct plan *p, const struct target *t)
{
	enum manifest_writes w = WRITES_NONE;
	const char *const *c;

	vec_foreach(c, &t->object->calls) {
		uint32_t flags = intrinsic_flags(*c);

		if (flags & IN_MEMORY && w < WRITES_MEMORY)
			w = WRITES_MEMORY;
		if (flags & IN_RETURN)
			w = WRITES_RETURN;
	}
	/* C of the script's own may do anything */
	if (t->embedded)
		w = WRITES_RETURN;
	if (p->writes < w)
		p->writes = w;
}

static void fill(struct plan *p)
{
	const struct program *prog = NULL;

	for (size_t i = 0; i < p->n; i++) {
		add_target(p, &p->target[i]);
		if (p->target[i].status == TARGET_OK)
			add_writes(p, &p->target[i]);
		if (!prog && p->target[i].status == TARGET_OK)
			prog = p->target[i].program;
	}
	if (!prog)
		return;
	add_params(p, prog);
	add_probes(p, prog);
	vec_apush(p->a, &p->inputs,
		  arena_printf(p->a, "tapbuild %s", TAP_VERSION));
}

/* Signed, or the part of a shard, which has no key. */
static int make_file(struct bundle_spec *spec, const struct units *units,
		     const struct opts *o, struct arena *a, struct buf *out,
		     struct err *e)
{
	struct buf envelope = BUF_INIT;
	struct signer signer;
	unsigned int i, n;
	int rc;

	if (o->shard && opts_shard(o->shard, &i, &n))
		return part_write(units, i, n, spec, out, e);
	rc = load_signer(a, o, &signer, e);
	if (rc == 0)
		rc = provenance_add(spec, &signer, a, &envelope, e);
	if (rc == 0)
		rc = bundle_write(spec, &signer, out, e);
	signer_wipe(&signer);
	buf_deinit(&envelope);
	return rc;
}

int plan_write(const struct recipe_in *in, const struct units *units,
	       struct arena *a, const char **path, size_t *bytes, struct err *e)
{
	const struct session *s = in->s;
	const struct opts *o = in->o;
	struct plan p = {
		.a = a, .s = s, .o = o, .target = in->target, .n = in->n
	};
	recipe_files files = { 0 };
	struct buf out = BUF_INIT;
	int rc;

	bundle_name(p.name, o, s->script_name);
	fill(&p);
	recipe_files_make(in, a, &files);
	struct bundle_spec spec = {
		.name = p.name,
		.version = o->version,
		.epoch = o->epoch,
		.created = plan_created(),
		.audience = o->audience,
		.builder = "tapbuild-" TAP_VERSION,
		.description = o->description,
		.privilege = PRIV_STAPDEV,
		.writes = p.writes,
		.is_guru = o->guru,
		.script = files.v,
		.nscripts = files.n,
		.probe = p.probes.v,
		.nprobes = p.probes.n,
		.param = p.params.v,
		.nparams = p.params.n,
		.input = p.inputs.v,
		.ninputs = p.inputs.n,
		.target = p.targets.v,
		.ntargets = p.targets.n,
	};
	/* opts_conflict() has read them before */
	if (o->not_before)
		when_parse(o->not_before, false, &spec.not_before);
	if (o->not_after)
		when_parse(o->not_after, true, &spec.not_after);
	rc = sign_modules(&p, e);
	if (rc == 0)
		rc = make_file(&spec, units, o, a, &out, e);
	*path = bundle_path(a, o, s->script_name);
	if (rc == 0)
		rc = fs_write_atomic(*path, out.p, out.len, 0644, e);
	*bytes = out.len;
	buf_deinit(&out);
	return rc;
}
