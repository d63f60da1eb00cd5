// SPDX-License-Identifier: GPL-2.0-only
/* The small parts of pass 2: limits, intrinsics, suggestions, the tapset index. */
#include "build/base/arena.h"
#include "build/base/diag.h"
#include "build/base/fs.h"
#include "build/elab/library.h"
#include "build/families/family.h"
#include "build/lang/lang.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/limits.h"
#include "build/session.h"
#include "bundle/base/err.h"
#include "tests/tap.h"

#include <stdlib.h>
#include <string.h>

static void test_limits(void)
{
	static const char *const bad[] = {
		"MAXACTION=",	      "MAXACTION=x",
		"MAXACTION=1x",	      "MAXSTRINGLEN=15",
		"MAXSTRINGLEN=65537", "MAXMAPENTRIES=0",
		"MAXACTION=-1",	      "MAXACTION=99999999999999999999",
	};
	static const char *const other[] = { "NOSUCH=1", "=1", "maxaction=1",
					     "MAXACTIO" };
	struct limits l, before;
	struct err e;
	size_t i;

	limits_init(&l);
	ok(l.maxaction == 1000 && l.maxstringlen == 512 &&
		   l.maxmapentries == 2048 && l.hist_elision == 2,
	   "documented defaults");
	ok(!limits_set(&l, "MAXACTION=0x20", &e) && l.maxaction == 32,
	   "a hexadecimal number");
	ok(!limits_set(&l, "HIST_ELISION=-1", &e) && l.hist_elision == -1,
	   "-1 where it means something");
	ok(!limits_set(&l, "STP_NO_OVERLOAD", &e) && l.no_overload == 1,
	   "a name alone is 1");
	before = l;
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		ok(limits_set(&l, other[i], &e) == ERR_NOT_FOUND &&
			   !limits_known(other[i]),
		   "-D%s is no limit", other[i]);
	ok(limits_idle("MAXUPROBES=1") && limits_idle("STP_EXECTRACE") &&
		   !limits_idle("MAXUPROBE") && !limits_idle("MAXACTION=1"),
	   "those that change nothing");
	ok(limits_known("MAXACTION=1") && limits_known("MAXACTION"),
	   "names of limits are known");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&e, 0, sizeof(e));
		ok(limits_set(&l, bad[i], &e) == ERR_INVALID && *e.text &&
			   !memcmp(&l, &before, sizeof(l)),
		   "-D%s is refused: %s", bad[i], e.text);
	}
}

static void test_intrinsics(void)
{
	const struct intrinsic *in, *prev = NULL;
	bool sorted = true, found = true;
	size_t i;

	for (i = 0; (in = intrinsic_at(i)); i++) {
		if (prev && strcmp(prev->name, in->name) > 0)
			sorted = false;
		if (intrinsic_find(in->name, in->nargs) != in)
			found = false;
		prev = in;
	}
	ok(i > 20 && sorted, "%zu intrinsics, sorted by name", i);
	ok(found, "each is found by name and number of arguments");
	ok(!intrinsic_find("pid", 1) && intrinsic_any("pid"), "pid(1) is none");
	ok(!intrinsic_any("pi") && !intrinsic_any("zzz"), "unknown names");
	in = intrinsic_find("kernel_string", 2);
	ok(in && in->type == TY_STRING && in->arg[0] == TY_LONG &&
		   in->arg[1] == TY_STRING,
	   "types of kernel_string(l, s)");
}

static void test_similar(void)
{
	struct similar s;
	struct arena a;

	arena_init(&a);
	similar_init(&s, "execnam");
	similar_add(&s, "pexecname");
	similar_add(&s, "execname");
	similar_add(&s, "execname");
	similar_add(&s, "unrelated");
	ok(!strcmp(similar_text(&a, &s, "similar"),
		   " (similar: execname, pexecname)"),
	   "nearest first, no name twice, nothing far away");
	similar_init(&s, "abcdef");
	similar_add(&s, "abcdeg");
	similar_add(&s, "abcdeh");
	similar_add(&s, "abcdei");
	similar_add(&s, "abcxyz");
	similar_add(&s, "abcdej");
	similar_add(&s, "abcdek");
	similar_add(&s, "abcdef");
	ok(s.n == 5 && !strcmp(s.best[0].name, "abcdef") &&
		   s.best[4].distance == 1,
	   "the best five");
	similar_init(&s, "x");
	ok(!*similar_text(&a, &s, "similar"), "nothing similar, nothing said");
	arena_deinit(&a);
}

static void test_words(void)
{
	static const struct {
		const char *pattern, *word;
		bool match;
	} t[] = {
		{ "read", "read", true },    { "read", "reads", false },
		{ "*", "", true },	     { "*", "any", true },
		{ "r*d", "read", true },     { "r*d", "reads", false },
		{ "*a*a*", "banana", true }, { "*a*b*", "banana", false },
		{ "**", "x", true },	     { "", "", true },
		{ "", "x", false },	     { "a*", "b", false },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		ok(family_word_match(t[i].pattern, t[i].word) == t[i].match,
		   "\"%s\" against \"%s\"", t[i].pattern, t[i].word);
}

/* ---- the index ----------------------------------------------------------- */

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[400], *slash;
	struct err e;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	slash = strrchr(path, '/');
	*slash = 0;
	fs_mkdirs(path, &e);
	*slash = '/';
	if (fs_write_atomic(path, text, strlen(text), 0644, &e) < 0)
		ok(false, "write %s: %s", path, e.text);
}

/* Names of the files that define @name, joined. */
static const char *finds(struct library *lib, enum lib_kind kind,
			 const char *name, const char *release,
			 const char *arch)
{
	static char text[400];
	struct pp_target t = { .kernel_vr = release, .arch = arch };
	const struct lib_file **f;
	size_t i, n = library_find(lib, kind, name, release ? &t : NULL, &f);

	text[0] = 0;
	for (i = 0; i < n; i++) {
		const char *base = strrchr(f[i]->path, '/') + 1;

		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? " " : "", base);
	}
	free(f);
	return text;
}

static void test_library(void)
{
	struct session s = { 0 };
	struct library *lib;
	struct arena a;
	struct diags d;
	struct err e;
	const char *dir[1];

	arena_init(&a);
	diags_init(&d);
	dir[0] = fs_tmpdir(&a, "t_sema", &e);
	write_file(dir[0], "base/one.stp",
		   "global g1, g2%[10] = 3, g3 # global no\n"
		   "function f1:long(a, b) { global_like = 1 }\n"
		   "private function f2() { } /* function no() */\n"
		   "probe al.one = begin { probe_like = \"function no(\" }\n"
		   "probe al2.x = al3.y = end ?, never { }\n"
		   "probe plain.point, other.point { }\n");
	write_file(dir[0], "linux/two.stp",
		   "%( kernel_v >= \"5\" %? function f3() {} %: "
		   "function f4() {} %)\nfunction f1(a) {}\n");
	write_file(dir[0], "linux/x86_64/three.stp", "function f1() {}\n");
	write_file(dir[0], "linux/5.10/four.stp", "function f1() {}\n");
	write_file(dir[0], "linux/5.10/arm64/five.stp", "function f1() {}\n");
	write_file(dir[0], "dyninst/six.stp", "function f1() {}\n");
	write_file(dir[0], "ignored.txt", "function f1() {}\n");
	s.perm = &a;
	s.include = dir;
	s.ninclude = 1;
	lib = library_open(&s, &d);
	ok(library_nfiles(lib) == 5, "five files: %zu", library_nfiles(lib));
	ok(!strcmp(finds(lib, LIB_FUNC, "f1", NULL, NULL), "two.stp one.stp"),
	   "without a target only what fits all");
	ok(!strcmp(finds(lib, LIB_FUNC, "f1", "6.1.0-1-amd64", "x86_64"),
		   "three.stp two.stp one.stp"),
	   "narrower directories first");
	ok(!strcmp(finds(lib, LIB_FUNC, "f1", "5.10.0-1-arm64", "arm64"),
		   "five.stp four.stp two.stp one.stp"),
	   "version and machine");
	ok(!strcmp(finds(lib, LIB_FUNC, "f1", "5.100.0", "arm64"),
		   "two.stp one.stp"),
	   "5.100 is not 5.10");
	ok(!strcmp(finds(lib, LIB_FUNC, "f2", NULL, NULL), "one.stp") &&
		   !strcmp(finds(lib, LIB_FUNC, "f4", NULL, NULL), "two.stp"),
	   "private functions, both branches of a condition");
	ok(!*finds(lib, LIB_FUNC, "no", NULL, NULL) &&
		   !*finds(lib, LIB_GLOBAL, "no", NULL, NULL),
	   "comments and strings define nothing");
	ok(!strcmp(finds(lib, LIB_GLOBAL, "g1", NULL, NULL), "one.stp") &&
		   !strcmp(finds(lib, LIB_GLOBAL, "g3", NULL, NULL), "one.stp"),
	   "a list of globals");
	ok(!strcmp(finds(lib, LIB_ALIAS, "al", NULL, NULL), "one.stp") &&
		   !strcmp(finds(lib, LIB_ALIAS, "al3", NULL, NULL),
			   "one.stp") &&
		   !strcmp(finds(lib, LIB_ALIAS, "al*", NULL, NULL), "one.stp"),
	   "aliases, chained and by pattern");
	ok(!*finds(lib, LIB_ALIAS, "plain", NULL, NULL) &&
		   !*finds(lib, LIB_ALIAS, "begin", NULL, NULL) &&
		   !*finds(lib, LIB_ALIAS, "never", NULL, NULL),
	   "a probe is no alias");
	fs_rmtree(dir[0], &e);
	diags_deinit(&d);
	arena_deinit(&a);
}

int main(void)
{
	test_limits();
	test_intrinsics();
	test_similar();
	test_words();
	test_library();
	return tap_done();
}
