/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line that made a bundle, from its recipe. */
#include "build/cmd_again.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/kit/kit.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/tar.h"
#include "bundle/write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the bundle holds ------------------------------------------------------ */

struct source {
	uint8_t *raw;
	const struct manifest *m;
};

static const char *source_find(const struct source *s, const char *name,
			       size_t *len)
{
	size_t off = 0;

	for (uint32_t i = 0; s->raw && i < s->m->nscripts; i++) {
		const struct manifest_script *f = &s->m->scripts[i];

		*len = (size_t)f->size;
		if (!strcmp(f->name, name))
			return (const char *)s->raw + off + TAR_BLOCK;
		off += TAR_BLOCK + (size_t)tar_padded(f->size);
	}
	return NULL;
}

static int read_recipe(struct again *x, const struct source *s, struct err *e)
{
	size_t n;
	const char *text = source_find(s, RECIPE_NAME, &n);

	if (!text) {
		err_set(e, ERR_UNSUPPORTED, "%s does not say how it was made",
			x->b->name);
		return err_hint(e, "its tapbuild was older: the script is in "
				   "tapbuild extract");
	}
	return recipe_read(x->a, text, n, &x->r, e);
}

static int missing(const struct again *x, const char *name, struct err *e)
{
	return err_set(e, -BERR_FORMAT,
		       "%s: the recipe names '%s', which is not there",
		       x->b->name, name);
}

static int write_one(struct again *x, const struct source *s, const char *from,
		     const char *to, struct err *e)
{
	size_t n;
	const char *text = source_find(s, from, &n);
	char *path = arena_printf(x->a, "%s/%s", x->dir, to);
	char *slash = strrchr(path, '/');
	int r;

	if (!text)
		return missing(x, from, e);
	*slash = '\0';
	r = fs_mkdirs(path, e);
	*slash = '/';
	return r ? r : fs_write_scratch(path, text, n, e);
}

/* ---- the command line again ------------------------------------------------------ */

static void word(struct again *x, const char *s)
{
	vec_apush(x->a, &x->argv, arena_strdup(x->a, s));
}

static int add_texts(struct again *x, const struct source *s, struct err *e)
{
	const char *const *name;

	vec_foreach(name, &x->r.extra) {
		size_t n;
		const char *text = source_find(s, *name, &n);

		if (!text)
			return missing(x, *name, e);
		word(x, "-E");
		vec_apush(x->a, &x->argv, arena_strndup(x->a, text, n));
	}
	return 0;
}

static int write_dir_file(void *arg, const char *path, const void *p, size_t n,
			  struct err *e)
{
	struct again *x = arg;
	char *to = arena_printf(x->a, "%s/include-%s", x->dir, path);
	char *slash = strrchr(to, '/');
	int r;

	*slash = '\0';
	r = fs_mkdirs(to, e);
	*slash = '/';
	return r ? r : fs_write_scratch(to, p, n, e);
}

static int add_includes(struct again *x, const struct source *s, struct err *e)
{
	size_t n = 0;
	const char *tar = x->r.ndirs ? source_find(s, RECIPE_DIRS, &n) : "";
	int r = tar ? recipe_each_dir_file(tar, n, write_dir_file, x, e)
		    : missing(x, RECIPE_DIRS, e);

	for (unsigned int i = 1; !r && i <= x->r.ndirs; i++) {
		const char *dir =
			arena_printf(x->a, "%s/include-%u", x->dir, i);

		r = fs_mkdirs(dir, e);
		word(x, "-I");
		word(x, dir);
	}
	return r;
}

/* Each kit that is missing, and how to have it. */
static int add_kits(struct again *x, struct err *e)
{
	const struct recipe_kit *k;
	size_t missing = 0;

	vec_foreach(k, &x->r.kits) {
		const char **path;

		word(x, "-r");
		word(x, k->id);
		if (kit_find(x->a, k->id, &path, e) > 0)
			continue;
		fprintf(stderr, "tapbuild: no kit %.12s of %s\n", k->id,
			k->release);
		missing++;
	}
	if (!missing)
		return 0;
	err_set(e, ERR_NOT_FOUND, "%zu of %zu kits are not here", missing,
		x->r.kits.n);
	return err_hint(e, "tapbuild kit export where it was built, kit import "
			   "here; or kit add with the same tapbuild");
}

static int add_script(struct again *x, const struct source *s, struct err *e)
{
	const char *path = arena_printf(x->a, "script/%s", x->r.script);
	size_t n;
	const char *text;
	int r = write_one(x, s, x->r.file, path, e);

	if (r < 0)
		return r;
	path = arena_printf(x->a, "%s/%s", x->dir, path);
	if (x->r.how == RECIPE_TEXT) {
		text = source_find(s, x->r.file, &n);
		word(x, "-e");
		vec_apush(x->a, &x->argv, arena_strndup(x->a, text, n));
		word(x, "--");
	} else if (x->r.how == RECIPE_STDIN) {
		if (!freopen(path, "r", stdin))
			return err_sys(e, "cannot open '%s'", path);
		word(x, "--");
		word(x, "-");
	} else {
		word(x, "--");
		word(x, path);
	}
	return 0;
}

static int make_argv(struct again *x, const struct source *s, const char *out,
		     const char *const *more, size_t n, struct err *e)
{
	const char *const *w;
	int r;

	word(x, "tapbuild");
	word(x, "-q");
	vec_foreach(w, &x->r.options)
		word(x, *w);
	word(x, "-o");
	word(x, out);
	for (size_t i = 0; i < n; i++)
		word(x, more[i]);
	r = add_texts(x, s, e);
	if (r == 0)
		r = add_includes(x, s, e);
	if (r == 0)
		r = add_kits(x, e);
	if (r == 0)
		r = add_script(x, s, e);
	vec_foreach(w, &x->r.args)
		word(x, *w);
	vec_apush(x->a, &x->argv, NULL);
	return r;
}

void again_time(const struct again *x)
{
	setenv("SOURCE_DATE_EPOCH",
	       arena_printf(x->a, "%" PRIu64, x->b->man.created), 1);
	if (!x->b->man.created)
		unsetenv("SOURCE_DATE_EPOCH");
}

int again_alone(struct again *x, struct err *e)
{
	const char *dir = arena_printf(x->a, "%s/tap", x->dir);
	struct buf secret = BUF_INIT, public = BUF_INIT;
	struct signer s;
	int r = fs_mkdirs(dir, e);

	if (!r)
		r = signer_generate(&s, SIG_BUILD, "rebuild", e);
	if (r < 0)
		return r;
	signer_write_secret(&s, &secret);
	signer_write_public(&s, &public);
	signer_wipe(&s);
	r = fs_write_atomic(arena_printf(x->a, "%s/build.key", dir), secret.p,
			    secret.len, 0600, e);
	if (!r)
		r = fs_write_atomic(arena_printf(x->a, "%s/build.pub", dir),
				    public.p, public.len, 0644, e);
	buf_deinit(&secret);
	buf_deinit(&public);
	setenv("XDG_CONFIG_HOME", x->dir, 1);
	return r;
}

/* ---- all of it --------------------------------------------------------------------- */

int again_make(struct again *x, struct bundle *b, struct arena *a,
	       const char *out, const char *const *more, size_t n,
	       struct err *e)
{
	struct source s = { .m = &b->man };
	size_t len;
	int r = unpack_scripts(b, &s.raw, &len, e);

	x->b = b;
	x->a = a;
	if (!r)
		r = read_recipe(x, &s, e);
	if (!r && strcmp(x->r.tapbuild, TAP_VERSION) != 0)
		fprintf(stderr,
			"tapbuild: made by %s, this is %s: it will differ\n",
			x->r.tapbuild, TAP_VERSION);
	if (!r) {
		x->dir = fs_tmpdir(a, "rebuild", e);
		r = x->dir ? 0 : e->code;
	}
	if (!r)
		r = make_argv(x, &s,
			      out ? out : arena_printf(a, "%s/new.tap", x->dir),
			      more, n, e);
	free(s.raw);
	return r;
}

void again_end(struct again *x)
{
	if (x->dir)
		fs_rmtree(x->dir, NULL);
}
