/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild rebuild: make a bundle again from what is inside, and compare. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "build/kit/kit.h"
#include "build/pack/recipe.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"
#include "bundle/tar.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                        \
	"rebuild [--keys DIR] [-o OUT.tap] BUNDLE.tap\n\n"                           \
	"Builds BUNDLE.tap again from the script, the options and the kits that\n"   \
	"it names, and compares every byte but those that keys make.  Needs those\n" \
	"kits.  OUT.tap: keep the new bundle, which a key of no one signed."

#define SHOWN_MAX 20 /* differences */

/**
 * struct rebuild - the old bundle, what it tells, the new one
 * @dir: private directory of this run
 */
struct rebuild {
	const char *keys, *out, *path;
	struct arena a;
	struct bundle *b;
	struct recipe r;
	const char *dir;
	VEC(char *) argv;
};

static bool parse_args(struct rebuild *x, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "keys", .value = &x->keys },
		{ "output", 'o', .value = &x->out },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 1 != argc)
		return false;
	x->path = argv[optind];
	return true;
}

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

static int read_recipe(struct rebuild *x, const struct source *s, struct err *e)
{
	size_t n;
	const char *text = source_find(s, RECIPE_NAME, &n);

	if (!text) {
		err_set(e, ERR_UNSUPPORTED, "%s does not say how it was made",
			x->b->name);
		return err_hint(e, "its tapbuild was older: the script is in "
				   "tapbuild extract");
	}
	return recipe_read(&x->a, text, n, &x->r, e);
}

static int missing(const struct rebuild *x, const char *name, struct err *e)
{
	return err_set(e, -BERR_FORMAT,
		       "%s: the recipe names '%s', which is not there",
		       x->b->name, name);
}

static int write_one(struct rebuild *x, const struct source *s,
		     const char *from, const char *to, struct err *e)
{
	size_t n;
	const char *text = source_find(s, from, &n);
	char *path = arena_printf(&x->a, "%s/%s", x->dir, to);
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

static void word(struct rebuild *x, const char *s)
{
	vec_apush(&x->a, &x->argv, arena_strdup(&x->a, s));
}

static int add_texts(struct rebuild *x, const struct source *s, struct err *e)
{
	const char *const *name;

	vec_foreach(name, &x->r.extra) {
		size_t n;
		const char *text = source_find(s, *name, &n);

		if (!text)
			return missing(x, *name, e);
		word(x, "-E");
		vec_apush(&x->a, &x->argv, arena_strndup(&x->a, text, n));
	}
	return 0;
}

static int write_dir_file(void *arg, const char *path, const void *p, size_t n,
			  struct err *e)
{
	struct rebuild *x = arg;
	char *to = arena_printf(&x->a, "%s/include-%s", x->dir, path);
	char *slash = strrchr(to, '/');
	int r;

	*slash = '\0';
	r = fs_mkdirs(to, e);
	*slash = '/';
	return r ? r : fs_write_scratch(to, p, n, e);
}

static int add_includes(struct rebuild *x, const struct source *s,
			struct err *e)
{
	size_t n = 0;
	const char *tar = x->r.ndirs ? source_find(s, RECIPE_DIRS, &n) : "";
	int r = tar ? recipe_each_dir_file(tar, n, write_dir_file, x, e)
		    : missing(x, RECIPE_DIRS, e);

	for (unsigned int i = 1; !r && i <= x->r.ndirs; i++) {
		const char *dir =
			arena_printf(&x->a, "%s/include-%u", x->dir, i);

		r = fs_mkdirs(dir, e);
		word(x, "-I");
		word(x, dir);
	}
	return r;
}

/* Each kit that is missing, and how to have it. */
static int add_kits(struct rebuild *x, struct err *e)
{
	const struct recipe_kit *k;
	size_t missing = 0;

	vec_foreach(k, &x->r.kits) {
		const char **path;

		word(x, "-r");
		word(x, k->id);
		if (kit_find(&x->a, k->id, &path, e) > 0)
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

static int add_script(struct rebuild *x, const struct source *s, struct err *e)
{
	const char *path = arena_printf(&x->a, "script/%s", x->r.script);
	size_t n;
	const char *text;
	int r = write_one(x, s, x->r.file, path, e);

	if (r < 0)
		return r;
	path = arena_printf(&x->a, "%s/%s", x->dir, path);
	if (x->r.how == RECIPE_TEXT) {
		text = source_find(s, x->r.file, &n);
		word(x, "-e");
		vec_apush(&x->a, &x->argv, arena_strndup(&x->a, text, n));
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

static int make_argv(struct rebuild *x, const struct source *s, struct err *e)
{
	const char *const *w;
	int r;

	word(x, "tapbuild");
	word(x, "-q");
	word(x, "--disable-cache"); /* made again, not found again */
	vec_foreach(w, &x->r.options)
		word(x, *w);
	word(x, "-o");
	word(x, x->out);
	r = add_texts(x, s, e);
	if (r == 0)
		r = add_includes(x, s, e);
	if (r == 0)
		r = add_kits(x, e);
	if (r == 0)
		r = add_script(x, s, e);
	vec_foreach(w, &x->r.args)
		word(x, *w);
	vec_apush(&x->a, &x->argv, NULL);
	return r;
}

/* Whatever decides a build and is not in the bundle: defaults, time, key. */
static int set_environment(struct rebuild *x, struct err *e)
{
	const char *dir = arena_printf(&x->a, "%s/tap", x->dir);
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
	r = fs_write_atomic(arena_printf(&x->a, "%s/build.key", dir), secret.p,
			    secret.len, 0600, e);
	if (!r)
		r = fs_write_atomic(arena_printf(&x->a, "%s/build.pub", dir),
				    public.p, public.len, 0644, e);
	buf_deinit(&secret);
	buf_deinit(&public);
	setenv("XDG_CONFIG_HOME", x->dir, 1);
	setenv("SOURCE_DATE_EPOCH",
	       arena_printf(&x->a, "%" PRIu64, x->b->man.created), 1);
	if (!x->b->man.created)
		unsetenv("SOURCE_DATE_EPOCH");
	return r;
}

/* ---- compare --------------------------------------------------------------------- */

/*
 * Lines that later steps change: kernel signatures, what a key signed, what resign sets.
 * Everything else, the digests of all other members among it, is made by the build.
 */
static bool is_of_keys(const char *line)
{
	static const char *const begins[] = {
		"audience: ",
		"epoch: ",
		"features: ",
		"ksig: ",
		"not-after: ",
		"not-before: ",
		"version: ",
		"member: tap-1/ksig ",
		"member: tap-1/provenance ",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (!strncmp(line, begins[i], strlen(begins[i])))
			return true;
	return false;
}

typedef VEC(char *) text_lines;

static void split(struct arena *a, const char *text, size_t n, text_lines *ret)
{
	char *rest = arena_strndup(a, text, n), *line;

	while ((line = strsep(&rest, "\n")))
		if (!is_of_keys(line))
			vec_apush(a, ret, line);
}

/* One stanza of the manifest after the other: both have those of the same kits. */
static size_t show_differences(const text_lines *old, const text_lines *new)
{
	const char *kernel = "the bundle";
	size_t differ = 0;

	for (size_t i = 0; i < old->n || i < new->n; i++) {
		const char *a = i < old->n ? old->v[i] : "";
		const char *b = i < new->n ? new->v[i] : "";

		if (!strncmp(a, "release: ", 9))
			kernel = a + 9;
		if (!strcmp(a, b))
			continue;
		if (++differ <= SHOWN_MAX)
			printf("%s:\n  - %s\n  + %s\n", kernel, a, b);
	}
	if (differ > SHOWN_MAX)
		printf("and %zu more lines\n", differ - SHOWN_MAX);
	return differ;
}

/* The signed statement of an envelope, without the signature over it. */
static size_t statement_of(struct rebuild *x, struct bundle *b,
			   const char **ret, struct err *e)
{
	static const char end[] = "\",\"signatures\":";

	*ret = "";
	for (uint32_t i = 0; i < b->man.nmembers; i++) {
		const struct manifest_member *m = &b->man.members[i];
		char *p = arena_alloc(&x->a, (size_t)m->size + 1);
		const char *stop;

		if (m->kind != MEMBER_PROVENANCE ||
		    bundle_read_member(b, i, p, (size_t)m->size, e) < 0)
			continue;
		stop = memmem(p, (size_t)m->size, end, sizeof(end) - 1);
		*ret = p;
		return stop ? (size_t)(stop - p) : (size_t)m->size;
	}
	return 0;
}

static int compare(struct rebuild *x, struct bundle *now, struct err *e)
{
	char *old, *new = NULL;
	text_lines a = { 0 }, b = { 0 };
	const char *told, *tells;
	size_t n = 0, differ = 0;
	int r = unpack_manifest(x->b, &old, e);

	if (r < 0)
		return r;
	r = unpack_manifest(now, &new, e);
	if (!r) {
		split(&x->a, old, x->b->manifest_len, &a);
		split(&x->a, new, now->manifest_len, &b);
		differ = show_differences(&a, &b);
		n = statement_of(x, x->b, &told, e);
		if (n != statement_of(x, now, &tells, e) ||
		    memcmp(told, tells, n) != 0) {
			printf("the provenance differs\n");
			differ++;
		}
	}
	free(old);
	free(new);
	return r < 0 ? r : (int)(differ != 0);
}

static int compare_with(void *x, struct bundle *now, struct arena *a,
			struct err *e)
{
	(void)a;
	return compare(x, now, e);
}

static int compare_with_new(struct rebuild *x, struct err *e)
{
	const char *keys = arena_printf(&x->a, "%s/tap/build.pub", x->dir);

	return bundle_cmd_with(x->out, keys, compare_with, x, &x->a, e);
}

/* ---- the command ------------------------------------------------------------------ */

static int prepare(struct rebuild *x, struct err *e)
{
	struct source s = { .m = &x->b->man };
	size_t len;
	int r = unpack_scripts(x->b, &s.raw, &len, e);

	if (!r)
		r = read_recipe(x, &s, e);
	if (!r && strcmp(x->r.tapbuild, TAP_VERSION) != 0)
		fprintf(stderr,
			"tapbuild: made by %s, this is %s: it will differ\n",
			x->r.tapbuild, TAP_VERSION);
	if (!r) {
		x->dir = fs_tmpdir(&x->a, "rebuild", e);
		r = x->dir ? 0 : e->code;
	}
	if (!r && !x->out)
		x->out = arena_printf(&x->a, "%s/new.tap", x->dir);
	if (!r)
		r = make_argv(x, &s, e);
	if (!r)
		r = set_environment(x, e);
	free(s.raw);
	return r;
}

static int rebuild(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	struct rebuild *x = p;
	int r;

	(void)a;
	x->b = b;
	r = prepare(x, e);
	if (!r)
		r = cmd_build((int)x->argv.n - 1, x->argv.v);
	if (r)
		return r;
	r = compare_with_new(x, e);
	if (!r)
		printf("%s: the same bytes again: %u kernels, %u files\n",
		       x->path, b->man.ntargets, b->man.nscripts);
	return r > 0 ? EXIT_REFUSED : r;
}

int cmd_rebuild(int argc, char **argv)
{
	struct rebuild x = { 0 };
	struct err e = { 0 };
	int r;

	if (!parse_args(&x, argc, argv))
		return bundle_cmd_usage(argc, argv, USAGE);
	arena_init(&x.a);
	r = bundle_cmd_with(x.path, x.keys, rebuild, &x, &x.a, &e);
	if (r < 0)
		r = bundle_cmd_fail(&e);
	if (x.dir)
		fs_rmtree(x.dir, NULL);
	arena_deinit(&x.a);
	return r;
}
