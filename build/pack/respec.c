/* SPDX-License-Identifier: GPL-2.0-only */
/* A finished bundle as what it was made from, to make it again changed. */
#include "build/pack/respec.h"
#include "build/base/arena.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/tar.h"
#include "bundle/write.h"
#include "bundle/write_int.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct respec - one bundle being read back
 * @frame: room for one of each pack and one of the scripts
 * @raw: each pack, unpacked
 */
struct respec {
	struct bundle *b;
	struct arena *a;
	struct bundle_spec *spec;
	struct bundle_frame *frame;
	struct bundle_target *target;
	uint8_t **raw;
};

/* malloc()ed bytes, or the failure: into the arena, and free them. */
static void *keep(struct respec *r, uint8_t *p, size_t n)
{
	void *copy = arena_memdup(r->a, p, n);

	free(p);
	return copy;
}

/* ---- head ---------------------------------------------------------------- */

static void fill_head(struct respec *r)
{
	const struct manifest *m = &r->b->man;
	struct bundle_spec *s = r->spec;

	s->name = m->name;
	s->version = m->version;
	s->epoch = m->epoch;
	s->created = m->created;
	s->not_before = m->not_before;
	s->not_after = m->not_after;
	s->audience = m->audience;
	s->bundle_id = m->bundle_id;
	s->builder = m->builder;
	s->description = m->description;
	s->contact = m->contact;
	s->privilege = m->privilege;
	s->writes = m->writes;
	s->is_guru = m->is_guru;
	s->limit_runtime_s = m->limit_runtime_s;
	s->limit_output_bytes = m->limit_output_bytes;
	s->need = m->needs;
	s->nneeds = m->nneeds;
}

static void fill_lists(struct respec *r)
{
	const struct manifest *m = &r->b->man;
	struct bundle_probe *probe =
		arena_array(r->a, struct bundle_probe, m->nprobes);
	struct bundle_param *param =
		arena_array(r->a, struct bundle_param, m->nparams);

	for (uint32_t i = 0; i < m->nprobes; i++)
		probe[i] =
			(struct bundle_probe){ m->probes[i].kind,
					       (uint32_t)m->probes[i].count };
	for (uint32_t i = 0; i < m->nparams; i++) {
		const struct manifest_param *p = &m->params[i];

		param[i] = (struct bundle_param){ p->name, p->type, p->def,
						  p->min,  p->max,  p->def_str,
						  p->len };
	}
	r->spec->probe = probe;
	r->spec->nprobes = m->nprobes;
	r->spec->param = param;
	r->spec->nparams = m->nparams;
}

/* ---- members ------------------------------------------------------------- */

/* Keep the compressed member @i as the frame of its content. */
static int add_frame(struct respec *r, uint32_t i, const uint8_t sha[32],
		     struct err *e)
{
	struct bundle_frame *f = &r->frame[r->spec->nframes];
	uint8_t *z;
	int rc = unpack_member(r->b, i, &z, e);

	if (rc < 0)
		return rc;
	memcpy(f->raw_sha256, sha, 32);
	f->len = (size_t)r->b->man.members[i].size;
	f->p = keep(r, z, f->len);
	r->spec->nframes++;
	return 0;
}

static int fill_scripts(struct respec *r, uint32_t member, struct err *e)
{
	const struct manifest *m = &r->b->man;
	struct bundle_script *s =
		arena_array(r->a, struct bundle_script, m->nscripts);
	uint8_t *raw, sha[32];
	size_t len, off = 0;
	int rc = unpack_scripts(r->b, &raw, &len, e);

	if (rc < 0)
		return rc;
	raw = keep(r, raw, len);
	crypto_hash_sha256(sha, raw, len);
	for (uint32_t i = 0; i < m->nscripts; i++) {
		s[i] = (struct bundle_script){ m->scripts[i].name,
					       raw + off + TAR_BLOCK,
					       (size_t)m->scripts[i].size };
		off += TAR_BLOCK + (size_t)tar_padded(s[i].len);
	}
	r->spec->script = s;
	r->spec->nscripts = m->nscripts;
	return add_frame(r, member, sha, e);
}

static int fill_provenance(struct respec *r, uint32_t member, struct err *e)
{
	size_t n = (size_t)r->b->man.members[member].size;
	uint8_t *p;
	int rc = unpack_member(r->b, member, &p, e);

	if (rc < 0)
		return rc;
	r->spec->provenance = keep(r, p, n);
	r->spec->provenance_len = n;
	return 0;
}

static int fill_members(struct respec *r, struct err *e)
{
	const struct manifest *m = &r->b->man;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < m->nmembers; i++) {
		if (m->members[i].kind == MEMBER_SOURCE)
			rc = fill_scripts(r, i, e);
		else if (m->members[i].kind == MEMBER_PROVENANCE)
			rc = fill_provenance(r, i, e);
	}
	for (uint32_t i = 0; !rc && i < m->npacks; i++) {
		uint8_t *raw;

		rc = unpack_pack(r->b, i, &raw, e);
		if (rc < 0)
			break;
		r->raw[i] = keep(r, raw, (size_t)m->packs[i].raw_size);
		rc = add_frame(r, m->packs[i].member, m->packs[i].raw_sha256,
			       e);
	}
	if (!rc && !r->spec->nscripts)
		rc = err_set(e, ERR_UNSUPPORTED,
			     "%s: the scripts are not inside", r->b->name);
	return rc;
}

/* ---- targets ------------------------------------------------------------- */

static int fill_ksigs(struct respec *r, const struct manifest_target *t,
		      struct bundle_target *out, struct err *e)
{
	struct bundle_ksig *k =
		arena_array(r->a, struct bundle_ksig, t->nksigs);

	for (uint32_t i = 0; i < t->nksigs; i++) {
		const struct manifest_ksig *from =
			&r->b->man.ksigs[t->ksig_first + i];
		void *p = arena_alloc(r->a, (size_t)from->size);
		int rc = bundle_read_ksig(r->b, t, i, p, (size_t)from->size, e);

		if (rc < 0)
			return rc;
		k[i] = (struct bundle_ksig){ from->skid, p,
					     (size_t)from->size };
	}
	out->ksig = k;
	out->nksig = t->nksigs;
	return 0;
}

static int fill_target(struct respec *r, const struct manifest_target *t,
		       struct bundle_target *out, struct err *e)
{
	uint8_t sha[32];

	out->machine = t->machine;
	out->release = t->release;
	out->version = t->version;
	out->build_id = t->build_id;
	out->distro = t->distro;
	out->flavour = t->flavour;
	if (!t->is_ok) {
		out->status_code = t->status_code;
		out->status_text = t->status_text;
		return 0;
	}
	out->module = t->module;
	out->ko = r->raw[t->pack] + t->ko_offset;
	out->ko_len = (size_t)t->ko_size;
	out->vermagic = t->vermagic;
	out->layout_crc = t->layout_crc;
	out->has_layout_crc = t->has_layout_crc;
	out->wire = t->wire;
	out->bound = t->bound;
	out->rely = r->b->man.relies + t->rely_first;
	out->nrely = t->nrelies;
	crypto_hash_sha256(sha, out->ko, out->ko_len);
	if (memcmp(sha, t->ko_sha256, sizeof(sha)) != 0)
		return err_set(e, -BERR_KO_HASH,
			       "%s: module of %s has another digest than the "
			       "manifest",
			       r->b->name, t->release);
	return fill_ksigs(r, t, out, e);
}

static int fill_targets(struct respec *r, struct err *e)
{
	const struct manifest *m = &r->b->man;

	for (uint32_t i = 0; i < m->ntargets; i++) {
		int rc = fill_target(r, &m->targets[i], &r->target[i], e);

		if (rc < 0)
			return rc;
	}
	r->spec->target = r->target;
	r->spec->ntargets = m->ntargets;
	return 0;
}

/* ---- x- keys ------------------------------------------------------------- */

/* They end a stanza: the lines from the first one to the empty line. */
static int fill_extras(struct respec *r, struct err *e)
{
	char *stanza, *text;
	uint32_t i = 0;
	int rc = unpack_manifest(r->b, &text, e);

	if (rc < 0)
		return rc;
	stanza = arena_strdup(r->a, text);
	free(text);
	for (; stanza; i++) {
		char *end = strstr(stanza, "\n\n"), *x;

		if (end)
			end[1] = '\0';
		x = strstr(stanza, "\nx-");
		if (x && i == 0)
			r->spec->extra = x + 1;
		else if (x && i <= r->b->man.ntargets)
			r->target[i - 1].extra = x + 1;
		stanza = end ? end + 2 : NULL;
	}
	return 0;
}

/* ---- what another program may have written ------------------------------- */

static int check_text(struct respec *r, const char *key, const char *text,
		      struct err *e)
{
	if (!text || !strcmp(write_clean(r->a, text, ""), text))
		return 0;
	return err_set(e, ERR_UNSUPPORTED,
		       "%s: this program would not write '%s' as it is there",
		       r->b->name, key);
}

static int check_texts(struct respec *r, struct err *e)
{
	const struct bundle_spec *s = r->spec;
	int rc = check_text(r, "audience", s->audience, e);

	if (!rc)
		rc = check_text(r, "builder", s->builder, e);
	if (!rc)
		rc = check_text(r, "description", s->description, e);
	if (!rc)
		rc = check_text(r, "contact", s->contact, e);
	for (size_t i = 0; !rc && i < s->ntargets; i++) {
		const struct bundle_target *t = &s->target[i];

		rc = check_text(r, "version", t->version, e);
		if (!rc)
			rc = check_text(r, "distro", t->distro, e);
		if (!rc)
			rc = check_text(r, "flavour", t->flavour, e);
		if (!rc)
			rc = check_text(r, "status", t->status_text, e);
		if (!rc)
			rc = check_text(r, "vermagic", t->vermagic, e);
	}
	return rc;
}

int respec(struct bundle_spec *spec, struct bundle *b, struct arena *a,
	   struct err *e)
{
	struct respec r = { .b = b, .a = a, .spec = spec };
	int rc;

	memset(spec, 0, sizeof(*spec));
	spec->frame = r.frame =
		arena_array(a, struct bundle_frame, b->man.npacks + 1);
	r.target = arena_array(a, struct bundle_target, b->man.ntargets);
	r.raw = arena_array(a, uint8_t *, b->man.npacks + 1);
	fill_head(&r);
	fill_lists(&r);
	rc = fill_members(&r, e);
	if (!rc)
		rc = fill_targets(&r, e);
	if (!rc)
		rc = fill_extras(&r, e);
	return rc ? rc : check_texts(&r, e);
}
