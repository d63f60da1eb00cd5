// SPDX-License-Identifier: GPL-2.0-only
/* "FUNC@FILE:LINE" taken apart, and what is wrong with what is not one. */
#include "build/base/arena.h"
#include "build/base/glob.h"
#include "build/families/spec.h"
#include "tests/tap.h"

#include <fnmatch.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Ranges as text: "10,20-25". */
static const char *ranges(const struct spec *s)
{
	static char text[128];
	size_t i, n = 0;

	text[0] = '\0';
	for (i = 0; i < s->nranges; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u-%u",
				      i ? "," : "", s->range[i].first,
				      s->range[i].last);
	return text;
}

static void good(struct arena *a, const char *text, const char *func,
		 const char *file, enum spec_lines lines, const char *range)
{
	struct spec s;
	const char *why;

	ok(spec_parse(a, text, &s, &why) && same(s.func, func) &&
		   same(s.file, file) && s.lines == lines &&
		   !strcmp(ranges(&s), range),
	   "'%s'", text);
}

static void bad(struct arena *a, const char *text, const char *what)
{
	struct spec s;
	const char *why;

	ok(!spec_parse(a, text, &s, &why) && strstr(why, what), "'%s': %s",
	   text, what);
}

static void scopes(struct arena *a)
{
	struct spec s;
	const char *why;

	ok(spec_parse(a, "ns::cls::f@x.cc:3", &s, &why) &&
		   same(s.scope, "ns::cls") && same(s.func, "f") &&
		   same(s.file, "x.cc"),
	   "scopes");
	ok(spec_parse(a, "::f", &s, &why) && same(s.scope, "") &&
		   same(s.func, "f"),
	   "the outermost scope");
	ok(spec_parse(a, "f", &s, &why) && !s.scope, "no scope");
}

static void lines(struct arena *a)
{
	struct spec s;
	const char *why;

	ok(spec_parse(a, "f@x.c:10,20-22", &s, &why) &&
		   spec_has_line(&s, 10, 5) && !spec_has_line(&s, 11, 5) &&
		   !spec_has_line(&s, 15, 5) && spec_has_line(&s, 20, 5) &&
		   spec_has_line(&s, 22, 5) && !spec_has_line(&s, 23, 5),
	   "lines are those of the file");
	ok(spec_parse(a, "f@x.c+0,3-4", &s, &why) && spec_has_line(&s, 5, 5) &&
		   spec_has_line(&s, 9, 5) && !spec_has_line(&s, 4, 5) &&
		   !spec_has_line(&s, 3, 5),
	   "or counted from the declaration");
	ok(spec_parse(a, "f@x.c:*", &s, &why) && spec_has_line(&s, 1, 5),
	   "or all");
	ok(spec_parse(a, "f@x.c", &s, &why) && !spec_has_line(&s, 1, 5),
	   "or none");
	ok(spec_is_glob("a*") && spec_is_glob("a?") && spec_is_glob("[ab]") &&
		   !spec_is_glob("a.b-c"),
	   "what is a pattern");
}

/* As fnmatch() has it, which may be asked too. */
static void globs(void)
{
	static const char *const glob[] = {
		"",	 "*",	  "?",	  "a",	   "a*",    "*a",      "a*b",
		"**",	 "*a*b*", "a?c",  "[ab]*", "a[!b]", "x*[0-9]", "\\*",
		"a\\*b", "*.c",	  "fs/*", "a**b",  "?*?",   "*aab",
	};
	static const char *const name[] = {
		"",	  "a",	"b",	"ab", "abc", "aab",   "a.c",
		"fs/a.c", "x1", "xay9", "*",  "a*b", "aXbYb", "aaab",
	};
	size_t i, k;

	for (i = 0; i < sizeof(glob) / sizeof(*glob); i++)
		for (k = 0; k < sizeof(name) / sizeof(*name); k++)
			ok(glob_match(glob[i], name[k]) ==
				   !fnmatch(glob[i], name[k], 0),
			   "'%s' and '%s'", glob[i], name[k]);
}

int main(void)
{
	struct arena a;

	arena_init(&a);
	good(&a, "f", "f", NULL, SPEC_NO_LINE, "");
	good(&a, "vfs_*", "vfs_*", NULL, SPEC_NO_LINE, "");
	good(&a, "f@fs/open.c", "f", "fs/open.c", SPEC_NO_LINE, "");
	good(&a, "*@fs/[a-f]*.c", "*", "fs/[a-f]*.c", SPEC_NO_LINE, "");
	good(&a, "f@open.c:10", "f", "open.c", SPEC_LINES, "10-10");
	good(&a, "*@open.c:10-20", "*", "open.c", SPEC_LINES, "10-20");
	good(&a, "*@open.c:1,5-7,9", "*", "open.c", SPEC_LINES, "1-1,5-7,9-9");
	good(&a, "f@open.c:*", "f", "open.c", SPEC_ALL_LINES, "");
	good(&a, "f@open.c+3", "f", "open.c", SPEC_RELATIVE, "3-3");
	good(&a, "f@open.c:+3", "f", "open.c", SPEC_RELATIVE, "3-3");
	good(&a, "f@open.c+0-2", "f", "open.c", SPEC_RELATIVE, "0-2");
	good(&a, "f@c++/open.c", "f", "c++/open.c", SPEC_NO_LINE, "");
	good(&a, "f@c++/open.c:2", "f", "c++/open.c", SPEC_LINES, "2-2");
	good(&a, "f@a+1/b.c:2", "f", "a+1/b.c", SPEC_LINES, "2-2");
	good(&a, "f@d:/b.c+2", "f", "d:/b.c", SPEC_RELATIVE, "2-2");
	bad(&a, "", "name of the function");
	bad(&a, "@file.c", "name of the function");
	bad(&a, "a::@file.c", "name of the function");
	bad(&a, "f@", "name of the file");
	bad(&a, "f@:10", "name of the file");
	bad(&a, "f:10", "needs a file");
	bad(&a, "f@x.c@y.c", "more than one");
	bad(&a, "f@x.c:", "line number");
	bad(&a, "f@x.c:y", "line number");
	bad(&a, "f@x.c:0", "from 1");
	bad(&a, "f@x.c:10,", "line number");
	bad(&a, "f@x.c:10-", "needs an end");
	bad(&a, "f@x.c:20-10", "ends before");
	bad(&a, "f@x.c:10x", "follows");
	bad(&a, "f@x.c:**", "line number");
	bad(&a, "f@x.c:99999999999", "too large");
	scopes(&a);
	lines(&a);
	globs();
	arena_deinit(&a);
	return tap_done();
}
