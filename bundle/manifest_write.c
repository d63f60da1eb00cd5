/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a manifest, in the one order that the reader accepts. */
#include "bundle/write_int.h"
#include "build/base/arena.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/tar.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define CLEAN_MAX   400
#define DEFAULT_MAX 240
#define ID_ZEROS                           \
	"00000000000000000000000000000000" \
	"00000000000000000000000000000000"

typedef unsigned long long ull; /* for printf */

const char *write_clean(struct arena *a, const char *s, const char *none)
{
	char *out = arena_alloc(a, CLEAN_MAX + 1);
	size_t n = 0;

	for (; s && *s && n < CLEAN_MAX; s++) {
		bool is_blank = *s == ' ' || (*s >= '\t' && *s <= '\r');

		if (is_blank && (!n || out[n - 1] == ' '))
			continue;
		if (is_blank)
			out[n++] = ' ';
		else if (*s < 0x20 || *s > 0x7e)
			out[n++] = '?';
		else
			out[n++] = *s;
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n ? out : none;
}

const char *write_script_name(struct arena *a, const char *name)
{
	const char *slash = strrchr(name, '/');
	char *out;

	name = slash ? slash + 1 : name;
	while (*name == '.')
		name++;
	out = arena_strndup(a, name, strnlen(name, TAR_NAME_MAX));
	for (char *p = out; *p; p++) {
		char one[2] = { *p, '\0' };

		if (!text_only(one, "A-Za-z0-9._+-", 1))
			*p = '_';
	}
	return *out ? out : "script";
}

static void add_digest(struct buf *out, const uint8_t sha[32])
{
	char hex[65];

	hex_text(sha, 32, hex);
	buf_printf(out, "%s\n", hex);
}

static void add_text(struct writer *w, struct buf *out, const char *key,
		     const char *value)
{
	const char *v = write_clean(w->a, value, NULL);

	if (v)
		buf_printf(out, "%s: %s\n", key, v);
}

static void add_time(struct buf *out, const char *key, uint64_t t)
{
	if (t)
		buf_printf(out, "%s: %llu\n", key, (ull)t);
}

/* ---- head ---------------------------------------------------------------- */

static int cmp_params(const void *a, const void *b)
{
	const struct bundle_param *p = a, *q = b;

	return strcmp(p->name, q->name);
}

static int cmp_probes(const void *a, const void *b)
{
	const struct bundle_probe *p = a, *q = b;

	return strcmp(p->kind, q->kind);
}

static int cmp_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A sorted copy of @n elements of @size bytes. */
static void *sorted(struct writer *w, const void *from, size_t n, size_t size,
		    int (*cmp)(const void *, const void *))
{
	void *copy = arena_alloc(w->a, n * size + 1);

	if (!n)
		return copy;
	memcpy(copy, from, n * size);
	qsort(copy, n, size, cmp);
	return copy;
}

static void add_scripts(struct writer *w, struct buf *out)
{
	for (size_t i = 0; i < w->spec->nscripts; i++) {
		const struct bundle_script *s = &w->scripts[i];
		uint8_t sha[32];

		crypto_hash_sha256(sha, s->p, s->len);
		buf_printf(out, "script: %s %zu ", s->name, s->len);
		add_digest(out, sha);
	}
}

static void add_probes(struct writer *w, struct buf *out)
{
	size_t n = w->spec->nprobes;
	const struct bundle_probe *probe =
		sorted(w, w->spec->probe, n, sizeof(*probe), cmp_probes);

	if (!n)
		buf_adds(out, "probe-summary: none 0\n");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "probe-summary: %s %u\n", probe[i].kind,
			   probe[i].count);
}

/* The default is for people to see: what is long is cut, the line must fit. */
static void add_default(struct buf *out, const struct bundle_param *p)
{
	const char *s = p->def_str ? p->def_str : "";

	for (size_t n = 0; *s && n < DEFAULT_MAX && n < p->len; s++, n++) {
		char one[2] = { *s, '\0' };

		if (text_only(one, "A-Za-z0-9._/:,+@-", 1))
			buf_addc(out, *s);
		else
			buf_printf(out, "%%%02x", (unsigned char)*s);
	}
}

static void add_params(struct writer *w, struct buf *out)
{
	size_t n = w->spec->nparams;
	const struct bundle_param *param =
		sorted(w, w->spec->param, n, sizeof(*param), cmp_params);

	for (size_t i = 0; i < n; i++) {
		const struct bundle_param *p = &param[i];

		buf_printf(out, "param: %s ", p->name);
		if (p->type == PARAM_INT64) {
			buf_printf(out, "int64 %lld %lld %lld\n",
				   (long long)p->def, (long long)p->min,
				   (long long)p->max);
			continue;
		}
		buf_printf(out, "string[%u] =", p->len);
		add_default(out, p);
		buf_addc(out, '\n');
	}
}

static void add_needs(struct writer *w, struct buf *out)
{
	const char **need =
		arena_array(w->a, const char *, w->spec->nneeds + 1);

	for (size_t i = 0; i < w->spec->nneeds; i++)
		need[i] = w->spec->need[i];
	qsort(need, w->spec->nneeds, sizeof(need[0]), cmp_strings);
	for (size_t i = 0; i < w->spec->nneeds; i++)
		if (!i || strcmp(need[i - 1], need[i]) != 0)
			buf_printf(out, "needs: %s\n", need[i]);
}

static void add_members(struct writer *w, struct buf *out)
{
	uint32_t n = 0;

	for (size_t i = 0; i < w->members.n; i++) {
		const struct write_member *m = &w->members.v[i];
		uint8_t sha[32];

		crypto_hash_sha256(sha, (const uint8_t *)m->data.p,
				   m->data.len);
		buf_printf(out, "member: %s %zu ", m->name, m->data.len);
		add_digest(out, sha);
	}
	for (size_t i = 0; i < w->members.n; i++) {
		const struct write_member *m = &w->members.v[i];

		if (m->kind != MEMBER_PACK)
			continue;
		buf_printf(out, "pack: %u %llu ", n++, (ull)m->raw_size);
		add_digest(out, m->raw_sha256);
	}
}

static bool has_fallback(const struct bundle_spec *s)
{
	for (size_t i = 0; i < s->ntargets; i++)
		if (s->target[i].nrely || s->target[i].bound)
			return true;
	return false;
}

/* Returns the place of the bundle-id's digits. */
static size_t add_head(struct writer *w, struct buf *out)
{
	const struct bundle_spec *s = w->spec;
	bool has_ksig = w->members.n && w->members.v[0].kind == MEMBER_KSIG;
	size_t id;

	buf_printf(out, "tap-manifest: 1\nfeatures: %s%spack-zstd\n",
		   has_fallback(s) ? "fallback " : "", has_ksig ? "ksig " : "");
	buf_printf(out, "name: %s\nversion: %llu\nepoch: %u\ncreated: %llu\n",
		   s->name, (ull)s->version, s->epoch, (ull)s->created);
	add_time(out, "not-before", s->not_before);
	add_time(out, "not-after", s->not_after);
	add_text(w, out, "audience", s->audience);
	id = out->len + strlen("bundle-id: ");
	buf_printf(out, "bundle-id: " ID_ZEROS "\nbuilder: %s\n",
		   write_clean(w->a, s->builder, "-"));
	add_text(w, out, "description", s->description);
	add_text(w, out, "contact", s->contact);
	add_scripts(w, out);
	buf_printf(out, "privilege: %s\nguru: %s\n",
		   manifest_privilege_name(s->privilege),
		   s->is_guru ? "yes" : "no");
	add_probes(w, out);
	buf_printf(out, "writes: %s\n", manifest_writes_name(s->writes));
	add_params(w, out);
	if (s->limit_runtime_s)
		buf_printf(out, "limit: runtime %llu\n",
			   (ull)s->limit_runtime_s);
	if (s->limit_output_bytes)
		buf_printf(out, "limit: output %llu\n",
			   (ull)s->limit_output_bytes);
	add_needs(w, out);
	add_members(w, out);
	buf_adds(out, s->extra ? s->extra : "");
	return id;
}

/* ---- targets ------------------------------------------------------------- */

static void add_ksigs(const struct bundle_target *in, struct buf *out,
		      uint64_t *off)
{
	for (size_t i = 0; i < in->nksig; i++) {
		const struct bundle_ksig *k = &in->ksig[i];
		uint8_t sha[32];

		crypto_hash_sha256(sha, k->p, k->len);
		buf_printf(out, "ksig: %s %llu %zu ", k->skid, (ull)*off,
			   k->len);
		add_digest(out, sha);
		*off += k->len;
	}
}

static void add_relies(struct writer *w, const struct bundle_target *in,
		       struct buf *out)
{
	char text[RELY_TEXT_MAX];

	if (in->bound)
		buf_printf(out, "bound: %.*s\n", BUNDLE_BOUND_MAX,
			   write_clean(w->a, in->bound, "-"));
	for (size_t i = 0; i < in->nrely; i++) {
		rely_text(&in->rely[i], text);
		buf_printf(out, "rely: %s\n", text);
	}
}

static void add_target(struct writer *w, const struct write_target *t,
		       struct buf *out, uint64_t *ksig_off)
{
	const char *extra = t->in->extra ? t->in->extra : "";
	const struct manifest_target *m = &t->m;

	buf_printf(out, "\ntarget: %u\nmachine: %s\nrelease: %s\nversion: %s\n",
		   m->index, m->machine, m->release, m->version);
	buf_printf(out, "build-id: %s\ndistro: %s\nflavour: %s\n",
		   m->build_id ? m->build_id : "unknown", m->distro,
		   m->flavour);
	if (!m->is_ok) {
		buf_printf(out, "status: unsupported %s %s\n%s",
			   t->in->status_code, m->status_text, extra);
		return;
	}
	buf_printf(out, "status: ok\nmodule: %s\nko: %u %llu %llu ", m->module,
		   m->pack, (ull)m->ko_offset, (ull)m->ko_size);
	add_digest(out, m->ko_sha256);
	buf_printf(out, "vermagic: %s\n", m->vermagic);
	if (t->in->has_layout_crc)
		buf_printf(out, "layout-crc: %08x\n", t->in->layout_crc);
	else
		buf_adds(out, "layout-crc: none\n");
	buf_printf(out, "wire: %u\n", t->in->wire);
	add_relies(w, t->in, out);
	add_ksigs(t->in, out, ksig_off);
	buf_adds(out, extra);
}

/* ---- identity ------------------------------------------------------------ */

/* SHA-256 of what was built from: one line each, sorted. */
static void inputs_digest(struct writer *w, uint8_t sha[32])
{
	const struct bundle_spec *s = w->spec;
	size_t n = 0;
	const char **line =
		arena_array(w->a, const char *, s->ninputs + s->nscripts + 1);
	crypto_hash_sha256_state st;

	for (size_t i = 0; i < s->ninputs; i++)
		line[n++] = s->input[i];
	for (size_t i = 0; i < s->nscripts; i++) {
		uint8_t h[32];
		char hex[65];

		crypto_hash_sha256(h, w->scripts[i].p, w->scripts[i].len);
		hex_text(h, 32, hex);
		line[n++] = arena_printf(w->a, "script %s %s",
					 w->scripts[i].name, hex);
	}
	qsort(line, n, sizeof(line[0]), cmp_strings);
	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const uint8_t *)"TAP-BUNDLE-ID-V1", 17);
	for (size_t i = 0; i < n; i++) {
		crypto_hash_sha256_update(&st, (const uint8_t *)line[i],
					  strlen(line[i]));
		crypto_hash_sha256_update(&st, (const uint8_t *)"\n", 1);
	}
	crypto_hash_sha256_final(&st, sha);
}

int write_manifest(struct writer *w, struct buf *out, struct err *e)
{
	uint64_t ksig_off = 0;
	uint8_t sha[32];
	char hex[65];
	size_t id;

	if (!w->spec->name)
		return err_set(e, ERR_INVALID, "a bundle needs a name");
	id = add_head(w, out);
	for (size_t i = 0; i < w->targets.n; i++)
		add_target(w, &w->targets.v[i], out, &ksig_off);
	if (w->spec->bundle_id && !hex_bytes(w->spec->bundle_id, sha, 32))
		return err_set(e, ERR_INVALID,
			       "a bundle-id has 64 lower-case hex digits");
	if (!w->spec->bundle_id && w->spec->ninputs)
		inputs_digest(w, sha);
	else if (!w->spec->bundle_id)
		crypto_hash_sha256(sha, (const uint8_t *)out->p, out->len);
	hex_text(sha, 32, hex);
	memcpy(out->p + id, hex, 64);
	return 0;
}
