/* SPDX-License-Identifier: GPL-2.0-only */
/* tapbuild diff: what two bundles say differently. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/map.h"
#include "build/base/vec.h"
#include "build/cmd.h"
#include "build/cmd_bundle.h"
#include "bundle/base/err.h"
#include "bundle/line.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                                    \
	"diff [-q] [--keys DIR] A.tap B.tap\n\n"                                 \
	"Prints what differs: values of the head, kernels and their modules,\n"  \
	"scripts, signatures.  Exit code 0: nothing, 1: something, 2 or more:\n" \
	"a bundle could not be read, or its signatures or digests do not hold."

#define EXIT_SAME    EXIT_DONE
#define EXIT_DIFFERS 1

/**
 * struct fact - one thing that a bundle says
 * @what: names it in both bundles: "version", "script a.stp", "kernel ...: ko"
 * @shown: the same for people: build-ids are cut
 * @of: the fact that there is this kernel, or NULL
 */
struct fact {
	const char *what, *shown, *value;
	const struct fact *of;
};

/** struct side - one of the two bundles; @by_what: struct fact by its name */
struct side {
	const char *path;
	VEC(struct fact *) facts;
	struct map by_what;
};

struct diff {
	const char *keys;
	bool is_quiet, differs;
	struct arena a;
	struct side side[2], *reading; /* the one whose bundle is open */
};

static bool parse_args(struct diff *d, int argc, char **argv)
{
	const struct bundle_opt opt[] = {
		{ "keys", .value = &d->keys },
		{ "quiet", 'q', .flag = &d->is_quiet },
	};

	if (!bundle_cmd_args(argc, argv, opt, sizeof(opt) / sizeof(*opt)) ||
	    optind + 2 != argc)
		return false;
	d->side[0].path = argv[optind];
	d->side[1].path = argv[optind + 1];
	return true;
}

/* ---- facts --------------------------------------------------------------- */

static const struct fact *add(struct diff *d, struct side *s,
			      const struct fact *of, const char *what,
			      const char *shown, const char *value)
{
	struct fact *f = arena_alloc(&d->a, sizeof(*f));

	*f = (struct fact){ what, shown, value, of };
	vec_apush(&d->a, &s->facts, f);
	map_put(&s->by_what, what, f);
	return f;
}

/* Keys that come more than once: their first @nwords words name the line. */
static const struct list_key {
	const char *key;
	unsigned int nwords;
} list_keys[] = {
	{ "script", 1 }, { "probe-summary", 1 }, { "param", 1 },
	{ "limit", 1 },	 { "member", 1 },	 { "pack", 1 },
	{ "ksig", 1 },	 { "needs", 99 },
};

static unsigned int name_words(const char *key)
{
	for (size_t i = 0; i < sizeof(list_keys) / sizeof(*list_keys); i++)
		if (!strcmp(list_keys[i].key, key))
			return list_keys[i].nwords;
	return 0;
}

/* Cut @n words off *@value, or all there are. */
static const char *cut_words(char **value, unsigned int n)
{
	char *start = *value, *p = start + strcspn(start, " ");

	for (; n > 1 && *p; n--)
		p += 1 + strcspn(p + 1, " ");
	*value = *p ? p + 1 : p;
	*p = '\0';
	return start;
}

/* Where a module or a kernel signature lies is no difference of its own. */
static void add_line(struct diff *d, struct side *s, const struct fact *kernel,
		     const char *key, char *value)
{
	unsigned int n = name_words(key);
	const char *what = key, *shown;

	if (n)
		what = arena_printf(&d->a, "%s %s", key, cut_words(&value, n));
	if (!strcmp(key, "ko"))
		cut_words(&value, 2);
	if (!strcmp(key, "ksig"))
		cut_words(&value, 1);
	shown = what;
	if (kernel) {
		shown = arena_printf(&d->a, "%s: %s", kernel->shown, what);
		what = arena_printf(&d->a, "%s: %s", kernel->what, what);
	}
	add(d, s, kernel, what, shown, value);
}

/**
 * struct stanza - the lines that name a kernel, while they are read
 *
 * They come first, so the kernel's fact is made at the line after them.
 */
struct stanza {
	const char *machine, *release, *version, *build_id;
	const struct fact *kernel;
};

static bool names_kernel(struct stanza *st, const char *key, const char *value)
{
	const char **to = !strcmp(key, "machine")    ? &st->machine
			  : !strcmp(key, "release")  ? &st->release
			  : !strcmp(key, "version")  ? &st->version
			  : !strcmp(key, "build-id") ? &st->build_id
						     : NULL;

	if (to)
		*to = value;
	return to;
}

/* The version says which kernel it is only where there is no build-id. */
static const struct fact *add_kernel(struct diff *d, struct side *s,
				     const struct stanza *st)
{
	bool has_id = strcmp(st->build_id, "unknown") != 0;

	return add(d, s, NULL,
		   arena_printf(&d->a, "kernel %s %s %s %s", st->release,
				st->machine, st->build_id, st->version),
		   arena_printf(&d->a, "kernel %s %s %.*s", st->release,
				st->machine, has_id ? 12 : 400,
				has_id ? st->build_id : st->version),
		   "");
}

/* The next of a kernel's lines; the manifest was parsed, so all are there. */
static void kernel_line(struct diff *d, struct side *s, struct stanza *st,
			const char *key, char *value)
{
	if (names_kernel(st, key, value))
		return;
	if (!st->kernel)
		st->kernel = add_kernel(d, s, st);
	add_line(d, s, st->kernel, key, value);
}

static int add_manifest(struct diff *d, struct side *s, const char *from,
			size_t n, struct err *e)
{
	char *text = arena_strndup(&d->a, from, n);
	static const struct stanza none = { "", "", "", "unknown", NULL };
	struct stanza st = none;
	bool is_head = true;
	struct lines l;
	int r;

	lines_init(&l, "manifest", text, n, BUNDLE_LINE_MAX);
	while ((r = lines_next(&l, e)) > 0) {
		if (!*l.key || !strcmp(l.key, "target")) {
			is_head = false;
			st = none;
		} else if (is_head) {
			add_line(d, s, NULL, l.key, l.value);
		} else {
			kernel_line(d, s, &st, l.key, l.value);
		}
	}
	return r;
}

static void add_signatures(struct diff *d, struct side *s,
			   const struct bundle *b)
{
	for (unsigned int i = 0; i < b->sigs.n; i++) {
		const struct sig_line *l = &b->sigs.line[i];
		char id[2 * SIG_KEYID_BYTES + 1];
		const char *what;

		hex_text(l->keyid, SIG_KEYID_BYTES, id);
		what = arena_printf(
			&d->a, "signature %s %s",
			l->is_known ? sig_role_name(l->role) : "other", id);
		add(d, s, NULL, what, what,
		    arena_printf(&d->a, "time %llu",
				 (unsigned long long)l->signed_at));
	}
}

static int add_side(void *p, struct bundle *b, struct arena *a, struct err *e)
{
	struct diff *d = p;
	struct side *s = d->reading;
	struct bundle_front f = { 0 };
	struct buf in = BUF_INIT;
	int r = bundle_cmd_reread(b, s->path, &in, e);

	(void)a;
	if (!r)
		r = bundle_front(in.p, in.len, &f, e);
	if (!r)
		r = add_manifest(d, s, f.manifest, f.manifest_len, e);
	if (!r)
		add_signatures(d, s, b);
	buf_deinit(&in);
	return r;
}

static int read_side(struct diff *d, struct side *s, struct err *e)
{
	d->reading = s;
	return bundle_cmd_with(s->path, d->keys, add_side, d, &d->a, e);
}

/* ---- comparing ----------------------------------------------------------- */

static void tell_change(struct diff *d, const struct fact *a,
			const struct fact *b)
{
	d->differs = true;
	if (!d->is_quiet)
		printf("%s: %s -> %s\n", a->shown, a->value, b->value);
}

/* Of a kernel that only one has, nothing more is told. */
static void tell_rest(struct diff *d, const struct side *s,
		      const struct side *other)
{
	struct fact **f;

	vec_foreach(f, &s->facts) {
		if (map_get(&other->by_what, (*f)->what) ||
		    ((*f)->of && !map_get(&other->by_what, (*f)->of->what)))
			continue;
		d->differs = true;
		if (!d->is_quiet)
			printf("%s: only in %s%s%s\n", (*f)->shown, s->path,
			       *(*f)->value ? ": " : "", (*f)->value);
	}
}

static void compare(struct diff *d)
{
	const struct side *a = &d->side[0], *b = &d->side[1];
	struct fact **f;

	vec_foreach(f, &a->facts) {
		const struct fact *o = map_get(&b->by_what, (*f)->what);

		if (o && strcmp((*f)->value, o->value) != 0)
			tell_change(d, *f, o);
	}
	tell_rest(d, a, b);
	tell_rest(d, b, a);
}

/* 1 means here that they differ. */
static int trouble(const struct err *e)
{
	int code = bundle_cmd_fail(e);

	return code == EXIT_DIFFERS ? EXIT_ENVIRONMENT : code;
}

static int diff(struct diff *d)
{
	struct err e = { 0 };
	int r = read_side(d, &d->side[0], &e);

	if (!r)
		r = read_side(d, &d->side[1], &e);
	if (r < 0)
		return trouble(&e);
	compare(d);
	return d->differs ? EXIT_DIFFERS : EXIT_SAME;
}

int cmd_diff(int argc, char **argv)
{
	struct diff d = { 0 };
	int code;

	arena_init(&d.a);
	if (parse_args(&d, argc, argv))
		code = diff(&d);
	else
		code = bundle_cmd_usage(argc, argv, USAGE);
	map_deinit(&d.side[0].by_what);
	map_deinit(&d.side[1].by_what);
	arena_deinit(&d.a);
	return code;
}
