// SPDX-License-Identifier: GPL-2.0-only
/* Statements and callees that are found in what gcc makes of inlined calls. */
#include "build/families/dwfind.h"
#include "build/dwarf/dwkit.h"
#include "tests/tap.h"
#include "tests/unit/dwarf_fix.h"

/* Lines are counted by the tests. */
static const char source[] =
	"extern int other(int);\n"
	"extern void note(int);\n"
	"int counter;\n"
	"static inline __attribute__((always_inline)) void bump(int by)\n"
	"{\n"
	"	counter += by;\n"
	"	note(by);\n"
	"}\n"
	"__attribute__((noinline)) int leaf(int x)\n"
	"{\n"
	"	return other(x) * 3;\n"
	"}\n"
	"int work(int n)\n"
	"{\n"
	"	int k = other(n);\n"
	"	bump(k);\n"
	"	k += other(k);\n"
	"\n"
	"	if (k > 3)\n"
	"		bump(n);\n"
	"\n"
	"	return leaf(k) + 1;\n"
	"}\n"
	"static inline __attribute__((always_inline)) int all(int n)\n"
	"{\n"
	"	return leaf(n) + leaf(n + 1);\n"
	"}\n"
	"__attribute__((noinline)) int twin(int x)\n"
	"{\n"
	"	return other(x + 5) - 2;\n"
	"}\n"
	"int same(int n)\n"
	"{\n"
	"	return all(n) + twin(n) + 1;\n"
	"}\n";

static struct arena a;
static struct dwarf_fix fix;
static struct dwfile file;

/* Lines of the statements that @spec finds, in their order. */
static void lines(const char *spec, bool nearest, const char *want)
{
	struct buf got = BUF_INIT;
	struct err e = { 0 };
	const struct dwspot *p;
	struct dwfind w;
	struct spec s;
	const char *why;

	dwfind_init(&w, &a, &file);
	if (!ok(spec_parse(&a, spec, &s, &why) &&
			dwfind_statements(&w, &s, nearest, &e) == 0,
		"%s is looked for %s", spec, e.text))
		return;
	vec_foreach(p, &w.spots)
		buf_printf(&got, "%s:%u ", p->func, p->line);
	ok(!strcmp(got.len ? got.p : "", want), "%s%s: %s", spec,
	   nearest ? ".nearest" : "", got.len ? got.p : "nothing");
	buf_deinit(&got);
	dwfind_deinit(&w);
}

static void test_statements(void)
{
	lines("*@work.c:16", false, "work:16 ");
	lines("work@work.c:16", false, "work:16 ");
	lines("work@work.c:20", false, "work:20 ");
	lines("work@work.c+3", false, "work:16 ");
	lines("work@work.c:16", true, "work:16 ");
	lines("bump@work.c:7", false, "bump:7 bump:7 ");
	lines("work@work.c:6-7", false, "");
}

static void test_nearest(void)
{
	lines("work@work.c:18", true, "work:19 ");
	lines("work@work.c:18,19", true, "work:19 ");
	lines("work@work.c:17,18", true, "work:17 work:19 ");
	lines("work@work.c:21,18", true, "work:19 work:22 ");
	lines("work@work.c:17-18", true, "work:17 ");
	lines("*@work.c:18,19", true, "work:19 ");
	lines("*@work.c:17,18", true, "work:17 work:19 ");
	lines("work@work.c:18,21", false, "");
}

/* Functions with code of a line or declared there; @some: were any decoded for it? */
static void functions(const char *spec, bool some, const char *want)
{
	struct buf got = BUF_INIT;
	struct err e = { 0 };
	const struct dwspot *p;
	struct dwfind w;
	struct spec s;
	const char *why;

	dwfind_init(&w, &a, &file);
	if (!ok(spec_parse(&a, spec, &s, &why) &&
			dwfind_functions(&w, &s, DWFIND_CALL | DWFIND_INLINE,
					 &e) == 0,
		"functions of %s %s", spec, e.text))
		return;
	vec_foreach(p, &w.spots)
		buf_printf(&got, "%s ", p->func);
	ok(!strcmp(got.len ? got.p : "", want), "%s: %s", spec,
	   got.len ? got.p : "nothing");
	ok(!w.bodies.n == !some, "%u bodies were decoded", w.bodies.n);
	buf_deinit(&got);
	dwfind_deinit(&w);
}

static void test_functions(void)
{
	functions("*@work.c:16", true, "work ");
	functions("*@work.c:13", true, "work ");
	functions("*@work.c:7", true, "bump bump ");
	functions("*@work.c:7,11", true, "bump bump leaf ");
	functions("*@work.c:4", true, "bump bump ");
	functions("*@work.c:18", false, "");
	functions("*@work.c:500-600", false, "");
	functions("[lw]*@work.c:1-3", false, "");
	functions("work@work.c+3", true, "work ");
	functions("work@work.c+5", true, "");
	functions("*@other.c:16", false, "");
}

/* Functions that those of @spec call, and from how many places. */
static void callees(const char *spec, unsigned int what, unsigned int depth,
		    const char *want)
{
	struct spec s, any = { .func = "*" };
	struct buf got = BUF_INIT;
	struct err e = { 0 };
	const struct dwspot *p;
	struct dwfind w;
	const char *why;

	dwfind_init(&w, &a, &file);
	if (!ok(spec_parse(&a, spec, &s, &why) &&
			dwfind_functions(&w, &s, what, &e) == 0 &&
			dwfind_callees(&w, &any, depth, &e) == 0,
		"callees of %s %s", spec, e.text))
		return;
	vec_foreach(p, &w.spots)
		buf_printf(&got, "%s*%zu ", p->func, p->ncallers);
	ok(!strcmp(got.len ? got.p : "", want), "%s calls %s", spec,
	   got.len ? got.p : "nothing");
	buf_deinit(&got);
	dwfind_deinit(&w);
}

static void test_callees(void)
{
	unsigned int all = DWFIND_CALL | DWFIND_INLINE;

	callees("work", DWFIND_CALL, 1, "leaf*1 ");
	callees("same", DWFIND_CALL, 1, "twin*1 leaf*2 ");
	callees("all", DWFIND_INLINE, 1, "leaf*2 ");
	/* all() is inlined where same() begins: no call of either is lost */
	callees("[as]*", all, 1, "leaf*2 twin*1 ");
	callees("*", all, 1, "leaf*3 twin*1 ");
	callees("*", all, 3, "leaf*3 twin*1 ");
}

int main(void)
{
	static const char *const flags[] = { "-g", "-fno-ipa-icf",
					     "-fno-ipa-ra", NULL };
	struct err e = { 0 };

	arena_init(&a);
	if (ok(dwarf_fix_make_of(&a, &fix, "gcc", flags, false, source, &e) ==
			       0 &&
		       dwx_dir(fix.x, 0, &file.dir, &e) == 0,
	       "an index %s", e.text)) {
		file.name = "vmlinux";
		file.types = &fix.btf;
		test_statements();
		test_nearest();
		test_functions();
		test_callees();
	}
	dwarf_fix_free(&fix);
	arena_deinit(&a);
	return tap_done();
}
