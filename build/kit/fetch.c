// SPDX-License-Identifier: GPL-2.0-only
/* Newest kernel of each line, its packages, its kit, unless all is there. */
#include "build/kit/fetch.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/map.h"
#include "build/base/vec.h"
#include "build/kit/apt.h"
#include "build/kit/kit.h"
#include "build/kit/make.h"
#include "build/kit/manifest.h"
#include "build/kit/recipe.h"
#include "build/kit/refresh.h"
#include "build/kit/rtobj.h"
#include "build/kit/store.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A suite may list headers whose image is not built yet. */
#define TRY_KERNELS 5

struct fetcher {
	struct arena *a;
	const struct kit_maker *m;
	struct manifest man;
	const char *cc;
	char runtime_id[RTOBJ_ID_LEN + 1];
	bool update;
	VEC(struct fetch_result) v;
};

/* What a kit was made from: its id, then the packages. */
static const char *made_text(struct fetcher *f, const char *id,
			     const struct words *files)
{
	const char *s = arena_printf(f->a, "%s\n", id);
	size_t i;

	for (i = 0; i < files->n; i++)
		s = arena_printf(f->a, "%s%s\n", s,
				 strrchr(files->v[i], '/') + 1);
	return s;
}

static const char *made_path(struct fetcher *f, const char *dir)
{
	return arena_printf(f->a, "%s/made", dir);
}

/* The stored kit, if it was made from these packages and by this compiler; else
 * NULL.  @is_old: of another runtime. */
static const char *stored_kit(struct fetcher *f, const char *dir,
			      const char *release, const struct words *files,
			      bool *is_old)
{
	struct buf b = BUF_INIT;
	const char **paths, *ret = NULL;
	struct err e;
	struct kit *k;
	int n = kit_find(f->a, release, &paths, &e);

	if (n == 1 && fs_read(made_path(f, dir), &b, 65536, &e) == 0 &&
	    kit_open(paths[0], &k, &e) == 0) {
		if (!strcmp(b.p, made_text(f, kit_info(k)->id, files)) &&
		    !strcmp(kit_info(k)->cc, f->cc))
			ret = paths[0];
		*is_old = strcmp(kit_info(k)->runtime, f->runtime_id) != 0;
		kit_close(k);
	}
	buf_deinit(&b);
	return ret;
}

/* Remember what the kit at @path was made from. */
static int note_made(struct fetcher *f, const char *dir,
		     const struct words *files, const char *path, struct err *e)
{
	const char *text;
	struct kit *k;
	int rc = kit_open(path, &k, e);

	if (rc < 0)
		return rc;
	text = made_text(f, kit_info(k)->id, files);
	kit_close(k);
	return fs_write_atomic(made_path(f, dir), text, strlen(text), 0644, e);
}

static int make_kit(struct fetcher *f, const char *dir,
		    const struct words *files, const char **path, struct err *e)
{
	const char **paths;
	size_t n = 0;
	int rc = kit_make(f->a, f->m, files->v, files->n, &paths, &n, e);

	if (rc == 0 && n != 1)
		rc = err_set(e, ERR_FORMAT,
			     "%zu kernels in one set of packages", n);
	if (rc)
		return rc;
	*path = paths[0];
	return note_made(f, dir, files, *path, e);
}

static int pick_release(struct fetcher *f, const struct apt *apt,
			const struct suite *s, const char *regex,
			const char **release, struct words *packages,
			struct err *e)
{
	struct words all = { 0 };
	size_t i, k;
	int rc = apt_kernels(f->a, apt, regex, &all, e);

	if (rc == 0 && !all.n)
		rc = err_set(e, ERR_NOT_FOUND, "'%s' has no kernel '%s'",
			     s->name, regex);
	for (i = 0; rc == 0 && i < all.n && i < TRY_KERNELS; i++) {
		if (apt_packages(f->a, apt, all.v[i], packages, e) < 0)
			continue;
		*release = all.v[i];
		for (k = 0; k < s->with.n; k++)
			words_add(f->a, packages, s->with.v[k]);
		return 0;
	}
	return rc < 0 ? rc : e->code;
}

/* ---- remembered answers of apt ------------------------------------------- */

/*
 * Asking apt takes a second a kernel.  The answer holds until the lists are
 * updated: release, then one file a line.
 */
static const char *answer_path(struct fetcher *f, const struct apt *apt,
			       const struct suite *s, const char *regex)
{
	const char *key = regex;
	size_t i;

	for (i = 0; i < s->with.n; i++)
		key = arena_printf(f->a, "%s %s", key, s->with.v[i]);
	return arena_printf(f->a, "%s/answer-%016llx", apt->dir,
			    (unsigned long long)hash_bytes(key, strlen(key)));
}

static bool read_answer(struct fetcher *f, const struct apt *apt,
			const char *path, const char **release,
			struct words *files)
{
	struct stat answer, lists;
	struct buf b = BUF_INIT;
	const char *s;
	bool ok =
		stat(path, &answer) == 0 &&
		stat(arena_printf(f->a, "%s/updated", apt->dir), &lists) == 0 &&
		answer.st_mtime > lists.st_mtime &&
		fs_read(path, &b, 65536, NULL) == 0;

	for (s = b.p; ok && *s; s += strcspn(s, "\n"), s += *s == '\n') {
		const char *w = arena_strndup(f->a, s, strcspn(s, "\n"));

		if (s == b.p)
			*release = w;
		else
			words_add(f->a, files, w);
		ok = s == b.p || fs_exists(w);
	}
	buf_deinit(&b);
	return ok && files->n;
}

static void write_answer(const char *path, const char *release,
			 const struct words *files)
{
	struct buf b = BUF_INIT;
	size_t i;

	buf_printf(&b, "%s\n", release);
	for (i = 0; i < files->n; i++)
		buf_printf(&b, "%s\n", files->v[i]);
	fs_write_atomic(path, b.p, b.len, 0644, NULL); /* only saves time */
	buf_deinit(&b);
}

/* @bad: NULL, or as apt_download(): then no remembered answer will do. */
static int ask_apt(struct fetcher *f, const struct apt *apt,
		   const struct suite *s, const char *regex,
		   const char **release, struct words *files, size_t *bad,
		   struct err *e)
{
	const char *path = answer_path(f, apt, s, regex), *dir;
	struct words packages = { 0 };
	int rc;

	if (!bad && read_answer(f, apt, path, release, files))
		return 0;
	*files = (struct words){ 0 };
	rc = pick_release(f, apt, s, regex, release, &packages, e);
	if (rc < 0)
		return rc;
	dir = arena_printf(f->a, "%s/%s", fs_cache_dir(f->a, "packages"),
			   *release);
	kit_say(f->m, "%s: %s %zu packages from %s", *release,
		bad ? "checking" : "getting", packages.n, s->name);
	rc = apt_download(f->a, apt, dir, &packages, files, bad, e);
	if (rc == 0)
		write_answer(path, *release, files);
	return rc;
}

/*
 * The kit cannot be made of what is in the cache: was it damaged there?  If so it is
 * there anew after this, else @e stays.
 */
static int get_again(struct fetcher *f, const struct apt *apt,
		     const struct suite *s, const char *regex,
		     struct fetch_result *r, struct words *files, struct err *e)
{
	struct err why = { 0 };
	size_t bad = 0;

	if (e->code != ERR_FORMAT && e->code != ERR_TRUNCATED &&
	    e->code != ERR_CORRUPT)
		return e->code;
	kit_say(f->m, "%s: %s", r->release, e->text);
	if (ask_apt(f, apt, s, regex, &r->release, files, &bad, &why) < 0)
		return err_hint(e, "the package cannot be had again: %s",
				why.text);
	if (!bad)
		return e->code;
	kit_say(f->m, "%s: %zu of them had been damaged, and are new",
		r->release, bad);
	return 0;
}

static int fetch_one(struct fetcher *f, const struct apt *apt,
		     const struct suite *s, const char *regex,
		     struct fetch_result *r, struct err *e)
{
	struct words files = { 0 };
	struct err why = { 0 };
	const char *dir;
	bool is_old;
	int rc = ask_apt(f, apt, s, regex, &r->release, &files, NULL, e);

	if (rc < 0)
		return rc;
	dir = arena_printf(f->a, "%s/%s", fs_cache_dir(f->a, "packages"),
			   r->release);
	r->path = stored_kit(f, dir, r->release, &files, &is_old);
	r->was_current = r->path && !is_old;
	if (r->was_current)
		return 0;
	/* much quicker, where the kit has all that is needed */
	if (r->path && kit_refresh(f->a, f->m, r->path, f->runtime_id, &r->path,
				   &why) == 0)
		return note_made(f, dir, &files, r->path, e);
	rc = make_kit(f, dir, &files, &r->path, e);
	if (rc == 0 || get_again(f, apt, s, regex, r, &files, e) < 0)
		return rc;
	return make_kit(f, dir, &files, &r->path, e);
}

static bool has_debug(struct fetcher *f, const char *path)
{
	struct err e;
	struct kit *k;
	bool yes;

	if (kit_open(path, &k, &e) < 0)
		return false;
	yes = fs_exists(store_debug_path(f->a, kit_info(k)->release,
					 kit_info(k)->build_id));
	kit_close(k);
	return yes;
}

/* The debug package of a kernel that has its kit. */
static int fetch_debug(struct fetcher *f, const struct apt *apt,
		       const struct suite *s, struct fetch_result *r,
		       struct err *e)
{
	const char *dir = arena_printf(
		f->a, "%s/%s.dbg", fs_cache_dir(f->a, "packages"), r->release);
	struct words names = { 0 }, files = { 0 };
	const char **paths;
	size_t n;
	int rc;

	if (has_debug(f, r->path))
		return 0;
	words_add(f->a, &names,
		  arena_printf(f->a, "linux-image-%s-dbg", r->release));
	kit_say(f->m, "%s: getting %s from %s", r->release, names.v[0],
		s->name);
	rc = apt_download(f->a, apt, dir, &names, &files, NULL, e);
	if (rc == 0)
		rc = f->m->debug(f->a, f->m, files.v, files.n, &paths, &n, e);
	fs_rmtree(dir, NULL);
	r->has_debug = rc == 0;
	return rc;
}

static int prepare(struct fetcher *f, const struct suite *s, struct apt *apt,
		   struct err *e)
{
	double age;
	int rc = apt_setup(f->a, &f->man, s, apt, e);

	if (rc < 0)
		return rc;
	age = apt_age(f->a, apt);
	if (!f->update && age >= 0 && age < FETCH_LISTS_FRESH)
		return 0;
	kit_say(f->m, "%s: updating package lists", s->name);
	rc = apt_update(f->a, apt, e);
	if (rc < 0 && age >= 0) {
		kit_say(f->m, "%s: %s; using lists of %.0f hours ago", s->name,
			e->text, age / 3600);
		return 0;
	}
	return rc;
}

static void fetch_suite(struct fetcher *f, const struct suite *s)
{
	struct err e = { 0 };
	struct apt apt;
	int ready = prepare(f, s, &apt, &e);
	size_t i;

	for (i = 0; i < s->kernels.n; i++) {
		struct fetch_result r = { .release = s->kernels.v[i] };
		int rc = ready;

		if (rc == 0)
			rc = fetch_one(f, &apt, s, s->kernels.v[i], &r, &e);
		if (rc == 0 && f->m->debug)
			rc = fetch_debug(f, &apt, s, &r, &e);
		if (rc < 0) {
			r.path = NULL;
			r.error = arena_memdup(f->a, &e, sizeof(e));
			kit_say(f->m, "%s: %s", r.release, e.text);
		}
		vec_apush(f->a, &f->v, r);
	}
}

/* The manifest stands for these kernels from now on. */
static int record(struct fetcher *f, const char *manifest, struct err *e)
{
	struct words w = { 0 };
	size_t i;

	for (i = 0; i < f->v.n; i++) {
		if (f->v.v[i].error) {
			*e = *f->v.v[i].error;
			err_prefix(e, "%s", f->v.v[i].release);
			return e->code;
		}
		words_add(f->a, &w, f->v.v[i].release);
	}
	return kit_manifest_record(manifest, w.v, w.n, e);
}

int kit_fetch(struct arena *a, const struct kit_maker *m, const char *manifest,
	      bool update, struct fetch_result **ret, size_t *n, struct err *e)
{
	struct fetcher f = { .a = a, .m = m, .update = update };
	size_t i;
	int rc = manifest_read(a, manifest, &f.man, e);

	*n = 0;
	if (rc == 0)
		rc = rtobj_source_id(a, m->runtime, f.runtime_id, e);
	if (rc < 0)
		return rc;
	f.cc = recipe_cc(a, m->cc, e);
	if (!f.cc)
		return ERR_NOT_FOUND;
	for (i = 0; i < f.man.n; i++)
		fetch_suite(&f, &f.man.v[i]);
	*ret = f.v.v;
	*n = f.v.n;
	return record(&f, manifest, e);
}
