/* SPDX-License-Identifier: GPL-2.0-only */
/* One table of what can be asked for, written and read. */
#include "runner/ask.h"
#include "runner/opts.h"
#include "bundle/base/err.h"
#include "bundle/line.h"
#include "bundle/sig.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- reading ------------------------------------------------------------- */

static bool ask_on_name(struct opts *o, char *v)
{
	o->bundle = v;
	return text_only(v, "a-zA-Z0-9._+-", ASK_NAME_MAX) && *v != '.';
}

static bool ask_on_time(struct opts *o, char *v)
{
	return opts_seconds(v, &o->run_ns);
}

static bool ask_yes(bool *flag, const char *v)
{
	*flag = true;
	return strcmp(v, "yes") == 0;
}

static bool ask_on_json(struct opts *o, char *v)
{
	return ask_yes(&o->json, v);
}

static bool ask_on_quiet(struct opts *o, char *v)
{
	return ask_yes(&o->is_quiet, v);
}

static bool ask_on_no_warnings(struct opts *o, char *v)
{
	return ask_yes(&o->no_warnings, v);
}

static bool ask_on_verbose(struct opts *o, char *v)
{
	o->verbose = 1;
	return strcmp(v, "yes") == 0;
}

static bool ask_on_param(struct opts *o, char *v)
{
	char *eq = strchr(v, '=');

	if (!eq || eq == v || o->nparams == BUNDLE_PARAMS_MAX)
		return false;
	*eq = '\0';
	o->params[o->nparams++] = (struct opts_param){ v, eq + 1 };
	return true;
}

/* A thing that can be asked for is one line here. */
static const struct ask_key {
	const char *name;
	bool (*on)(struct opts *o, char *v);
	const char *form;
} ask_keys[] = {
	{ "name", ask_on_name, "up to 64 characters of a-z A-Z 0-9 . _ + -" },
	{ "time", ask_on_time, "seconds" },
	{ "json", ask_on_json, "'yes'" },
	{ "quiet", ask_on_quiet, "'yes'" },
	{ "no-warnings", ask_on_no_warnings, "'yes'" },
	{ "verbose", ask_on_verbose, "'yes'" },
	{ "param", ask_on_param, "NAME=VALUE, at most 256 of them" },
};

#define ASK_KEYS (sizeof(ask_keys) / sizeof(ask_keys[0]))

_Static_assert(BUNDLE_PARAMS_MAX == 256, "the form of 'param' names it");

static int ask_line(struct opts *o, struct lines *l, unsigned int *seen,
		    struct err *e)
{
	const struct ask_key *k;
	size_t i;

	for (i = 0; i < ASK_KEYS && strcmp(ask_keys[i].name, l->key); i++)
		;
	if (i == ASK_KEYS)
		return lines_bad(l, e, "'%.40s' cannot be asked for", l->key);
	k = &ask_keys[i];
	if ((*seen & 1u << i) && k->on != ask_on_param)
		return lines_bad(l, e, "'%s' is there twice", k->name);
	*seen |= 1u << i;
	if (!k->on(o, l->value))
		return lines_bad(l, e, "'%s' takes %s", k->name, k->form);
	return 0;
}

int ask_parse(struct opts *o, char *text, size_t n, struct err *e)
{
	const size_t head = sizeof(ASK_HEAD) - 1;
	unsigned int seen = 0;
	struct lines l;
	int r;

	opts_init(o);
	lines_init(&l, "request", text, n, BUNDLE_LINE_MAX);
	if (n < head || memcmp(text, ASK_HEAD, head) != 0)
		return err_set(e, ERR_INVALID,
			       "request: not that of a version-1 client");
	lines_next(&l, NULL);
	while ((r = lines_next(&l, e)) > 0) {
		r = ask_line(o, &l, &seen, e);
		if (r < 0)
			break;
	}
	if (r == 0 && !o->bundle)
		r = err_set(e, ERR_INVALID, "request: no name");
	if (r == 0)
		return 0;
	if (e)
		e->code = ERR_INVALID;
	return ERR_INVALID;
}

/* ---- writing ------------------------------------------------------------- */

struct ask_text {
	char *buf;
	size_t n;
	bool is_full;
};

static void ask_put(struct ask_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void ask_put(struct ask_text *t, const char *fmt, ...)
{
	size_t left = ASK_BYTES_MAX - t->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->n, left, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= left)
		t->is_full = true;
	else
		t->n += (size_t)n;
}

/* The last part of a path, as far as it can be said. */
static void ask_put_name(struct ask_text *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	char name[ASK_NAME_MAX + 1];
	size_t i;

	path = slash ? slash + 1 : path;
	for (i = 0; i < ASK_NAME_MAX && path[i]; i++) {
		const char one[2] = { path[i], '\0' };

		name[i] = text_only(one, "a-zA-Z0-9._+-", 1) ? *one : '_';
	}
	name[i] = '\0';
	if (name[0] == '.' || !i)
		name[0] = '_', name[i ? i : 1] = '\0';
	ask_put(t, "name: %s\n", name);
}

static int ask_check(const struct opts_param *p, struct err *e)
{
	size_t n = strlen(p->value);

	if ((!n || text_only(p->value, " -~", n)) &&
	    (!n || p->value[n - 1] != ' '))
		return 0;
	return err_set(
		e, ERR_INVALID,
		"--via: the value of '%s' has more than printable ASCII, "
		"or a blank at its end",
		p->name);
}

int ask_format(char *buf, const struct opts *o, struct err *e)
{
	struct ask_text t = { .buf = buf };
	unsigned int i;

	ask_put(&t, ASK_HEAD);
	ask_put_name(&t, o->bundle);
	if (o->run_ns)
		ask_put(&t, "time: %llu.%09llu\n",
			(unsigned long long)(o->run_ns / 1000000000u),
			(unsigned long long)(o->run_ns % 1000000000u));
	if (o->json)
		ask_put(&t, "json: yes\n");
	if (o->is_quiet)
		ask_put(&t, "quiet: yes\n");
	if (o->no_warnings)
		ask_put(&t, "no-warnings: yes\n");
	if (o->verbose)
		ask_put(&t, "verbose: yes\n");
	for (i = 0; i < o->nparams; i++) {
		if (ask_check(&o->params[i], e) < 0)
			return ERR_INVALID;
		ask_put(&t, "param: %s=%s\n", o->params[i].name,
			o->params[i].value);
	}
	if (t.is_full)
		return err_set(e, ERR_INVALID,
			       "--via: the request has more than %d bytes",
			       ASK_BYTES_MAX);
	return (int)t.n;
}
