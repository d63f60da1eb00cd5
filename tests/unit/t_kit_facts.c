// SPDX-License-Identifier: GPL-2.0-only
/* Facts are settled by a real compile against two header files of ours. */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/fs.h"
#include "build/kit/facts.h"
#include "build/kit/flags.h"
#include "build/kit/symvers.h"
#include "bundle/base/err.h"
#include "tests/tap.h"

#include <string.h>

static struct arena a;
static char *dir;

static void put(const char *name, const char *text)
{
	struct err e;

	fs_write_atomic(arena_printf(&a, "%s/%s", dir, name), text,
			strlen(text), 0644, &e);
}

static int settle(const char *def, const char *flag, struct facts *f,
		  struct err *e)
{
	static struct export exported[] = { { "there", "vmlinux", 1, true } };
	struct symvers sv = { exported, 1, 1 };
	struct words cc = { 0 };

	words_add(&a, &cc, "gcc");
	words_add(&a, &cc, arena_printf(&a, "-I%s", dir));
	words_add(&a, &cc, flag);
	return facts_settle(&a, def, &cc, &sv, dir, f, e);
}

static int answer(const struct facts *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->v[i].name, name))
			return f->v[i].yes;
	return -1;
}

static const char def[] =
	"/* a comment, FACT(NOT_ME, \"\", \"\") */\n"
	"FACT(HAS_F, \"linux/f.h\", \"int x = f(1); (void)x;\")\n"
	"FACT(F_TWO, \"linux/f.h\", \"int x =\"\n"
	"     \" f(1, 2); (void)x;\") // split string\n"
	"FACT(MACRO, \"linux/f.h\", \"WRONG(1);\")\n"
	"FACT(IMPLICIT, \"\", \"no_such_thing();\")\n"
	"FACT(ABSENT_H, \"linux/none.h linux/f.h\", \"f(1);\")\n"
	"FACT(LINES, \"\", \"int a = 1;\\n\\nsyntax error here;\\n(void)a;\")\n"
	"FACT(AFTER, \"\", \"int a = 1; (void)a;\")\n"
	"HEADER(F_H, \"linux/f.h\")\n"
	"HEADER(NONE_H, \"linux/none.h\")\n"
	"CALL(THERE, there)\n"
	"CALL(NOT_THERE, not_there)\n";

static void test_answers(void)
{
	static const struct {
		const char *name;
		int want;
	} t[] = {
		{ "HAS_F", 1 },	   { "F_TWO", 0 },     { "MACRO", 0 },
		{ "IMPLICIT", 0 }, { "ABSENT_H", 1 },  { "LINES", 0 },
		{ "AFTER", 1 },	   { "F_H", 1 },       { "NONE_H", 0 },
		{ "THERE", 1 },	   { "NOT_THERE", 0 }, { "NOT_ME", -1 },
	};
	struct buf h = BUF_INIT;
	struct facts f;
	struct err e = { 0 };
	size_t i;

	ok(settle(def, "-Wall", &f, &e) == 0, "settled %s", e.text);
	for (i = 0; i < sizeof(t) / sizeof(*t); i++)
		ok(answer(&f, t[i].name) == t[i].want, "%s is %d", t[i].name,
		   t[i].want);
	facts_header(&f, &h);
	ok(strstr(h.p, "#define KC_HAVE_HAS_F 1\n") &&
		   strstr(h.p, "#define KC_HAVE_NONE_H 0\n"),
	   "the header defines all, yes and no");
	buf_deinit(&h);
}

static void test_mistakes(void)
{
	static const char *const bad[] = {
		"FACT(X, \"\")\n",	 "FACT(X \"\", \"\")\n",
		"FUCT(X, \"\", \"\")\n", "FACT(X, \"\", \"open)\n",
		"CALL(X, \"string\")\n", "HEADER(X)\n",
	};
	struct facts f;
	struct err e = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int rc = settle(arena_printf(&a, "\n%s", bad[i]), "-Wall", &f,
				&e);

		ok(rc == ERR_FORMAT && strstr(e.text, "line 2"),
		   "malformed %zu: %s", i, e.text);
	}
	ok(settle("CALL(X, a)\nCALL(X, b)\n", "-Wall", &f, &e) == ERR_FORMAT,
	   "a name asked twice: %s", e.text);
	ok(settle(def, "-Werror=no-such-warning", &f, &e) == ERR_TOOL ||
		   settle(def, "-fno-such-flag", &f, &e) == ERR_TOOL,
	   "a compile that cannot work is noticed: %s", e.text);
}

int main(void)
{
	struct err e = { 0 };

	dir = fs_tmpdir(&a, "tap-facts", &e);
	if (!ok(dir != NULL, "scratch %s", e.text))
		return tap_done();
	fs_mkdirs(arena_printf(&a, "%s/linux", dir), &e);
	put("linux/module.h", "struct module { int x; };\n"
			      "extern struct module __this_module;\n"
			      "#define THIS_MODULE (&__this_module)\n");
	put("linux/f.h", "int f(int x);\n#define WRONG(x) (g_is_nowhere(x))\n");
	test_answers();
	test_mistakes();
	fs_rmtree(dir, &e);
	arena_deinit(&a);
	return tap_done();
}
