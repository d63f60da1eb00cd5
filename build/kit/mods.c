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
#include "build/kit/kit_file.h"
#include "bundle/base/err.h"

#include <fts.h>
#include <libelf.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define MOD_MAX ((size_t)256 << 20)
/* Types are read one module at a time, so each is a frame of its own. */
#define MOD_ZSTD_LEVEL 6

struct pool {
	struct mod *v;
	size_t n, next;
	const char *dir;
	pthread_mutex_t lock;
	struct err err;
	size_t bad; /* index of the first module that failed, or n */
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

static int read_btf(struct mod *m, const struct efile *f, ZSTD_CCtx *zc,
		    struct err *e)
{
	const struct efile_sect *s = efile_section(f, ".BTF");
	size_t cap, n;

	if (!s || !s->data)
		return 0;
	if (s->len > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "%zu bytes of types", s->len);
	cap = ZSTD_compressBound(s->len);
	m->z = xmalloc(cap);
	n = ZSTD_compressCCtx(zc, m->z, cap, s->data, s->len, MOD_ZSTD_LEVEL);
	if (ZSTD_isError(n))
		return err_set(e, ERR_LIMIT, "cannot compress types: %s",
			       ZSTD_getErrorName(n));
	m->z = xrealloc(m->z, n);
	m->zlen = (uint32_t)n;
	m->raw_len = (uint32_t)s->len;
	return 0;
}

static int read_one(struct arena *a, struct mod *m, const char *dir,
		    struct buf *file, struct buf *ko, ZSTD_CCtx *zc,
		    struct err *e)
{
	char id[EFILE_BUILD_ID_MAX];
	const char *s;
	struct efile f;
	int rc;

	buf_reset(file);
	buf_reset(ko);
	rc = fs_read(arena_printf(a, "%s/%s", dir, m->path), file, MOD_MAX, e);
	if (rc == 0)
		rc = image_decompress(file->p, file->len, ko, MOD_MAX, e);
	if (rc == 0)
		rc = efile_open(&f, ko->p, ko->len, e);
	if (rc < 0)
		return err_prefix(e, "module '%s'", m->path);
	s = efile_modinfo(&f, "name");
	m->name = s ? arena_strdup(a, s) : name_from_path(a, m->path);
	s = efile_modinfo(&f, "depends");
	m->deps = s ? arena_strdup(a, s) : "";
	m->build_id = efile_build_id(&f, id) ? arena_strdup(a, id) : "";
	rc = read_btf(m, &f, zc, e);
	efile_close(&f);
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
	struct buf file = BUF_INIT, ko = BUF_INIT;
	ZSTD_CCtx *zc = ZSTD_createCCtx();

	for (;;) {
		struct err e;
		size_t i;
		int rc;

		pthread_mutex_lock(&p->lock);
		i = p->next < p->n && !p->rc ? p->next++ : p->n;
		pthread_mutex_unlock(&p->lock);
		if (i == p->n)
			break;
		rc = read_one(w->a, &p->v[i], p->dir, &file, &ko, zc, &e);
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
	ZSTD_freeCCtx(zc);
	buf_deinit(&file);
	buf_deinit(&ko);
	return NULL;
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
			struct mod m = {
				.path = arena_strdup(a, ent->fts_path +
							       strlen(dir) + 1)
			};

			vec_push(&v, m);
		}
	fts_close(fts);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), mod_cmp);
	ret->v = v.v;
	ret->n = v.n;
	return 0;
}

int mods_read(const char *dir, unsigned int jobs, struct mods *ret,
	      struct err *e)
{
	struct pool p = { .dir = dir };
	struct worker w[16];
	pthread_t t[16];
	unsigned int i, started = 0;
	int rc;

	*ret = (struct mods){ 0 };
	if (!jobs)
		jobs = spawn_jobs();
	if (jobs > 16)
		jobs = 16;
	ret->arenas = xcalloc(jobs, sizeof(*ret->arenas));
	ret->narenas = jobs;
	rc = dir ? list_files(&ret->arenas[0], dir, ret, e) : 0;
	if (rc < 0 || !ret->n)
		return rc;
	elf_version(EV_CURRENT); /* before there are threads */
	p.v = ret->v;
	p.n = p.bad = ret->n;
	pthread_mutex_init(&p.lock, NULL);
	for (i = 0; i < jobs; i++)
		w[i] = (struct worker){ &p, &ret->arenas[i] };
	for (i = 1; i < jobs; i++)
		if (!pthread_create(&t[started], NULL, work, &w[i]))
			started++;
	work(&w[0]);
	for (i = 0; i < started; i++)
		pthread_join(t[i], NULL);
	pthread_mutex_destroy(&p.lock);
	if (p.rc < 0) {
		if (e)
			*e = p.err;
		return p.rc;
	}
	qsort(ret->v, ret->n, sizeof(*ret->v), mod_cmp);
	return 0;
}

void mods_deinit(struct mods *m)
{
	unsigned int i;
	size_t k;

	for (k = 0; k < m->n; k++)
		free(m->v[k].z);
	free(m->v);
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

void mods_write(const struct mods *m, struct kf_writer *w)
{
	struct buf rows = BUF_INIT, btf = BUF_INIT;
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct mod *v = &m->v[i];
		struct kf_module row = {
			.name = kfw_str(w, v->name),
			.path = kfw_str(w, plain_path(w->a, v->path)),
			.deps = kfw_str(w, v->deps),
			.build_id = kfw_str(w, v->build_id),
			.off = btf.len,
			.zlen = v->zlen,
			.raw_len = v->raw_len,
		};

		if (i && !strcmp(m->v[i - 1].name, v->name))
			continue;
		buf_add(&rows, &row, sizeof(row));
		if (v->z)
			buf_add(&btf, v->z, v->zlen);
	}
	buf_add(kfw_section(w, KF_MODULES), rows.p, rows.len);
	buf_add(kfw_section(w, KF_MODBTF), btf.p, btf.len);
	buf_deinit(&rows);
	buf_deinit(&btf);
}
