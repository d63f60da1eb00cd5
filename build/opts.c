/* SPDX-License-Identifier: GPL-2.0-only */
/* The option table; usage is printed from it, so it cannot disagree. */
#include "build/opts.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/digest.h"
#include "build/base/fs.h"
#include "build/opts_check.h"
#include "bundle/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

enum arg_kind { FLAG, COUNT, TEXT, ONCE, LIST, NUMBER, MAYBE };
enum group { OUT, LANG, MODE, CACHE, RUN, NOT, NGROUPS };

/**
 * struct opt - one line of options.def
 * @letter: 0 = none; @name: without "--", NULL = none
 * @field: offset in struct opts
 * @arg: what the argument is called in the usage, or NULL
 */
struct opt {
	enum group group;
	char letter;
	const char *name;
	enum arg_kind kind;
	size_t field;
	const char *arg;
	const struct value_check *check;
	const char *help;
};

static const struct opt table[] = {
#define OPT(group, letter, name, kind, field, arg, check, help)            \
	{ group, letter,	 name, kind, offsetof(struct opts, field), \
	  arg,	 &value_##check, help },
#include "build/options.def"
#undef OPT
};

#define NOPTS (sizeof(table) / sizeof(table[0]))

static const char *const headings[NGROUPS] = {
	[OUT] = "What is built",
	[LANG] = "The script",
	[MODE] = "Questions and messages",
	[CACHE] = "The cache of compiled objects",
	[RUN] = "For taprun; taken with -p, when nothing runs",
	[NOT] = "Options of SystemTap that are refused, and what to do instead",
};

/* ---- help ------------------------------------------------------------------ */

static void print_option(const struct opt *op)
{
	const char *joint = !op->arg		? ""
			    : op->kind == MAYBE ? "[="
			    : op->name		? "="
						: " ";
	char left[64];

	if (op->letter && op->name)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", op->letter,
			 op->name, joint, op->arg ? op->arg : "");
	else if (op->letter)
		snprintf(left, sizeof(left), "-%c%s%s", op->letter, joint,
			 op->arg ? op->arg : "");
	else
		snprintf(left, sizeof(left), "--%s%s%s%s", op->name, joint,
			 op->arg ? op->arg : "", op->kind == MAYBE ? "]" : "");
	if (strlen(left) > 26)
		printf("  %s\n%29s%s\n", left, "", op->help);
	else
		printf("  %-26s %s\n", left, op->help);
}

void opts_usage(const struct opts *o)
{
	const char *me = o->as_stap ? "stap" : "tapbuild";

	printf("usage: %s [options] SCRIPT.stp [ARG...]\n"
	       "       %s [options] -e SCRIPT [ARG...]\n"
	       "       %s [options] - [ARG...]\n"
	       "       %s [options] -l POINT | -L POINT | --dump-...\n"
	       "       tapbuild check [options] SCRIPT.stp... [-- ARG...]\n"
	       "       tapbuild plan [options] SCRIPT.stp [ARG...]\n",
	       me, me, me, me);
	for (int g = 0; g < NGROUPS; g++) {
		printf("\n%s:\n", headings[g]);
		for (size_t i = 0; i < NOPTS; i++)
			if (table[i].group == (enum group)g)
				print_option(&table[i]);
	}
}

/* ---- values ---------------------------------------------------------------- */

typedef VEC(const char *) string_vec;

/* "-r" or "--manifest", for messages. */
static const char *option_name(const struct opt *op)
{
	static char name[40];

	if (op->letter)
		snprintf(name, sizeof(name), "-%c", op->letter);
	else
		snprintf(name, sizeof(name), "--%s", op->name);
	return name;
}

static int set_number(struct opts *o, const struct opt *op, const char *text,
		      struct err *e)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 0);
	if (errno || *end || end == text || *text == '-')
		return err_set(e, ERR_INVALID, "%s wants a number, not '%s'",
			       option_name(op), text);
	if (op->field == offsetof(struct opts, version)) {
		o->version = v;
		return 0;
	}
	if (v > (op->field == offsetof(struct opts, epoch) ? UINT32_MAX : 4096))
		return err_set(e, ERR_INVALID, "%s %s is too large",
			       option_name(op), text);
	*(unsigned int *)(void *)((char *)o + op->field) = (unsigned int)v;
	return 0;
}

static int refuse(const struct opt *op, struct err *e)
{
	err_set(e, ERR_INVALID, "%s is not for a packager", option_name(op));
	return err_hint(e, "%s", op->help);
}

static int apply(struct opts *o, const struct opt *op, const char *text,
		 struct err *e)
{
	char *at = (char *)o + op->field;

	if (op->group == NOT)
		return refuse(op, e);
	if (text && value_fits(op->check, option_name(op), text, e) < 0)
		return e->code;
	switch (op->kind) {
	case FLAG:
		/* As in stap: the letter first says that one may. */
		if (op->field == offsetof(struct opts, suppress_time_limits) &&
		    !o->guru)
			return err_set(e, ERR_INVALID,
				       "--suppress-time-limits needs -g before "
				       "it");
		*(bool *)(void *)at = true;
		return 0;
	case COUNT:
		++*(int *)(void *)at;
		return 0;
	case ONCE:
		if (*(const char **)(void *)at)
			return err_set(e, ERR_INVALID,
				       "%s can be given once only",
				       option_name(op));
		*(const char **)(void *)at = text;
		return 0;
	case TEXT:
	case MAYBE:
		*(const char **)(void *)at = text ? text : "";
		return 0;
	case LIST:
		vec_push((string_vec *)(void *)at, text);
		return 0;
	case NUMBER:
		return set_number(o, op, text, e);
	}
	return 0;
}

/* ---- words ----------------------------------------------------------------- */

struct words {
	char **v;
	int n, i;
};

static int unknown(const char *arg, struct err *e)
{
	err_set(e, ERR_INVALID, "unknown option '%s'", arg);
	return err_hint(e, "tapbuild --help lists the options");
}

/* The argument that stands in the next word. */
static int next_word(struct words *w, const struct opt *op, const char **text,
		     struct err *e)
{
	if (w->i + 1 >= w->n)
		return err_set(e, ERR_INVALID, "%s wants %s", option_name(op),
			       op->arg);
	*text = w->v[++w->i];
	return 0;
}

/* "--name", "--name X", "--name=X" */
static int long_option(struct opts *o, struct words *w, struct err *e)
{
	const char *arg = w->v[w->i], *text = strchr(arg, '=');
	size_t n = text ? (size_t)(text - arg) : strlen(arg);

	for (size_t i = 0; i < NOPTS; i++) {
		const struct opt *op = &table[i];

		if (!op->name || strlen(op->name) != n - 2 ||
		    strncmp(op->name, arg + 2, n - 2))
			continue;
		if (text && !op->arg)
			return err_set(e, ERR_INVALID, "--%s takes no value",
				       op->name);
		if (text)
			text++;
		else if (op->arg && op->kind != MAYBE && op->group != NOT &&
			 next_word(w, op, &text, e) < 0)
			return e->code;
		return apply(o, op, text, e);
	}
	return unknown(arg, e);
}

/* "-v", "-vvg", "-r X", "-rX", "-vp2" */
static int short_options(struct opts *o, struct words *w, struct err *e)
{
	const char *arg = w->v[w->i], *p;

	for (p = arg + 1; *p; p++) {
		const struct opt *op = NULL;
		const char *text = NULL;

		for (size_t i = 0; i < NOPTS && !op; i++)
			if (table[i].letter == *p)
				op = &table[i];
		if (!op)
			return unknown(arg, e);
		if (op->arg && op->group != NOT) {
			text = p + 1;
			if (!*text && next_word(w, op, &text, e) < 0)
				return e->code;
		}
		if (apply(o, op, text, e) < 0)
			return e->code;
		if (text)
			return 0;
	}
	return 0;
}

static int one_option(struct opts *o, struct words *w, struct err *e)
{
	return w->v[w->i][1] == '-' ? long_option(o, w, e)
				    : short_options(o, w, e);
}

static int parse_words(struct opts *o, int argc, char **argv, struct err *e)
{
	struct words w = { argv, argc, 1 };
	bool options = true;

	for (; w.i < w.n; w.i++) {
		char *arg = argv[w.i];

		if (options && !strcmp(arg, "--")) {
			options = false;
		} else if (options && arg[0] == '-' && arg[1]) {
			if (one_option(o, &w, e) < 0)
				return e->code;
		} else if (o->as_check && options) {
			vec_push(&o->scripts, arg);
		} else if (!o->as_check && !o->file && !o->script) {
			o->file = arg;
			options &= !o->as_stap;
		} else {
			options = false;
			vec_push(&o->args, arg);
		}
	}
	return 0;
}

/* ---- the file of default options --------------------------------------------- */

static int rc_line(struct opts *o, struct arena *a, const char *path,
		   const char *line, struct err *e)
{
	wordexp_t we;
	char **v;
	int n;

	if (wordexp(line, &we, WRDE_NOCMD))
		return err_set(e, ERR_INVALID, "%s: cannot split '%s'", path,
			       line);
	n = (int)we.we_wordc;
	v = arena_array(a, char *, (size_t)n + 2);
	for (int i = 0; i < n; i++)
		v[i + 1] = arena_strdup(a, we.we_wordv[i]);
	wordfree(&we);
	if (parse_words(o, n + 1, v, e) < 0)
		return err_prefix(e, "%s", path);
	if (o->file || o->scripts.n)
		return err_set(e, ERR_INVALID, "%s: '%s' is no option", path,
			       o->file ? o->file : o->scripts.v[0]);
	return 0;
}

static int parse_rc(struct opts *o, struct arena *a, struct err *e)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf b = BUF_INIT;
	const char *path;
	char *line, *rest;
	int rc = 0;

	if ((!xdg || !*xdg) && (!home || !*home))
		return 0;
	path = xdg && *xdg ? arena_printf(a, "%s/tap/rc", xdg)
			   : arena_printf(a, "%s/.config/tap/rc", home);
	if (!fs_exists(path))
		return 0;
	rc = fs_read(path, &b, 1 << 16, e);
	rest = rc == 0 ? arena_strdup(a, b.p) : NULL;
	buf_deinit(&b);
	while (rc == 0 && (line = strsep(&rest, "\n"))) {
		line += strspn(line, " \t");
		if (*line && *line != '#')
			rc = rc_line(o, a, path, line, e);
	}
	return rc;
}

/* ---- what a bundle depends on ------------------------------------------------ */

/* Where things come from and go, and how: the plan has what they stand for. */
static const size_t no_input[] = {
#define FIELD(name) offsetof(struct opts, name)
	FIELD(script),	    FIELD(extra),	FIELD(kernels),
	FIELD(arch),	    FIELD(all),		FIELD(manifest),
	FIELD(shard),	    FIELD(output),	FIELD(last_pass),
	FIELD(sign_key),    FIELD(strict),	FIELD(jobs),
	FIELD(include),	    FIELD(keep_going),	FIELD(module_key),
	FIELD(module_cert), FIELD(module_hash),
#undef FIELD
};

static bool is_input(const struct opt *op)
{
	for (size_t i = 0; i < sizeof(no_input) / sizeof(*no_input); i++)
		if (no_input[i] == op->field)
			return false;
	return op->group == OUT || op->group == LANG;
}

static void digest_value(const struct opts *o, const struct opt *op,
			 struct digest *d)
{
	const void *at = (const char *)o + op->field;
	const string_vec *v = at;
	const char *const *text = at;

	switch (op->kind) {
	case FLAG:
		digest_adds(d, *(const bool *)at ? "yes" : "no");
		break;
	case COUNT:
	case NUMBER:
		digest_add(d, at,
			   op->field == offsetof(struct opts, version)
				   ? sizeof(o->version)
				   : sizeof(unsigned int));
		break;
	case TEXT:
	case ONCE:
	case MAYBE:
		digest_adds(d, *text ? "given" : "none");
		digest_adds(d, *text ? *text : "");
		break;
	case LIST:
		digest_add(d, &v->n, sizeof(v->n));
		for (size_t i = 0; i < v->n; i++)
			digest_adds(d, v->v[i]);
		break;
	}
}

void opts_digest(const struct opts *o, struct digest *d)
{
	for (size_t i = 0; i < NOPTS; i++) {
		if (!is_input(&table[i]))
			continue;
		digest_adds(d, option_name(&table[i]));
		digest_value(o, &table[i], d);
	}
}

/* ---- all of it -------------------------------------------------------------- */

static void add_levels(struct opts *o)
{
	const char **vp;

	for (int i = 0; i < OPTS_PASSES; i++)
		o->level[i] = o->verbose;
	vec_foreach(vp, &o->vp)
		for (int i = 0; (*vp)[i]; i++)
			o->level[i] += (*vp)[i] - '0';
}

/* As in stap: "-m x.ko" means the module x. */
static void strip_ko(struct opts *o, struct arena *a)
{
	size_t n = o->name ? strlen(o->name) : 0;

	if (n < 3 || strcmp(o->name + n - 3, ".ko") != 0)
		return;
	o->name = arena_strndup(a, o->name, n - 3);
	o->stripped_ko = true;
}

int opts_parse(struct opts *o, struct arena *a, int argc, char **argv,
	       struct err *e)
{
	const char *slash = strrchr(argv[0], '/');
	int rc;

	memset(o, 0, sizeof(*o));
	o->as_stap = !strcmp(slash ? slash + 1 : argv[0], "stap");
	o->as_check = !strcmp(argv[0], "check");
	rc = parse_rc(o, a, e);
	if (rc == 0)
		rc = parse_words(o, argc, argv, e);
	if (rc < 0)
		return rc;
	add_levels(o);
	strip_ko(o, a);
	return opts_conflict(o, e);
}

void opts_deinit(struct opts *o)
{
	vec_deinit(&o->scripts);
	vec_deinit(&o->args);
	vec_deinit(&o->extra);
	vec_deinit(&o->kernels);
	vec_deinit(&o->include);
	vec_deinit(&o->define);
	vec_deinit(&o->global_set);
	vec_deinit(&o->kbuild);
	vec_deinit(&o->modinfo);
	vec_deinit(&o->vp);
	vec_deinit(&o->module_key);
	vec_deinit(&o->module_cert);
}

/* ---- again ------------------------------------------------------------------ */

/* What resign can set without a build is not for rebuild. */
static bool is_for_recipe(const struct opt *op)
{
	return is_input(op) && op->field != offsetof(struct opts, not_before) &&
	       op->field != offsetof(struct opts, not_after);
}

/* Who wants the words. */
struct telling {
	struct arena *a;
	void (*fn)(void *arg, const char *word);
	void *arg;
};

static void tell(const struct telling *t, const struct opt *op,
		 const char *text)
{
	const char *word;

	if (op->letter)
		word = arena_printf(t->a, "-%c%s", op->letter,
				    text ? text : "");
	else
		word = arena_printf(t->a, "--%s%s%s", op->name, text ? "=" : "",
				    text ? text : "");
	t->fn(t->arg, word);
}

static void tell_number(const struct telling *t, const struct opt *op,
			uint64_t n)
{
	if (n)
		tell(t, op, arena_printf(t->a, "%llu", (unsigned long long)n));
}

static void tell_option(const struct telling *t, const struct opts *o,
			const struct opt *op)
{
	const void *at = (const char *)o + op->field;
	const char *text;

	switch (op->kind) {
	case FLAG:
		if (*(const bool *)at)
			tell(t, op, NULL);
		return;
	case NUMBER:
		tell_number(t, op,
			    op->field == offsetof(struct opts, version)
				    ? o->version
				    : *(const unsigned int *)at);
		return;
	case LIST:
		for (size_t i = 0; i < ((const string_vec *)at)->n; i++)
			tell(t, op, ((const string_vec *)at)->v[i]);
		return;
	case TEXT:
	case ONCE:
	case MAYBE:
		text = *(const char *const *)at;
		if (text)
			tell(t, op, *text || op->kind != MAYBE ? text : NULL);
		return;
	case COUNT: /* how much is said */
		return;
	}
}

void opts_recipe(const struct opts *o, struct arena *a,
		 void (*fn)(void *arg, const char *word), void *arg)
{
	const struct telling t = { a, fn, arg };

	for (size_t i = 0; i < NOPTS; i++)
		if (is_for_recipe(&table[i]))
			tell_option(&t, o, &table[i]);
}
