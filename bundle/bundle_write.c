/* SPDX-License-Identifier: GPL-2.0-only */
/* Modules and texts -> one signed file; every order is fixed here. */
#include "bundle/write.h"
#include "bundle/write_int.h"
#include "build/base/arena.h"
#include "bundle/base/err.h"
#include "bundle/tar.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/*
 * zstd levels by size of the raw pack, in CPU time.  Modules of six kernels,
 * 450 KB: level 12 takes 5 ms, 15 15 ms (1 % less), 17 43 ms (5 %), 19 90 ms
 * (8 %); 18 siblings, 1.3 MB: 4, 39, 85 and 113 ms for the same few percent,
 * because the tree matchers dwell on what repeats.  Up to 256 KB zstd has other
 * tables, where 12 is such a matcher already: one module of 220 KB takes 9 ms
 * with 9, and 33 ms for a result 1 % larger with 12.  A farm that has the time
 * can ask for 19.
 */
#define LEVEL_SMALL	9
#define LEVEL_LARGE	12
#define LEVEL_SMALL_MAX (256u << 10)
#define WINDOW_LOG_FROM (4u << 20) /* below, the level's own window does */

static void sha256(uint8_t out[32], const struct buf *b)
{
	crypto_hash_sha256(out, (const uint8_t *)b->p, b->len);
}

/* One member or module: header, content, padding. */
static int add_file(struct buf *out, const char *name, const void *p, size_t n,
		    uint64_t mtime, struct err *e)
{
	uint8_t h[TAR_BLOCK];

	if (!tar_header(h, name, n, mtime))
		return err_set(e, ERR_INVALID,
			       "'%s' of %zu bytes at time %llu has no ustar "
			       "header",
			       name, n, (unsigned long long)mtime);
	buf_add(out, h, sizeof(h));
	buf_add(out, p, n);
	buf_zero(out, (size_t)(tar_padded(n) - n));
	return 0;
}

static void add_end(struct buf *out)
{
	buf_zero(out, TAR_END);
}

/* One frame: size in its header, checksum on, no dictionary. */
static int compress_frame(const struct buf *raw, int level, struct buf *out,
			  struct err *e)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	size_t cap = ZSTD_compressBound(raw->len), n;

	if (!c)
		return err_set(e, ERR_UNSUPPORTED, "zstd: no memory");
	if (!level)
		level = raw->len <= LEVEL_SMALL_MAX ? LEVEL_SMALL : LEVEL_LARGE;
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 1);
	ZSTD_CCtx_setParameter(c, ZSTD_c_dictIDFlag, 0);
	if (raw->len > WINDOW_LOG_FROM)
		ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog,
				       BUNDLE_WINDOW_LOG_MAX);
	buf_reserve(out, cap);
	n = ZSTD_compress2(c, out->p + out->len, cap, raw->p, raw->len);
	ZSTD_freeCCtx(c);
	if (ZSTD_isError(n))
		return err_set(e, ERR_UNSUPPORTED, "zstd: %s",
			       ZSTD_getErrorName(n));
	out->len += n;
	out->p[out->len] = '\0';
	return 0;
}

/* The frame of @raw: one that was made before, or a new one. */
static int add_frame(const struct bundle_spec *spec, const struct buf *raw,
		     const uint8_t raw_sha256[32], int level, struct buf *out,
		     struct err *e)
{
	for (size_t i = 0; i < spec->nframes; i++) {
		const struct bundle_frame *f = &spec->frame[i];

		if (memcmp(f->raw_sha256, raw_sha256, 32) != 0)
			continue;
		buf_add(out, f->p, f->len);
		return 0;
	}
	return compress_frame(raw, level, out, e);
}

/* ---- members ------------------------------------------------------------- */

/* Valid until the next one. */
static struct write_member *
new_member(struct writer *w, enum manifest_member_kind kind, const char *name)
{
	struct write_member m = { .kind = kind, .name = name };

	buf_init(&m.data);
	vec_apush(w->a, &w->members, m);
	return &w->members.v[w->members.n - 1];
}

/* All detached kernel signatures, in target order; none: no member. */
static void make_ksig(struct writer *w)
{
	struct write_member *m = NULL;
	struct write_target *t;

	vec_foreach(t, &w->targets) {
		for (size_t i = 0; t->m.is_ok && i < t->in->nksig; i++) {
			if (!m)
				m = new_member(w, MEMBER_KSIG, "tap-1/ksig");
			buf_add(&m->data, t->in->ksig[i].p, t->in->ksig[i].len);
		}
	}
}

static int make_source(struct writer *w, struct err *e)
{
	struct write_member *m;
	struct buf raw = BUF_INIT;
	int r = 0;

	for (size_t i = 0; !r && i < w->nscripts; i++)
		r = add_file(&raw, w->scripts[i].name, w->scripts[i].p,
			     w->scripts[i].len, w->spec->created, e);
	add_end(&raw);
	if (!r) {
		uint8_t sha[32];

		sha256(sha, &raw);
		m = new_member(w, MEMBER_SOURCE, "tap-1/source");
		r = add_frame(w->spec, &raw, sha, LEVEL_SMALL, &m->data, e);
	}
	buf_deinit(&raw);
	return r;
}

/* The raw pack is complete: compress it and note what it was. */
static int close_pack(struct writer *w, struct buf *raw, struct err *e)
{
	struct write_member *m;
	int r;

	if (w->npacks == BUNDLE_PACKS_MAX)
		return err_set(e, -BERR_LIMIT, "more than %u packs of modules",
			       BUNDLE_PACKS_MAX);
	add_end(raw);
	m = new_member(w, MEMBER_PACK,
		       arena_printf(w->a, "tap-1/pack-%04u", w->npacks++));
	m->raw_size = raw->len;
	sha256(m->raw_sha256, raw);
	r = add_frame(w->spec, raw, m->raw_sha256, w->spec->level, &m->data, e);
	buf_reset(raw);
	return r;
}

static int make_packs(struct writer *w, struct err *e)
{
	struct buf raw = BUF_INIT;
	struct write_target *t;
	int r = 0;

	vec_foreach(t, &w->targets) {
		char name[TAR_NAME_MAX + 1];

		if (!t->m.is_ok)
			continue;
		if (raw.len &&
		    raw.len + TAR_BLOCK + tar_padded(t->m.ko_size) + TAR_END >
			    BUNDLE_PACK_RAW_SPLIT)
			r = close_pack(w, &raw, e);
		if (r < 0)
			break;
		t->m.pack = w->npacks;
		t->m.ko_offset = raw.len + TAR_BLOCK;
		manifest_ko_path(&t->m, name, sizeof(name));
		r = add_file(&raw, name, t->in->ko, t->in->ko_len,
			     w->spec->created, e);
		if (r < 0)
			break;
	}
	if (!r && raw.len)
		r = close_pack(w, &raw, e);
	buf_deinit(&raw);
	return r;
}

/* ---- targets ------------------------------------------------------------- */

static int cmp_targets(const void *a, const void *b)
{
	const struct write_target *p = a, *q = b;

	return target_cmp(&p->m, &q->m);
}

static int add_target(struct writer *w, const struct bundle_target *in,
		      struct err *e)
{
	struct write_target t = { .in = in };

	if (!in->machine || !in->release)
		return err_set(e, ERR_INVALID, "a target without a name");
	t.m.machine = in->machine;
	t.m.release = in->release;
	t.m.version = write_clean(w->a, in->version, "*");
	t.m.build_id = in->build_id && *in->build_id ? in->build_id : NULL;
	t.m.distro = write_clean(w->a, in->distro, "-");
	t.m.flavour = write_clean(w->a, in->flavour, "-");
	t.m.is_ok = !in->status_code;
	if (t.m.is_ok) {
		if (!in->module || !in->ko_len || in->ko_len > BUNDLE_KO_MAX)
			return err_set(e, -BERR_LIMIT,
				       "module of %s: %zu bytes, limit %u",
				       in->release, in->ko_len, BUNDLE_KO_MAX);
		t.m.module = in->module;
		t.m.ko_size = in->ko_len;
		crypto_hash_sha256(t.m.ko_sha256, in->ko, in->ko_len);
		t.m.vermagic = write_clean(w->a, in->vermagic, "-");
	} else {
		t.m.status_text = write_clean(w->a, in->status_text, "-");
	}
	vec_apush(w->a, &w->targets, t);
	return 0;
}

static int make_targets(struct writer *w, struct err *e)
{
	uint32_t i = 0;
	struct write_target *t;

	if (!w->spec->ntargets || w->spec->ntargets > BUNDLE_TARGETS_MAX)
		return err_set(e, -BERR_LIMIT, "%zu targets, limit %u",
			       w->spec->ntargets, BUNDLE_TARGETS_MAX);
	for (size_t n = 0; n < w->spec->ntargets; n++) {
		int r = add_target(w, &w->spec->target[n], e);

		if (r < 0)
			return r;
	}
	if (w->targets.n)
		qsort(w->targets.v, w->targets.n, sizeof(w->targets.v[0]),
		      cmp_targets);
	vec_foreach(t, &w->targets)
		t->m.index = i++;
	for (i = 1; i < w->targets.n; i++)
		if (!cmp_targets(&w->targets.v[i - 1], &w->targets.v[i]))
			return err_set(e, ERR_INVALID,
				       "kernel %s is there twice",
				       w->targets.v[i].m.release);
	return 0;
}

static int cmp_scripts(const void *a, const void *b)
{
	const struct bundle_script *p = a, *q = b;

	return strcmp(p->name, q->name);
}

static int make_scripts(struct writer *w, struct err *e)
{
	size_t n = w->spec->nscripts;

	if (!n || n > BUNDLE_SCRIPTS_MAX)
		return err_set(e, -BERR_LIMIT, "%zu scripts, limit %u", n,
			       BUNDLE_SCRIPTS_MAX);
	w->scripts = arena_array(w->a, struct bundle_script, n);
	for (size_t i = 0; i < n; i++) {
		w->scripts[i] = w->spec->script[i];
		w->scripts[i].name =
			write_script_name(w->a, w->spec->script[i].name);
	}
	w->nscripts = n;
	qsort(w->scripts, n, sizeof(w->scripts[0]), cmp_scripts);
	return 0;
}

/* ---- the file ------------------------------------------------------------ */

static int assemble(struct writer *w, const struct signer *s,
		    const struct buf *manifest, struct buf *out, struct err *e)
{
	struct buf sigs = BUF_INIT;
	uint64_t mtime = w->spec->created;
	size_t from = out->len;
	int r;

	if (s)
		signer_line(s, manifest->p, manifest->len, &sigs);
	r = add_file(out, "tap-1/manifest", manifest->p, manifest->len, mtime,
		     e);
	if (!r)
		r = add_file(out, "tap-1/signatures", sigs.p, sigs.len, mtime,
			     e);
	buf_deinit(&sigs);
	for (size_t i = 0; !r && i < w->members.n; i++) {
		const struct write_member *m = &w->members.v[i];

		r = add_file(out, m->name, m->data.p, m->data.len, mtime, e);
	}
	add_end(out);
	if (!r && out->len - from > BUNDLE_FILE_MAX)
		r = err_set(e, -BERR_LIMIT, "bundle of %zu bytes, limit %u",
			    out->len - from, BUNDLE_FILE_MAX);
	return r;
}

/*
 * The reader's own parser is the judge of what was written: a text that the
 * format cannot hold is found here and not on a host.
 */
static int check_manifest(const struct buf *manifest, struct err *e)
{
	struct manifest *m = xcalloc(1, sizeof(*m));
	char *copy = xmalloc(manifest->len + 1);
	int r;

	memcpy(copy, manifest->p, manifest->len + 1);
	r = manifest_parse(m, copy, manifest->len, e);
	if (r < 0) {
		err_prefix(e, "the bundle cannot hold this");
		if (r != -BERR_LIMIT) {
			r = ERR_INVALID;
			if (e)
				e->code = r;
		}
	}
	free(copy);
	free(m);
	return r;
}

static int make_members(struct writer *w, struct err *e)
{
	struct write_member *m;
	int r;

	make_ksig(w);
	if (w->spec->provenance) {
		m = new_member(w, MEMBER_PROVENANCE, "tap-1/provenance");
		buf_add(&m->data, w->spec->provenance, w->spec->provenance_len);
	}
	r = make_source(w, e);
	return r ? r : make_packs(w, e);
}

int bundle_write(const struct bundle_spec *spec, const struct signer *s,
		 struct buf *out, struct err *e)
{
	struct arena a;
	struct writer w = { .a = &a, .spec = spec };
	struct buf manifest = BUF_INIT;
	size_t start = out->len;
	int r;

	arena_init(&a);
	r = make_scripts(&w, e);
	if (!r)
		r = make_targets(&w, e);
	if (!r)
		r = make_members(&w, e);
	if (!r)
		r = write_manifest(&w, &manifest, e);
	if (!r)
		r = check_manifest(&manifest, e);
	if (!r)
		r = assemble(&w, s, &manifest, out, e);
	if (r < 0 && out->len > start) {
		out->len = start;
		out->p[start] = '\0';
	}
	for (size_t i = 0; i < w.members.n; i++)
		buf_deinit(&w.members.v[i].data);
	buf_deinit(&manifest);
	arena_deinit(&a);
	return r;
}

/* ---- one signature more -------------------------------------------------- */

/* The member at @*off: its content; *off moves behind its padding. */
static int take_member(const uint8_t *in, size_t n, size_t *off,
		       const char *name, const uint8_t **p, size_t *len,
		       uint64_t *mtime, struct err *e)
{
	uint8_t want[TAR_BLOCK];
	uint64_t size;

	if (n - *off < TAR_BLOCK || !tar_peek(in + *off, &size, mtime) ||
	    !tar_header(want, name, size, *mtime) ||
	    tar_differs(in + *off, want) >= 0)
		return err_set(e, -BERR_CONTAINER, "no member '%s'", name);
	*off += TAR_BLOCK;
	if (size > n - *off || tar_padded(size) > n - *off)
		return err_set(e, -BERR_TRUNCATED, "member '%s' is cut off",
			       name);
	*p = in + *off;
	*len = (size_t)size;
	*off += (size_t)tar_padded(size);
	return 0;
}

static int has_signed(const char *lines, size_t n,
		      const struct made_signature *s, struct err *e)
{
	uint8_t id[SIG_KEYID_BYTES];
	struct sig_set set;
	int r = sig_parse(&set, lines, n, e);

	if (r < 0)
		return r;
	sig_key_id(s->pk, id);
	for (unsigned int i = 0; i < set.n; i++)
		if (set.line[i].is_known && set.line[i].role == s->role &&
		    !memcmp(set.line[i].keyid, id, sizeof(id)))
			return err_set(e, ERR_EXISTS,
				       "key %02x%02x%02x%02x.. has signed this "
				       "bundle as '%s'",
				       id[0], id[1], id[2], id[3],
				       sig_role_name(s->role));
	if (set.n == BUNDLE_SIG_LINES_MAX)
		return err_set(e, -BERR_LIMIT,
			       "bundle has %u signatures, more "
			       "do not fit",
			       set.n);
	return 0;
}

int bundle_front(const void *in, size_t n, struct bundle_front *f,
		 struct err *e)
{
	const uint8_t *p = NULL;
	int r;

	f->rest = 0;
	r = take_member(in, n, &f->rest, "tap-1/manifest", &p, &f->manifest_len,
			&f->mtime, e);
	f->manifest = (const char *)p;
	if (!r)
		r = take_member(in, n, &f->rest, "tap-1/signatures", &p,
				&f->sigs_len, &f->mtime, e);
	f->sigs = (const char *)p;
	return r;
}

int bundle_set_front(const void *in, size_t n, const struct buf *manifest,
		     const struct buf *sigs, struct buf *out, struct err *e)
{
	struct bundle_front f;
	int r = bundle_front(in, n, &f, e);

	if (!r)
		r = check_manifest(manifest, e);
	if (!r && sigs->len > BUNDLE_SIGNATURES_MAX)
		r = err_set(e, -BERR_LIMIT, "signatures of %zu bytes, limit %u",
			    sigs->len, BUNDLE_SIGNATURES_MAX);
	if (!r)
		r = add_file(out, "tap-1/manifest", manifest->p, manifest->len,
			     f.mtime, e);
	if (!r)
		r = add_file(out, "tap-1/signatures", sigs->p, sigs->len,
			     f.mtime, e);
	if (!r)
		buf_add(out, (const uint8_t *)in + f.rest, n - f.rest);
	return r;
}

/* Another line, unless this key has one in this role. */
static int sign_more(const struct made_signature *m, struct buf *sigs,
		     struct err *e)
{
	int r = has_signed(sigs->p, sigs->len, m, e);

	if (!r)
		signer_text(m, sigs);
	return r;
}

int bundle_sign_more(const struct signer *s, const struct buf *manifest,
		     struct buf *sigs, struct err *e)
{
	struct made_signature m;

	signer_make(s, manifest->p, manifest->len, &m);
	return sign_more(&m, sigs, e);
}

static int add_made(const void *in, size_t n, const struct bundle_front *f,
		    const struct made_signature *m, struct buf *out,
		    struct err *e)
{
	struct buf manifest = BUF_INIT, sigs = BUF_INIT;
	int r;

	buf_add(&manifest, f->manifest, f->manifest_len);
	buf_add(&sigs, f->sigs, f->sigs_len);
	r = sign_more(m, &sigs, e);
	if (!r)
		r = bundle_set_front(in, n, &manifest, &sigs, out, e);
	buf_deinit(&manifest);
	buf_deinit(&sigs);
	return r;
}

int bundle_add_signature(const void *in, size_t n, const struct signer *s,
			 struct buf *out, struct err *e)
{
	struct made_signature m;
	struct bundle_front f;
	int r = bundle_front(in, n, &f, e);

	if (r < 0)
		return r;
	signer_make(s, f.manifest, f.manifest_len, &m);
	return add_made(in, n, &f, &m, out, e);
}

int bundle_add_made(const void *in, size_t n, const struct made_signature *m,
		    struct buf *out, struct err *e)
{
	struct bundle_front f;
	int r = bundle_front(in, n, &f, e);

	if (!r)
		r = signer_check(m, f.manifest, f.manifest_len, e);
	return r ? r : add_made(in, n, &f, m, out, e);
}
