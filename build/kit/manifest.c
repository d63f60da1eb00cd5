// SPDX-License-Identifier: GPL-2.0-only
/* Lines of "key: value"; anything else is an error with its place. */
#include "build/kit/manifest.h"
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/base/vec.h"
#include "bundle/base/err.h"

#include <regex.h>
#include <string.h>

#define MANIFEST_MAX ((size_t)1 << 20)

static bool is_name(const char *s)
{
	return *s && *s != '-' && *s != '.' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.+-") ==
		       strlen(s);
}

static bool is_regex(const char *s)
{
	regex_t re;

	if (regcomp(&re, s, REG_EXTENDED | REG_NOSUB))
		return false;
	regfree(&re);
	return true;
}

static void add_names(struct arena *a, struct words *w, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, " \t");

		if (n)
			words_add(a, w, arena_strndup(a, s, n));
		s += n + strspn(s + n, " \t");
	}
}

/* Does @s have the form "debian bookworm main"? */
static bool is_source(struct arena *a, const char *s)
{
	struct words w = { 0 };
	size_t i;

	add_names(a, &w, s);
	for (i = 0; i < w.n; i++)
		if (!is_name(w.v[i]) && !(i == 1 && strchr(w.v[i], '/')))
			return false;
	return w.n >= 3;
}

/* One key; NULL or what is wrong with it. */
static const char *take(struct arena *a, struct manifest *m, const char *key,
			const char *val)
{
	struct suite *s = m->n ? &m->v[m->n - 1] : NULL;

	if (!strcmp(key, "tap-manifest"))
		return strcmp(val, "1") ? "only version 1 is known" : NULL;
	if (!strcmp(key, "archive")) {
		words_add(a, &m->archives, val);
		return strchr(val, ' ') ? NULL : "archive: NAME URI expected";
	}
	if (!strcmp(key, "apt")) {
		struct suite n = { .name = arena_strdup(a, val) };

		if (!is_name(val))
			return "bad name";
		if (m->n && (!s->sources.n || !s->kernels.n))
			return "the stanza before has no source or no kernel";
		vec_apush(a, m, n);
		return NULL;
	}
	if (!s)
		return "a stanza begins with 'apt:'";
	if (!strcmp(key, "source")) {
		words_add(a, &s->sources, val);
		return is_source(a, val)
			       ? NULL
			       : "source: ARCHIVE SUITE COMPONENT… expected";
	}
	if (!strcmp(key, "kernel")) {
		words_add(a, &s->kernels, val);
		return is_regex(val) ? NULL : "bad regular expression";
	}
	if (!strcmp(key, "with")) {
		add_names(a, &s->with, val);
		return NULL;
	}
	return "unknown key";
}

/* @first: no key was seen yet: the version comes first. */
static const char *take_line(struct arena *a, struct manifest *m, char *line,
			     bool *first)
{
	char *colon = strchr(line, ':');

	if (!*line || *line == '#')
		return NULL;
	if (!colon || colon[1] != ' ' || !colon[2])
		return "'key: value' expected";
	*colon = '\0';
	if (*first != !strcmp(line, "tap-manifest"))
		return *first ? "'tap-manifest: 1' expected first"
			      : "a second 'tap-manifest'";
	*first = false;
	return take(a, m, line, colon + 2);
}

int manifest_read(struct arena *a, const char *path, struct manifest *ret,
		  struct err *e)
{
	struct buf b = BUF_INIT;
	size_t line = 0;
	bool first = true;
	int rc = fs_read(path, &b, MANIFEST_MAX, e);
	char *s, *end;

	*ret = (struct manifest){ 0 };
	for (s = b.p; rc == 0 && *s; s = end) {
		const char *wrong;

		line++;
		end = s + strcspn(s, "\n");
		if (*end)
			*end++ = '\0';
		wrong = take_line(a, ret, s, &first);
		if (wrong)
			rc = err_set(e, ERR_FORMAT, "%s:%zu: %s", path, line,
				     wrong);
	}
	buf_deinit(&b);
	if (rc == 0 && (!ret->n || !ret->v[ret->n - 1].sources.n ||
			!ret->v[ret->n - 1].kernels.n))
		rc = err_set(e, ERR_FORMAT, "%s: no kernel is asked for", path);
	return rc;
}
