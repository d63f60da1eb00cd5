// SPDX-License-Identifier: GPL-2.0-only
/* The grammar of FUNC[@FILE[:LINE]]. */
#include "build/families/spec.h"

#include "build/base/arena.h"
#include "build/base/vec.h"

#include <string.h>

#define MAX_LINE INT32_MAX

bool spec_is_glob(const char *s)
{
	return strpbrk(s, "*?[") != NULL;
}

static bool read_line(const char **p, uint32_t *ret)
{
	uint64_t v = 0;

	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; ++*p) {
		v = v * 10 + (uint64_t)(**p - '0');
		if (v > MAX_LINE)
			return false;
	}
	*ret = (uint32_t)v;
	return true;
}

/* "10,20-25": NULL, or what is wrong. */
static const char *read_lines(struct arena *a, const char *p, struct spec *s)
{
	VEC(struct spec_range) v = { 0 };

	for (;; p++) {
		struct spec_range r;

		if (!read_line(&p, &r.first))
			return "a line number is missing or too large";
		r.last = r.first;
		if (*p == '-') {
			p++;
			if (!read_line(&p, &r.last))
				return "a range of lines needs an end";
		}
		if (r.last < r.first)
			return "a range of lines ends before it begins";
		if (s->lines == SPEC_LINES && !r.first)
			return "lines are counted from 1";
		vec_apush(a, &v, r);
		if (*p != ',')
			break;
	}
	if (*p)
		return "something follows the line number";
	s->range = v.v;
	s->nranges = v.n;
	return NULL;
}

/*
 * Where the lines begin in "FILE:10": at the last ":" or "+".  A "+" that no digit
 * follows belongs to the name of the file.
 */
static const char *find_lines(const char *file)
{
	const char *colon = strrchr(file, ':'), *plus = strrchr(file, '+');

	if (plus && (plus[1] < '0' || plus[1] > '9'))
		plus = NULL;
	if (!colon || !plus)
		return colon ? colon : plus;
	return colon > plus || plus == colon + 1 ? colon : plus;
}

static const char *parse_file(struct arena *a, const char *file, struct spec *s)
{
	const char *at = find_lines(file);

	if (!*file || at == file)
		return "the name of the file is missing";
	s->file = file;
	if (!at)
		return NULL;
	s->file = arena_strndup(a, file, (size_t)(at - file));
	if (!strcmp(at, ":*")) {
		s->lines = SPEC_ALL_LINES;
		return NULL;
	}
	s->lines = *at == '+' || at[1] == '+' ? SPEC_RELATIVE : SPEC_LINES;
	at += *at == ':' && at[1] == '+' ? 2 : 1;
	return read_lines(a, at, s);
}

/* "a::b::f" */
static const char *parse_func(struct arena *a, const char *func, struct spec *s)
{
	const char *p, *last = NULL;

	for (p = func; (p = strstr(p, "::")); p += 2)
		last = p;
	s->func = func;
	if (last) {
		s->scope = arena_strndup(a, func, (size_t)(last - func));
		s->func = last + 2;
	}
	if (strchr(s->func, ':'))
		return "a line number needs a file: FUNCTION@FILE:LINE";
	return *s->func ? NULL : "the name of the function is missing";
}

bool spec_parse(struct arena *a, const char *text, struct spec *ret,
		const char **why)
{
	const char *at = strchr(text, '@');

	memset(ret, 0, sizeof(*ret));
	*why = NULL;
	if (at && strchr(at + 1, '@'))
		*why = "there is more than one '@'";
	else if (at)
		*why = parse_file(a, arena_strdup(a, at + 1), ret);
	if (!*why)
		*why = parse_func(
			a,
			arena_strndup(a, text,
				      at ? (size_t)(at - text) : strlen(text)),
			ret);
	return !*why;
}

bool spec_has_line(const struct spec *s, uint32_t line, uint32_t decl)
{
	uint32_t from = s->lines == SPEC_RELATIVE ? decl : 0;
	size_t i;

	if (s->lines == SPEC_ALL_LINES)
		return true;
	for (i = 0; i < s->nranges; i++)
		if (line >= from && line - from >= s->range[i].first &&
		    line - from <= s->range[i].last)
			return true;
	return false;
}
