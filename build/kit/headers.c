// SPDX-License-Identifier: GPL-2.0-only
/* Find, strip, pack and unpack the headers of one kernel. */
#include "build/kit/headers.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "build/kit/kit.h"
#include "build/kit/kit_file.h"
#include "build/kit/ktree.h"
#include "bundle/base/err.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zstd.h>

#define FILE_MAX   ((size_t)16 << 20)
#define ALL_MAX	   ((unsigned long long)256 << 20)
#define PATH_BYTES 512
#define PACK_LEVEL 6 /* 9 takes 0.4 s of cpu more for 1.4 % */

/* One header: its name in the pack and where it is. */
struct header {
	const char *name, *path;
};

struct tree {
	struct arena *a;
	const char *src, *obj; /* real paths; obj is NULL where they are one */
};

static const char *real(struct arena *a, const char *path)
{
	char *s = realpath(path, NULL);
	const char *ret = s ? arena_strdup(a, s) : NULL;

	free(s);
	return ret;
}

static struct tree tree_of(struct arena *a, const struct ktree *t)
{
	struct tree tr = { a, real(a, t->common), real(a, t->headers) };

	if (tr.src && tr.obj && !strcmp(tr.src, tr.obj))
		tr.obj = NULL;
	return tr;
}

/* Below @root: the rest with its slash, or "" for the root itself; else NULL. */
static const char *below(const char *path, const char *root)
{
	size_t n = root ? strlen(root) : 0;

	if (!n || strncmp(path, root, n) || (path[n] && path[n] != '/'))
		return NULL;
	return path + n;
}

/* "src/include" for a path in the tree; NULL elsewhere.  The configured part may
 * lie within the sources, so it is asked first. */
static const char *name_of(const struct tree *tr, const char *path)
{
	const char *p = real(tr->a, path), *rest;

	if (!p)
		return NULL;
	rest = below(p, tr->obj);
	if (rest)
		return arena_printf(tr->a, "obj%s", rest);
	rest = below(p, tr->src);
	return rest ? arena_printf(tr->a, "src%s", rest) : NULL;
}

static const char *portable(const struct tree *tr, const char *path,
			    const char *cc_include)
{
	const char *name = name_of(tr, path), *p;

	if (name)
		return arena_printf(tr->a, HEADERS_AT "/%s", name);
	p = real(tr->a, path);
	return p && cc_include && !strcmp(p, cc_include) ? HEADERS_CC : NULL;
}

void headers_flags(struct arena *a, const struct ktree *t,
		   const struct words *recorded, const char *cc_include,
		   struct words *ret)
{
	struct tree tr = tree_of(a, t);
	size_t i;

	for (i = 0; i < recorded->n; i++) {
		const char *s = recorded->v[i], *p;

		if (!strcmp(s, "-I") || !strcmp(s, "-isystem") ||
		    !strcmp(s, "-include") || !strcmp(s, "-idirafter")) {
			if (++i == recorded->n)
				break;
			p = portable(&tr, recorded->v[i], cc_include);
			if (p) {
				words_add(a, ret, s);
				words_add(a, ret, p);
			}
		} else if (!strncmp(s, "-I", 2)) {
			p = portable(&tr, s + 2, cc_include);
			if (p)
				words_add(a, ret, arena_printf(a, "-I%s", p));
		} else if ((!tr.src || !strstr(s, tr.src)) &&
			   (!tr.obj || !strstr(s, tr.obj))) {
			words_add(a, ret, s);
		}
	}
}

void headers_place(struct arena *a, const char *const *flags, const char *dir,
		   const char *cc, struct words *ret)
{
	const char *cc_include = NULL;

	for (; *flags; flags++) {
		const char *s = *flags, *at = strstr(s, HEADERS_AT "/");

		if (at)
			s = arena_printf(a, "%.*s%s%s", (int)(at - s), s, dir,
					 at + strlen(HEADERS_AT));
		if (!strcmp(s, HEADERS_CC)) {
			if (!cc_include)
				cc_include = headers_cc_include(a, cc);
			s = cc_include ? cc_include : s;
		}
		words_add(a, ret, s);
	}
}

const char *headers_cc_include(struct arena *a, const char *cc)
{
	const char *const argv[] = { cc, "-print-file-name=include", NULL };
	struct spawn s = { .argv = argv };
	const char *ret = NULL;
	struct err e;

	if (spawn_run(&s, &e) == 0)
		ret = real(a,
			   arena_strndup(a, s.out.p, strcspn(s.out.p, "\n")));
	buf_deinit(&s.out);
	return ret;
}

/* ---- comments ---------------------------------------------------------------- */

/* End of the literal at @p, or @p + 1 when it is none on this line: text after
 * #error may hold a lone quote. */
static const char *literal_end(const char *p, const char *end)
{
	const char *q = p + 1;

	while (q < end && *q != *p && *q != '\n')
		q += *q == '\\' && q + 1 < end ? 2 : 1;
	return q < end && *q == *p ? q + 1 : p + 1;
}

static const char *comment_end(const char *p, const char *end)
{
	const char *q;

	if (p[1] == '*') {
		q = memmem(p + 2, (size_t)(end - p - 2), "*/", 2);
		return q ? q + 2 : end;
	}
	for (q = p + 2; q < end && *q != '\n'; q++)
		if (*q == '\\' && q + 1 < end)
			q++;
	return q < end ? q : end;
}

/* What the licence asks everybody to leave in place. */
static bool is_notice(const char *p, size_t n)
{
	return memmem(p, n, "icense", 6) || memmem(p, n, "opyright", 8) ||
	       memmem(p, n, "ICENSE", 6) || memmem(p, n, "OPYRIGHT", 8);
}

void headers_strip(const char *p, size_t n, struct buf *out)
{
	const char *end = p + n, *q;

	while (p < end) {
		if (*p == '"' || *p == '\'') {
			q = literal_end(p, end);
			buf_add(out, p, (size_t)(q - p));
		} else if (*p == '/' && p + 1 < end &&
			   (p[1] == '*' || p[1] == '/')) {
			q = comment_end(p, end);
			if (is_notice(p, (size_t)(q - p))) {
				buf_add(out, p, (size_t)(q - p));
				p = q;
				continue;
			}
			/* A comment is one space, even in a directive: lines
			 * it spans are joined, so that they still count. */
			buf_addc(out, ' ');
			for (; p < q; p++)
				if (*p == '\n')
					buf_adds(out, "\\\n");
		} else {
			q = p + 1;
			while (q < end && *q != '"' && *q != '\'' && *q != '/')
				q++;
			buf_add(out, p, (size_t)(q - p));
		}
		p = q;
	}
}

/* ---- packing ------------------------------------------------------------------- */

typedef VEC(struct header) header_vec;

static int header_cmp(const void *a, const void *b)
{
	const struct header *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool is_header(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && !strcmp(name + n - 2, ".h");
}

/* Symbolic links are followed (include/asm once was one); names are as given. */
static int add_dir(struct arena *a, const char *dir, const char *name,
		   header_vec *v, struct err *e)
{
	char *const roots[] = { arena_strdup(a, dir), NULL };
	FTS *fts = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	size_t skip = strlen(dir);
	FTSENT *ent;

	if (!fts)
		return err_sys(e, "cannot read '%s'", dir);
	while ((ent = fts_read(fts)))
		if (ent->fts_info == FTS_F && is_header(ent->fts_name))
			vec_apush(a, v,
				  (struct header){
					  arena_printf(a, "%s%s", name,
						       ent->fts_path + skip),
					  arena_strdup(a, ent->fts_path) });
	fts_close(fts);
	return 0;
}

/* Where @name of the pack is in this tree. */
static const char *place_of(const struct tree *tr, const char *name)
{
	return arena_printf(tr->a, "%s%s",
			    tr->obj && name[0] == 'o' ? tr->obj : tr->src,
			    name + 3);
}

static int collect(const struct tree *tr, const struct words *flags,
		   header_vec *v, struct err *e)
{
	size_t i, k, skip = strlen(HEADERS_AT) + 1;
	struct words done = { 0 };
	int rc = 0;

	for (i = 0; i < flags->n && rc == 0; i++) {
		const char *s = flags->v[i], *path;
		struct stat st;

		if (!strncmp(s, "-I", 2))
			s += 2;
		/* The root of a tree as -I is for names with "include/". */
		if (strncmp(s, HEADERS_AT "/", skip) || strlen(s) < skip + 4 ||
		    words_has(&done, s))
			continue;
		words_add(tr->a, &done, s);
		s += skip;
		path = place_of(tr, s);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			rc = add_dir(tr->a, path, s, v, e);
		else
			vec_apush(tr->a, v, (struct header){ s, path });
	}
	if (v->n)
		qsort(v->v, v->n, sizeof(*v->v), header_cmp);
	/* Directories lie within each other. */
	for (i = k = 0; i < v->n; i++)
		if (!i || strcmp(v->v[i].name, v->v[k - 1].name))
			v->v[k++] = v->v[i];
	v->n = k;
	return rc;
}

static int compress(const struct buf *in, struct buf *out, struct err *e)
{
	size_t cap = ZSTD_compressBound(in->len), got;
	ZSTD_CCtx *c = ZSTD_createCCtx();

	buf_reserve(out, cap);
	ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, PACK_LEVEL);
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 24);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	got = ZSTD_compress2(c, out->p + out->len, cap, in->p, in->len);
	ZSTD_freeCCtx(c);
	if (ZSTD_isError(got))
		return err_set(e, ERR_LIMIT, "cannot compress headers: %s",
			       ZSTD_getErrorName(got));
	out->len += got;
	return 0;
}

int headers_pack(struct arena *a, const struct ktree *t,
		 const struct words *flags, struct buf *out, struct err *e)
{
	struct tree tr = tree_of(a, t);
	struct buf all = BUF_INIT, one = BUF_INIT;
	header_vec v = { 0 };
	size_t i;
	int rc = collect(&tr, flags, &v, e);

	for (i = 0; i < v.n && rc == 0; i++) {
		uint32_t len = 0;
		size_t at;

		buf_reset(&one);
		rc = fs_read(v.v[i].path, &one, FILE_MAX, e);
		buf_add(&all, v.v[i].name, strlen(v.v[i].name) + 1);
		at = all.len;
		buf_add(&all, &len, sizeof(len));
		headers_strip(one.p, one.len, &all);
		len = (uint32_t)(all.len - at - sizeof(len));
		memcpy(all.p + at, &len, sizeof(len));
	}
	if (rc == 0 && all.len)
		rc = compress(&all, out, e);
	buf_deinit(&all);
	buf_deinit(&one);
	return rc;
}

/* ---- unpacking ------------------------------------------------------------------ */

static bool is_safe(const char *name, size_t n)
{
	return n > 4 && n < PATH_BYTES &&
	       (!memcmp(name, "src/", 4) || !memcmp(name, "obj/", 4)) &&
	       !strstr(name, "/../") && !strstr(name, "//") &&
	       name[n - 1] != '/';
}

static int write_all(const char *p, size_t len, const char *dir, struct err *e)
{
	char path[PATH_BYTES + 4096], last[PATH_BYTES] = "";
	const char *end = p + len;

	while (p < end) {
		size_t n = strnlen(p, (size_t)(end - p)), d;
		const char *name = p;
		uint32_t size;

		if (n + 1 + sizeof(size) > (size_t)(end - p) ||
		    !is_safe(name, n))
			return err_set(e, ERR_FORMAT,
				       "the kit's headers are malformed");
		memcpy(&size, p + n + 1, sizeof(size));
		p += n + 1 + sizeof(size);
		if (size > (size_t)(end - p))
			return err_set(e, ERR_FORMAT,
				       "the kit's headers are cut short");
		d = (size_t)(strrchr(name, '/') - name);
		if (strncmp(last, name, d) || last[d]) {
			snprintf(path, sizeof(path), "%s/%.*s", dir, (int)d,
				 name);
			if (fs_mkdirs(path, e) < 0)
				return e->code;
			snprintf(last, sizeof(last), "%.*s", (int)d, name);
		}
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (fs_write_scratch(path, p, size, e) < 0)
			return e->code;
		p += size;
	}
	return 0;
}

int headers_unpack(struct arena *a, const void *p, size_t n, const char *dir,
		   struct err *e)
{
	unsigned long long size = ZSTD_getFrameContentSize(p, n);
	char *bytes;
	size_t got;
	int rc;

	(void)a;
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
		return err_set(e, ERR_CORRUPT, "the kit's headers are no pack");
	if (size > ALL_MAX)
		return err_set(e, ERR_LIMIT,
			       "the kit's headers unpack to %llu bytes", size);
	bytes = xmalloc(size + 1);
	got = ZSTD_decompress(bytes, size, p, n);
	if (ZSTD_isError(got) || got != size) {
		rc = err_set(e, ERR_CORRUPT, "the kit's headers do not unpack");
	} else {
		bytes[size] = '\0';
		rc = write_all(bytes, size, dir, e);
	}
	free(bytes);
	return rc;
}

/* ---- a kit's headers on this machine --------------------------------------------- */

int kit_headers_dir(const struct kit *k, struct arena *a, const char **ret,
		    struct err *e)
{
	size_t len;
	const void *p = kit_section(k, KF_HEADERS, &len);
	const char *tools;
	char *dir, *tmp;
	int rc;

	if (!p) {
		err_set(e, ERR_UNSUPPORTED,
			"the kit of %s carries no kernel headers",
			kit_info(k)->release);
		return err_hint(e,
				"make it again: tapbuild kit add PACKAGE..., "
				"or tapbuild kit fetch MANIFEST");
	}
	rc = kit_tools_dir(k, a, &tools, e);
	if (rc < 0)
		return rc;
	*ret = dir = arena_printf(a, "%s/headers", tools);
	if (fs_exists(dir))
		return 0;
	rc = fs_dir_begin(a, dir, &tmp, e);
	if (rc == 0)
		rc = fs_dir_end(tmp, dir, headers_unpack(a, p, len, tmp, e), e);
	return rc;
}
