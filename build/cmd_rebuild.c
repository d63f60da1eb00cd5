/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild rebuild: make a bundle again from what is inside, and compare. */
#include "build/base/arena.h"
#include "build/cmd.h"
#include "build/cmd_again.h"
#include "build/cmd_bundle.h"
#include "build/pack/unpack.h"
#include "bundle/base/err.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                        \
	"rebuild [--keys DIR] [-o OUT.tap] BUNDLE.tap\n\n"                           \
	"Builds BUNDLE.tap again from the script, the options and the kits that\n"   \
	"it names, and compares every byte but those that keys make.  Needs those\n" \
	"kits.  OUT.tap: keep the new bundle, which a key of no one signed."

#define SHOWN_MAX 20 /* differences */

/* The old bundle, what it tells, the new one. */
struct rebuild {
	const char *keys, *out, *path;
	struct arena a;
	struct bundle *b;
	struct again again;
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
	const char *dir = x->again.dir;
	const char *out =
		x->out ? x->out : arena_printf(&x->a, "%s/new.tap", dir);
	const char *keys = arena_printf(&x->a, "%s/tap/build.pub", dir);

	return bundle_cmd_with(out, keys, compare_with, x, &x->a, e);
}

/* ---- the command ------------------------------------------------------------------ */

static int prepare(struct rebuild *x, struct err *e)
{
	/* made again, not found again */
	static const char *const more[] = { "--disable-cache" };
	int r = again_make(&x->again, x->b, &x->a, x->out, more, 1, e);

	if (!r)
		r = again_alone(&x->again, e);
	if (!r)
		again_time(&x->again);
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
		r = cmd_build((int)x->again.argv.n - 1, x->again.argv.v);
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
	again_end(&x.again);
	arena_deinit(&x.a);
	return r;
}
