// SPDX-License-Identifier: GPL-2.0-only
/* One directory of read-only files named by release and content. */
#include "build/kit/store.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/tools.h"
#include "bundle/base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#define EXPORT_LEVEL	   12
#define EXPORT_DEBUG_LEVEL 5 /* most of it is compressed as it is */

/* "6.1.0-56-amd64_0123456789ab.kit": lengths of the two parts, or false */
static bool split_name(const char *name, size_t *release, size_t *id)
{
	const char *dot = strrchr(name, '.'), *bar = strrchr(name, '_');

	if (!dot || strcmp(dot, ".kit") || !bar || bar > dot || bar == name ||
	    name[0] == '.')
		return false;
	*release = (size_t)(bar - name);
	*id = (size_t)(dot - bar - 1);
	return *id == 12;
}

int store_check_name(const char *path, const char *release, const char *id,
		     struct err *e)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t r, n;

	if (split_name(name, &r, &n) && strlen(release) == r &&
	    !strncmp(name, release, r) && !strncmp(name + r + 1, id, n))
		return 0;
	err_set(e, ERR_CORRUPT, "'%s' is the kit of %s (%.12s) by a wrong name",
		path, release, id);
	return err_hint(e, "tapbuild kit import %s, then remove it", path);
}

static bool name_matches(struct arena *a, const char *name, const char *pattern)
{
	size_t rel, id, n = strlen(pattern);
	char *release;

	if (!split_name(name, &rel, &id))
		return false;
	release = arena_strndup(a, name, rel);
	if (!fnmatch(pattern, release, 0))
		return true;
	return n >= 8 && strspn(pattern, "0123456789abcdef") == n &&
	       !strncmp(name + rel + 1, pattern, n < id ? n : id);
}

static int path_cmp(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

int kit_find(struct arena *a, const char *pattern, const char ***ret,
	     struct err *e)
{
	const char *dir = fs_cache_dir(a, "kits");
	VEC(const char *) v = { 0 };
	struct dirent *ent;
	DIR *d = opendir(dir);

	*ret = NULL;
	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return err_sys(e, "cannot read '%s'", dir);
	while ((ent = readdir(d)))
		if (name_matches(a, ent->d_name, pattern))
			vec_apush(a, &v,
				  arena_printf(a, "%s/%s", dir, ent->d_name));
	closedir(d);
	if (v.n)
		qsort(v.v, v.n, sizeof(*v.v), path_cmp);
	*ret = v.v;
	return (int)v.n;
}

char *store_debug_path(struct arena *a, const char *release,
		       const char *build_id)
{
	return arena_printf(a, "%s/%s_%.12s.dwi", fs_cache_dir(a, "kits"),
			    release, build_id);
}

char *store_listing_path(struct arena *a, const char *release,
			 const char *build_id)
{
	return arena_printf(a, "%s/%s_%.12s.lst", fs_cache_dir(a, "kits"),
			    release, build_id);
}

static bool same_kernel(const struct kit *a, const struct kit *b)
{
	return !strcmp(kit_info(a)->release, kit_info(b)->release) &&
	       !strcmp(kit_info(a)->build_id, kit_info(b)->build_id);
}

/* Is @path the only kit of its kernel? */
static bool is_last(struct arena *a, const char *path, const struct kit *k)
{
	const char **v;
	struct err e;
	int i, n = kit_find(a, "*", &v, &e);
	bool others = false;

	for (i = 0; i < n && !others; i++) {
		struct kit *o;

		if (!strcmp(v[i], path) || kit_open(v[i], &o, &e) < 0)
			continue;
		others = same_kernel(k, o);
		kit_close(o);
	}
	return !others;
}

int store_remove(struct arena *a, const char *path, struct err *e)
{
	struct kit *k;
	struct err ignored;

	/* A damaged kit has no tools we could name; it goes all the same. */
	if (kit_open(path, &k, &ignored) == 0) {
		const struct kit_info *i = kit_info(k);

		fs_rmtree(arena_printf(a, "%s/%s", fs_cache_dir(a, "tools"),
				       i->id),
			  &ignored);
		if (is_last(a, path, k)) {
			unlink(store_debug_path(a, i->release, i->build_id));
			unlink(store_listing_path(a, i->release, i->build_id));
		}
		kit_close(k);
	}
	if (unlink(path) < 0)
		return err_sys(e, "cannot remove '%s'", path);
	return 0;
}

/* Remove what the kit at @path replaces. */
static void remove_older(struct arena *a, const char *path)
{
	struct kit *now, *old;
	const char **v;
	struct err e;
	int n, i;

	if (kit_open(path, &now, &e) < 0)
		return;
	n = kit_find(a, "*", &v, &e);
	for (i = 0; v && i < n; i++) {
		bool same;

		if (!strcmp(v[i], path) || kit_open(v[i], &old, &e) < 0)
			continue;
		same = same_kernel(old, now);
		kit_close(old);
		if (same)
			store_remove(a, v[i], &e);
	}
	kit_close(now);
}

static int bad_release(const char *release)
{
	return !*release || strchr(release, '/') || release[0] == '.' ||
	       strlen(release) > 64;
}

int store_put(struct arena *a, const void *p, size_t n, const char **path,
	      struct err *e)
{
	const char *dir = fs_cache_dir(a, "kits"), *release;
	struct err ignored = { 0 };
	struct kf_view f;
	char id[65];
	int rc = kf_open(&f, p, n, e);

	if (rc < 0)
		return rc;
	release = kf_info(&f, "release");
	if (bad_release(release))
		return err_set(e, ERR_FORMAT, "kit has a bad release");
	kf_id_hex(&f, id);
	rc = fs_mkdirs(dir, e);
	if (rc < 0)
		return rc;
	*path = arena_printf(a, "%s/%s_%.12s.kit", dir, release, id);
	rc = fs_write_atomic(*path, p, n, 0444, e);
	if (rc == 0)
		remove_older(a, *path);
	/* Where its tools cannot be had is said where they are wanted. */
	if (rc == 0)
		tools_unpack(&f, a, &dir, &ignored);
	return rc;
}

/* What is beside kits, by the kernel it is of. */
static int put_beside(struct arena *a, const void *p, size_t n,
		      char *(*where)(struct arena *, const char *,
				     const char *),
		      const char **path, struct err *e)
{
	const char *release, *build_id;
	struct kf_view f;
	int rc = kf_open(&f, p, n, e);

	if (rc < 0)
		return rc;
	release = kf_info(&f, "release");
	build_id = kf_info(&f, "build-id");
	if (bad_release(release) || strlen(build_id) < 12 ||
	    build_id[strspn(build_id, "0123456789abcdef")])
		return err_set(
			e, ERR_FORMAT,
			"file of a kernel has a bad release or build-id");
	rc = fs_mkdirs(fs_cache_dir(a, "kits"), e);
	if (rc < 0)
		return rc;
	*path = where(a, release, build_id);
	return fs_write_atomic(*path, p, n, 0444, e);
}

int store_put_debug(struct arena *a, const void *p, size_t n, const char **path,
		    struct err *e)
{
	return put_beside(a, p, n, store_debug_path, path, e);
}

int store_put_listing(struct arena *a, const void *p, size_t n,
		      const char **path, struct err *e)
{
	return put_beside(a, p, n, store_listing_path, path, e);
}

int store_check(const char *path, struct err *e)
{
	struct kf_view f;
	const void *p;
	size_t n, len;
	char id[65];
	int rc = fs_map(path, &p, &n, e);

	if (rc < 0)
		return rc;
	rc = kf_open(&f, p, n, e);
	if (rc == 0)
		rc = kf_check(&f, e);
	if (rc == 0)
		kf_id_hex(&f, id);
	if (rc < 0)
		err_prefix(e, "'%s'", path);
	else if (!kf_section(&f, KF_DEBUG, &len) &&
		 !kf_section(&f, KF_LISTING, &len))
		rc = store_check_name(path, kf_info(&f, "release"), id, e);
	munmap((void *)(uintptr_t)p, n);
	return rc;
}

static int append_frame(const char *path, int level, struct buf *out,
			struct err *e)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	const void *p;
	size_t n, got;
	int rc = fs_map(path, &p, &n, e);

	if (rc < 0) {
		ZSTD_freeCCtx(c);
		return rc;
	}
	buf_reserve(out, ZSTD_compressBound(n));
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	got = ZSTD_compress2(c, out->p + out->len, ZSTD_compressBound(n), p, n);
	if (ZSTD_isError(got))
		rc = err_set(e, ERR_LIMIT, "cannot compress '%s': %s", path,
			     ZSTD_getErrorName(got));
	else
		out->len += got;
	munmap((void *)(uintptr_t)p, n);
	ZSTD_freeCCtx(c);
	return rc;
}

int store_export(const char *path, const char *out, struct err *e)
{
	struct buf z = BUF_INIT;
	const char *debug, *listing;
	struct arena a;
	struct kit *k;
	int rc = kit_open(path, &k, e);

	if (rc < 0)
		return rc;
	arena_init(&a);
	debug = store_debug_path(&a, kit_info(k)->release,
				 kit_info(k)->build_id);
	listing = store_listing_path(&a, kit_info(k)->release,
				     kit_info(k)->build_id);
	kit_close(k);
	rc = append_frame(path, EXPORT_LEVEL, &z, e);
	if (rc == 0 && fs_exists(debug))
		rc = append_frame(debug, EXPORT_DEBUG_LEVEL, &z, e);
	if (rc == 0 && fs_exists(listing))
		rc = append_frame(listing, EXPORT_DEBUG_LEVEL, &z, e);
	if (rc == 0)
		rc = fs_write_atomic(out, z.p, z.len, 0644, e);
	buf_deinit(&z);
	arena_deinit(&a);
	return rc;
}

/* The first frame of @p, or all of it when it is not compressed; *used bytes. */
static int unpack(const char *file, const void *p, size_t n, struct buf *b,
		  size_t *used, struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(p, n);
	size_t got;

	*used = n;
	if (n >= 8 && !memcmp(p, KF_MAGIC, 8)) {
		buf_add(b, p, n);
		return 0;
	}
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
		return err_set(e, ERR_FORMAT, "'%s' is not a kit", file);
	if (size > KF_MAX_BYTES)
		return err_set(e, ERR_LIMIT,
			       "'%s' unpacks to %llu bytes, at most %llu", file,
			       size, (unsigned long long)KF_MAX_BYTES);
	*used = ZSTD_findFrameCompressedSize(p, n);
	if (ZSTD_isError(*used))
		return err_set(e, ERR_CORRUPT, "'%s' is damaged or truncated",
			       file);
	buf_zero(b, size);
	got = ZSTD_decompress(b->p, size, p, *used);
	if (ZSTD_isError(got) || got != size)
		return err_set(e, ERR_CORRUPT, "'%s' is damaged or truncated",
			       file);
	return 0;
}

/* One kit or what is beside it; a kit's path is the one that is told. */
static int import_one(struct arena *a, const char *file, const struct buf *b,
		      const char **path, struct err *e)
{
	const char *where = NULL;
	struct kf_view f;
	int (*put)(struct arena *, const void *, size_t, const char **,
		   struct err *) = store_put;
	size_t len;
	int rc = kf_open(&f, b->p, b->len, e);

	if (rc == 0)
		rc = kf_check(&f, e);
	if (rc < 0)
		return err_prefix(e, "'%s'", file);
	if (kf_section(&f, KF_DEBUG, &len))
		put = store_put_debug;
	else if (kf_section(&f, KF_LISTING, &len))
		put = store_put_listing;
	rc = put(a, b->p, b->len, &where, e);
	if (rc == 0 && (put == store_put || !*path))
		*path = where;
	return rc;
}

int store_import(struct arena *a, const char *file, const char **path,
		 struct err *e)
{
	struct buf b = BUF_INIT;
	size_t n, at = 0, used;
	const void *p;
	int rc = fs_map(file, &p, &n, e);

	if (rc < 0)
		return rc;
	*path = NULL;
	while (rc == 0 && at < n) {
		buf_reset(&b);
		rc = unpack(file, (const char *)p + at, n - at, &b, &used, e);
		if (rc == 0)
			rc = import_one(a, file, &b, path, e);
		at += used;
	}
	munmap((void *)(uintptr_t)p, n);
	buf_deinit(&b);
	return rc;
}
