// SPDX-License-Identifier: GPL-2.0-only
/* Thousands of small ELF files, some compressed, on all CPUs. */
#include "build/kit/mods.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/image.h"
#include "build/debuginfo/ktracepoint.h"
#include "build/debuginfo/modfunc.h"
#include "build/kit/kit_file.h"
#include "build/kit/modfuncs.h"
#include "build/kit/modinfo.h"
#include "bundle/base/err.h"

#include <fts.h>
#include <libelf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zstd.h>

#define MOD_MAX ((size_t)256 << 20)
/* A frame holds GROUP_BYTES or one module: half the size of single ones, 2 ms to read. */
#define MAX_THREADS    16
#define GROUP_BYTES    ((uint32_t)2 << 20)
#define MOD_ZSTD_LEVEL 3
#define FN_ZSTD_LEVEL  3

/* Work on items 0…n-1 by several threads; stops at the first failure. */
struct pool {
	struct mods *m;
	const char *dir;
	int (*item)(struct pool *p, struct arena *a, size_t i, struct err *e);
	size_t n, next;
	pthread_mutex_t lock;
	struct err err;
	size_t bad; /* index of the first item that failed, or n */
	int rc;
};

/* "kernel/fs/xfs/xfs.ko.zst" -> "xfs": what the kernel calls it without name= */
static const char *name_from_path(struct arena *a, const char *path)
{
	const char *s = strrchr(path, '/');
	char *name, *c;

	s = s ? s + 1 : path;
	name = arena_strndup(a, s, strcspn(s, "."));
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

static int read_btf(struct mod *m, const struct efile *f, struct err *e)
{
	const struct efile_sect *s = efile_section(f, ".BTF");

	if (!s || !s->data)
		return 0;
	if (s->len > MOD_MAX)
		return err_set(e, ERR_LIMIT, "%zu bytes of types", s->len);
	m->btf = xmalloc(s->len);
	m->btf_len = (uint32_t)s->len;
	memcpy(m->btf, s->data, s->len);
	return 0;
}

static int read_funcs(struct mod *m, const struct efile *f, struct err *e)
{
	struct arena a = { 0 };
	struct modfunc *v;
	size_t n;
	int rc = modfunc_read(&a, f, &v, &n, e);

	if (rc == 0 && n) {
		modfuncs_encode(v, n, &m->funcs);
		m->func_len = (uint32_t)m->funcs.len;
	}
	arena_deinit(&a);
	return rc;
}

static int read_elf(struct mod *m, struct arena *a, const void *p, size_t n,
		    struct err *e)
{
	char id[EFILE_BUILD_ID_MAX];
	struct efile f;
	int rc = efile_open(&f, p, n, e);

	if (rc < 0)
		return rc;
	m->build_id = efile_build_id(&f, id) ? arena_strdup(a, id) : "";
	rc = read_btf(m, &f, e);
	if (rc == 0)
		rc = read_funcs(m, &f, e);
	if (rc == 0)
		rc = ktracepoint_module(a, &f, &m->tp, &m->ntp, e);
	if (rc == 0)
		rc = modinfo_read(a, &f, p, n, &m->name, &m->deps, e);
	efile_close(&f);
	return rc;
}

/* A plain one is read where it lies: most of it is code, which nobody looks at. */
static int read_one(struct pool *p, struct arena *a, size_t i, struct err *e)
{
	struct mod *m = &p->m->v[i];
	struct buf ko = BUF_INIT;
	const void *file;
	size_t n;
	int rc;

	rc = fs_map(arena_printf(a, "%s/%s", p->dir, m->path), &file, &n, e);
	if (rc < 0)
		return err_prefix(e, "module '%s'", m->path);
	if (image_is_compressed(file, n)) {
		rc = image_decompress(file, n, &ko, MOD_MAX, e);
		if (rc == 0)
			rc = read_elf(m, a, ko.p, ko.len, e);
		buf_deinit(&ko);
	} else {
		rc = read_elf(m, a, file, n, e);
	}
	munmap((void *)(uintptr_t)file, n);
	if (!m->name)
		m->name = name_from_path(a, m->path);
	if (!m->deps)
		m->deps = "";
	return rc < 0 ? err_prefix(e, "module '%s'", m->path) : 0;
}

static int pack_frame(const struct buf *raw, int level, struct mod_frame *ret,
		      struct err *e)
{
	size_t cap = ZSTD_compressBound(raw->len), n;

	ret->z = xmalloc(cap);
	n = ZSTD_compress(ret->z, cap, raw->p, raw->len, level);
	if (ZSTD_isError(n))
		return err_set(e, ERR_LIMIT, "cannot compress types: %s",
			       ZSTD_getErrorName(n));
	ret->raw_len = (uint32_t)raw->len;
	ret->zlen = (uint32_t)n;
	return 0;
}

static int pack_one(struct pool *p, struct arena *a, size_t i, struct err *e)
{
	struct mod_group *g = &p->m->group[i];
	struct buf raw = BUF_INIT, funcs = BUF_INIT;
	size_t k;
	int rc;

	(void)a;
	for (k = g->first; k < g->end; k++) {
		struct mod *m = p->m->bypath[k];

		m->group = i;
		m->func_off = (uint32_t)funcs.len;
		buf_add(&funcs, m->funcs.p, m->funcs.len);
		buf_deinit(&m->funcs);
		if (!m->btf)
			continue;
		buf_align(&raw, 8);
		m->raw_off = (uint32_t)raw.len;
		buf_add(&raw, m->btf, m->btf_len);
		free(m->btf);
		m->btf = NULL;
	}
	rc = pack_frame(&raw, MOD_ZSTD_LEVEL, &g->types, e);
	if (rc == 0)
		rc = pack_frame(&funcs, FN_ZSTD_LEVEL, &g->funcs, e);
	buf_deinit(&raw);
	buf_deinit(&funcs);
	return rc;
}

struct worker {
	struct pool *p;
	struct arena *a;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->p;

	for (;;) {
		struct err e;
		size_t i;
		int rc;

		pthread_mutex_lock(&p->lock);
		i = p->next < p->n && !p->rc ? p->next++ : p->n;
		pthread_mutex_unlock(&p->lock);
		if (i == p->n)
			return NULL;
		rc = p->item(p, w->a, i, &e);
		if (rc == 0)
			continue;
		pthread_mutex_lock(&p->lock);
		if (i < p->bad) {
			p->bad = i;
			p->rc = rc;
			p->err = e;
		}
		pthread_mutex_unlock(&p->lock);
	}
}

static int run_pool(struct pool *p, struct err *e)
{
	unsigned int jobs = p->m->narenas, i, started = 0;
	struct worker w[MAX_THREADS] = { { p, &p->m->arenas[0] } };
	pthread_t t[MAX_THREADS];

	p->bad = p->n;
	pthread_mutex_init(&p->lock, NULL);
	for (i = 1; i < jobs; i++) {
		w[i] = (struct worker){ p, &p->m->arenas[i] };
		if (!pthread_create(&t[started], NULL, work, &w[i]))
			started++;
	}
	work(&w[0]);
	for (i = 0; i < started; i++)
		pthread_join(t[i], NULL);
	pthread_mutex_destroy(&p->lock);
	if (p->rc < 0 && e)
		*e = p->err;
	return p->rc;
}

static int mod_cmp(const void *a, const void *b)
{
	const struct mod *x = a, *y = b;
	int c = x->name && y->name ? strcmp(x->name, y->name) : 0;

	return c ? c : strcmp(x->path, y->path);
}

static bool is_module(const char *name)
{
	const char *s = strstr(name, ".ko");

	return s && (!s[3] || !strcmp(s + 3, ".xz") || !strcmp(s + 3, ".zst") ||
		     !strcmp(s + 3, ".gz"));
}

static int list_files(struct arena *a, const char *dir, struct mods *ret,
		      struct err *e)
{
	char *const roots[] = { arena_strdup(a, dir), NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	VEC(struct mod) v = { 0 };
	FTSENT *ent;

	if (!fts)
		return err_sys(e, "cannot read '%s'", dir);
	while ((ent = fts_read(fts)))
		if (ent->fts_info == FTS_F && is_module(ent->fts_name)) {
			struct mod m = { .path = arena_strdup(
						 a, ent->fts_path +
							    strlen(dir) + 1) };

			vec_push(&v, m);
		}
	fts_close(fts);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), mod_cmp);
	ret->v = v.v;
	ret->n = v.n;
	return 0;
}

static int path_cmp(const void *a, const void *b)
{
	const struct mod *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

/* Cut the modules, in the order of their paths, into groups. */
static void make_groups(struct mods *m)
{
	size_t i, at = 0;

	m->bypath = xcalloc(m->n, sizeof(*m->bypath));
	m->group = xcalloc(m->n + 1, sizeof(*m->group));
	for (i = 0; i < m->n; i++)
		m->bypath[i] = &m->v[i];
	qsort(m->bypath, m->n, sizeof(*m->bypath), path_cmp);
	for (i = 0; i < m->n; i++) {
		struct mod_group *g = &m->group[m->ngroups];

		at += m->bypath[i]->btf_len + m->bypath[i]->func_len;
		g->end = i + 1;
		if (at < GROUP_BYTES && i + 1 < m->n)
			continue;
		if (at)
			m->ngroups++;
		at = 0;
		m->group[m->ngroups].first = i + 1;
	}
}

int mods_read(const char *dir, unsigned int jobs, struct mods *ret,
	      struct err *e)
{
	struct pool read = { .m = ret, .dir = dir, .item = read_one };
	struct pool pack = { .m = ret, .item = pack_one };
	int rc;

	*ret = (struct mods){ 0 };
	if (!jobs)
		jobs = spawn_jobs();
	if (jobs > MAX_THREADS)
		jobs = MAX_THREADS;
	ret->arenas = xcalloc(jobs, sizeof(*ret->arenas));
	ret->narenas = jobs;
	rc = dir ? list_files(&ret->arenas[0], dir, ret, e) : 0;
	if (rc < 0 || !ret->n)
		return rc;
	elf_version(EV_CURRENT); /* before there are threads */
	read.n = ret->n;
	rc = run_pool(&read, e);
	if (rc < 0)
		return rc;
	qsort(ret->v, ret->n, sizeof(*ret->v), mod_cmp);
	make_groups(ret);
	pack.n = ret->ngroups;
	return run_pool(&pack, e);
}

void mods_deinit(struct mods *m)
{
	unsigned int i;
	size_t k;

	for (k = 0; k < m->n; k++) {
		free(m->v[k].btf);
		buf_deinit(&m->v[k].funcs);
	}
	for (k = 0; k < m->ngroups; k++) {
		free(m->group[k].types.z);
		free(m->group[k].funcs.z);
	}
	free(m->v);
	free(m->bypath);
	free(m->group);
	for (i = 0; i < m->narenas; i++)
		arena_deinit(&m->arenas[i]);
	free(m->arenas);
	*m = (struct mods){ 0 };
}

/* Compression of the file is no property of the module: "….ko" for all. */
static const char *plain_path(struct arena *a, const char *path)
{
	const char *s = strstr(path, ".ko");

	return arena_strndup(a, path, (size_t)(s - path) + 3);
}

static int mtp_cmp(const void *pa, const void *pb, void *arg)
{
	const struct kf_mtp *a = pa, *b = pb;
	const struct kf_writer *w = arg;
	int c = strcmp(w->strings.p + a->name, w->strings.p + b->name);

	return c ? c
		 : strcmp(w->strings.p + a->module, w->strings.p + b->module);
}

static void write_tracepoints(const struct mods *m, struct kf_writer *w)
{
	VEC(struct kf_mtp) v = { 0 };
	size_t i, k;

	for (i = 0; i < m->n; i++)
		for (k = 0; k < m->v[i].ntp; k++) {
			const struct ktracepoint *t = &m->v[i].tp[k];
			struct kf_mtp row = { kfw_str(w, t->name),
					      kfw_str(w, t->system),
					      kfw_str(w, m->v[i].name) };

			vec_push(&v, row);
		}
	if (v.n)
		qsort_r(v.v, v.n, sizeof(*v.v), mtp_cmp, w);
	buf_add(kfw_section(w, KF_MTPS), v.v, v.n * sizeof(*v.v));
	vec_deinit(&v);
}

/* Is it the name of the one before?  Then it is left out. */
static bool is_twice(const struct mods *m, size_t i)
{
	return i && !strcmp(m->v[i - 1].name, m->v[i].name);
}

static void write_funcs(const struct mods *m, struct kf_writer *w)
{
	uint64_t *off = xcalloc(m->ngroups + 1, sizeof(*off));
	struct buf *b = kfw_section(w, KF_MODFN);
	size_t i;

	for (i = 0; i < m->ngroups; i++) {
		off[i] = b->len;
		buf_add(b, m->group[i].funcs.z, m->group[i].funcs.zlen);
	}
	b = kfw_section(w, KF_MODFUNCS);
	for (i = 0; i < m->n; i++) {
		const struct mod *v = &m->v[i];
		const struct mod_frame *f = &m->group[v->group].funcs;
		struct kf_modfuncs row = { off[v->group], f->zlen, f->raw_len,
					   v->func_off, v->func_len };

		if (!is_twice(m, i))
			buf_add(b, &row, sizeof(row));
	}
	free(off);
}

void mods_write(const struct mods *m, struct kf_writer *w)
{
	uint64_t *off = xcalloc(m->ngroups + 1, sizeof(*off));
	struct buf *b;
	size_t i;

	b = kfw_section(w, KF_MODBTF);
	for (i = 0; i < m->ngroups; i++) {
		off[i] = b->len;
		buf_add(b, m->group[i].types.z, m->group[i].types.zlen);
	}
	b = kfw_section(w, KF_MODULES);
	for (i = 0; i < m->n; i++) {
		const struct mod *v = &m->v[i];
		struct kf_module row = {
			.name = kfw_str(w, v->name),
			.path = kfw_str(w, plain_path(w->a, v->path)),
			.deps = kfw_str(w, v->deps),
			.build_id = kfw_str(w, v->build_id),
		};

		if (is_twice(m, i))
			continue;
		if (v->btf_len) {
			row.off = off[v->group];
			row.zlen = m->group[v->group].types.zlen;
			row.group_len = m->group[v->group].types.raw_len;
			row.raw_off = v->raw_off;
			row.raw_len = v->btf_len;
		}
		buf_add(b, &row, sizeof(row));
	}
	free(off);
	write_funcs(m, w);
	write_tracepoints(m, w);
}
