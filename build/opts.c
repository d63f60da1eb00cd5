/* SPDX-License-Identifier: GPL-2.0-only */
/* The option table; usage is printed from it, so it cannot disagree. */
#include "build/opts.h"
#include "bundle/base/err.h"
#include "bundle/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum arg_kind { FLAG, COUNT, TEXT, LIST, NUMBER };

/**
 * struct opt - one option
 * @name: "-r" or "--manifest"; @field: offset in struct opts
 * @arg: what the argument is called in the usage, or NULL
 */
struct opt {
	const char *name;
	enum arg_kind kind;
	size_t field;
	const char *arg, *help;
};

#define F(f) offsetof(struct opts, f)

static const struct opt table[] = {
	{ "-e", TEXT, F(script), "SCRIPT", "script text instead of a file" },
	{ "-r", LIST, F(kernels), "RELEASE",
	  "target kernel: release, glob or kit id (repeatable)" },
	{ "--all", FLAG, F(all), NULL, "every kernel there is a kit of" },
	{ "--manifest", TEXT, F(manifest), "FILE",
	  "the kernels `kit fetch FILE` found last" },
	{ "-o", TEXT, F(output), "FILE", "where the bundle goes (NAME.tap)" },
	{ "-m", TEXT, F(name), "NAME", "name of bundle and modules" },
	{ "-p", NUMBER, F(last_pass), "N",
	  "stop after pass 1 parse, 2 resolve, 3 C text, 4 bundle" },
	{ "-k", FLAG, F(keep), NULL,
	  "write the generated C beside the bundle" },
	{ "--sign-key", TEXT, F(sign_key), "FILE",
	  "secret key (default: the one keygen made)" },
	{ "--bundle-version", NUMBER, F(version), "N",
	  "version in the manifest (default 1)" },
	{ "--audience", TEXT, F(audience), "FLEETS",
	  "hosts this bundle is for (default any)" },
	{ "--description", TEXT, F(description), "TEXT", "for people" },
	{ "--strict", FLAG, F(strict), NULL,
	  "fail when one kernel is unsupported" },
	{ "-I", LIST, F(include), "DIR", "look here for tapset files too" },
	{ "-D", LIST, F(define), "NAME=VALUE", "set a run-time limit" },
	{ "-G", LIST, F(global_set), "NAME=VALUE",
	  "set a global's initial value" },
	{ "-g", FLAG, F(guru), NULL, "guru mode" },
	{ "-u", FLAG, F(unoptimized), NULL, "keep unused code" },
	{ "-w", FLAG, F(no_warnings), NULL, "no warnings" },
	{ "-W", FLAG, F(warnings_are_errors), NULL, "warnings are errors" },
	{ "-j", NUMBER, F(jobs), "N", "tools at a time (default: CPUs)" },
	{ "-v", COUNT, F(verbose), NULL, "say more; times of each pass" },
	{ "-q", FLAG, F(quiet), NULL, "no table" },
	{ "--help", FLAG, F(help), NULL, "this text" },
};

#define NOPTS (sizeof(table) / sizeof(table[0]))

void opts_usage(void)
{
	printf("usage: tapbuild [options] SCRIPT.stp [ARG...]\n"
	       "       tapbuild [options] -e SCRIPT [ARG...]\n\n");
	for (size_t i = 0; i < NOPTS; i++)
		printf("  %-16s %-10s %s\n", table[i].name,
		       table[i].arg ? table[i].arg : "", table[i].help);
}

typedef VEC(const char *) string_vec;

static int set_number(struct opts *o, const struct opt *op, const char *text,
		      struct err *e)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 0);
	if (errno || *end || end == text || *text == '-')
		return err_set(e, ERR_INVALID, "%s wants a number, not '%s'",
			       op->name, text);
	if (op->field == F(version)) {
		o->version = v;
		return 0;
	}
	if (v > 4096)
		return err_set(e, ERR_INVALID, "%s %s is too large", op->name,
			       text);
	*(unsigned int *)(void *)((char *)o + op->field) = (unsigned int)v;
	return 0;
}

static int apply(struct opts *o, const struct opt *op, const char *text,
		 struct err *e)
{
	char *at = (char *)o + op->field;

	switch (op->kind) {
	case FLAG:
		*(bool *)(void *)at = true;
		return 0;
	case COUNT:
		++*(int *)(void *)at;
		return 0;
	case TEXT:
		*(const char **)(void *)at = text;
		return 0;
	case LIST:
		vec_push((string_vec *)(void *)at, text);
		return 0;
	case NUMBER:
		return set_number(o, op, text, e);
	}
	return 0;
}

/* "-r X", "-rX", "--name X", "--name=X"; *text is NULL when none is attached. */
static const struct opt *find(const char *arg, const char **text)
{
	for (size_t i = 0; i < NOPTS; i++) {
		size_t n = strlen(table[i].name);

		if (strncmp(arg, table[i].name, n))
			continue;
		*text = arg[n] ? arg + n : NULL;
		if (!arg[n])
			return &table[i];
		if (table[i].name[1] != '-' &&
		    (table[i].arg || table[i].kind == COUNT))
			return &table[i];
		if (table[i].name[1] == '-' && arg[n] == '=') {
			*text = arg + n + 1;
			return &table[i];
		}
	}
	return NULL;
}

static int one_option(struct opts *o, int argc, char **argv, int *i,
		      struct err *e)
{
	const char *text;
	const struct opt *op = find(argv[*i], &text);

	if (!op) {
		err_set(e, ERR_INVALID, "unknown option '%s'", argv[*i]);
		return err_hint(e, "tapbuild --help lists the options");
	}
	if (op->kind == COUNT && text) { /* -vvv */
		for (; *text == 'v'; text++)
			o->verbose++;
		if (*text)
			return err_set(e, ERR_INVALID, "unknown option '%s'",
				       argv[*i]);
	}
	if (op->arg && !text) {
		if (*i + 1 >= argc)
			return err_set(e, ERR_INVALID, "%s wants %s", op->name,
				       op->arg);
		text = argv[++*i];
	}
	return apply(o, op, text, e);
}

/* What a bundle and, with '_' for '-', a module can be called. */
static bool is_name(const char *s)
{
	size_t n =
		strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "0123456789_-");

	return n > 0 && n <= BUNDLE_NAME_MAX && !s[n] && *s != '-' && *s != '_';
}

int opts_parse(struct opts *o, int argc, char **argv, struct err *e)
{
	bool options = true;
	int rc;

	memset(o, 0, sizeof(*o));
	o->last_pass = 5;
	o->version = 1;
	for (int i = 1; i < argc; i++) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
		} else if (options && argv[i][0] == '-' && argv[i][1]) {
			rc = one_option(o, argc, argv, &i, e);
			if (rc < 0)
				return rc;
		} else if (!o->file && !o->script) {
			o->file = argv[i];
		} else {
			/* As in stap: options may follow the script's name,
			 * but not its first argument. */
			options = false;
			vec_push(&o->args, argv[i]);
		}
	}
	if (o->last_pass < 1 || o->last_pass > 5)
		return err_set(e, ERR_INVALID, "-p wants 1 to 5, not %u",
			       o->last_pass);
	if (o->name && !is_name(o->name))
		return err_set(
			e, ERR_INVALID,
			"-m wants a name of letters, digits, '-' and '_', "
			"not '%s'",
			o->name);
	if (!o->help && !o->file && !o->script) {
		err_set(e, ERR_INVALID, "no script given");
		return err_hint(e, "tapbuild script.stp, or tapbuild -e 'probe "
				   "begin { println(\"hi\") exit() }'");
	}
	return 0;
}

void opts_deinit(struct opts *o)
{
	vec_deinit(&o->args);
	vec_deinit(&o->kernels);
	vec_deinit(&o->include);
	vec_deinit(&o->define);
	vec_deinit(&o->global_set);
}
