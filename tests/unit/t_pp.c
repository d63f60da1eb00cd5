/* SPDX-License-Identifier: GPL-2.0-only */
/* Conditions per target, their trace, library macros. */
#include "tests/unit/lang_fix.h"
#include "build/lang/pp.h"

static const char *config(void *arg, const char *name)
{
	static const struct {
		const char *name, *val;
	} t[] = { { "CONFIG_Y", "y" },
		  { "CONFIG_M", "m" },
		  { "CONFIG_N", "250" },
		  { "CONFIG_H", "0x10" },
		  { "CONFIG_S", "\"txt\"" } };

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++)
		if (!strcmp(t[i].name, name))
			return t[i].val;
	return arg;
}

static struct pp_target target = { .kernel_vr = "6.1.0-56-amd64",
				   .arch = "x86_64",
				   .config = config };

static void test_conditions(struct fix *f)
{
	static const struct {
		const char *cond;
		int want; /* 1 true, 0 false, -1 error */
	} t[] = {
		{ "kernel_v == \"6.1.0\"", 1 },
		{ "kernel_v >= \"6.1\"", 1 },
		{ "kernel_v > \"6.1.0\"", 0 },
		{ "kernel_v < \"6.10\"", 1 },
		{ "kernel_v <= \"2.6.18\"", 0 },
		{ "kernel_v != \"6.*\"", 0 },
		{ "kernel_v == \"6.?.0\"", 1 },
		{ "kernel_vr == \"6.1.0-56-amd64\"", 1 },
		{ "kernel_vr == \"*-amd64\"", 1 },
		{ "kernel_vr < \"6.1.0-100\"", 1 },
		{ "kernel_v < \"6.*\"", -1 },
		{ "kernel_v == 6", -1 },
		{ "arch == \"x86_64\"", 1 },
		{ "arch != \"arm*\"", 1 },
		{ "arch < \"z\"", -1 },
		{ "CONFIG_Y == \"y\"", 1 },
		{ "CONFIG_M == \"[ym]\"", 1 },
		{ "CONFIG_NONE == \"y\"", 0 },
		{ "CONFIG_NONE == \"\"", 1 },
		{ "CONFIG_NONE != \"y\"", 1 },
		{ "CONFIG_S == \"\\\"txt\\\"\"", 1 },
		{ "CONFIG_N == 250", 1 },
		{ "CONFIG_N > 100", 1 },
		{ "CONFIG_H == 16", 1 },
		{ "CONFIG_NONE == 0", 1 },
		{ "CONFIG_Y == 1", -1 },
		{ "CONFIG_N > CONFIG_H", 1 },
		{ "CONFIG_Y > CONFIG_M", 1 },
		{ "CONFIG_Y < \"z\"", -1 },
		{ "CONFIG_Y == foo", -1 },
		{ "1 == 1 && 2 == 3 || 4 == 4", 1 },
		{ "4 == 4 || 1 == 1 && 2 == 3", 1 },
		{ "(1 == 1)", -1 },
		{ "1 == 1 || nonsense == 3", 1 },
		{ "1 == 2 && $7 == 3", 0 },
		{ "systemtap_v >= \"5.6\"", 1 },
		{ "systemtap_v < \"5.10\"", 1 },
	};
	struct pp_env env = { .target = &target };

	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		const char *got = fix_parse(
			f,
			arena_printf(&f->a,
				     "%%( %s %%? global yes %%: global no %%)",
				     t[i].cond),
			&env);
		int is = !strcmp(got, "global yes\n")  ? 1
			 : !strcmp(got, "global no\n") ? 0
						       : -1;

		ok(is == t[i].want, "%s is %d", t[i].cond, is);
	}
}

static void test_versions(void)
{
	static const char *const up[] = { "2.6.18",  "2.6.18.1", "2.6.32",
					  "3.10",    "3.10.0",	 "6.1.0",
					  "6.1.100", "6.12.117" };

	for (size_t i = 0; i < sizeof(up) / sizeof(*up); i++)
		for (size_t j = 0; j < sizeof(up) / sizeof(*up); j++) {
			int c = pp_version_cmp(up[i], up[j]);

			if ((c > 0) - (c < 0) != (i > j) - (i < j))
				ok(false, "%s against %s gives %d", up[i],
				   up[j], c);
		}
	ok(pp_version_cmp("6.01", "6.1") == 0, "leading zeros do not count");
	ok(pp_version_cmp("a", "b") < 0, "letters by byte");
}

static void test_trace(struct fix *f)
{
	struct pp_trace trace = { 0 };
	struct pp_env env = { .target = &target, .trace = &trace };
	struct pp_target old = target, arm = target;

	old.kernel_vr = "5.10.0-46-amd64";
	arm.arch = "arm64";
	fix_parse(f,
		  "%( kernel_v >= \"6.0\" %? global a %)\n"
		  "%( 1 == 1 || arch == \"x\" %? global b %)\n"
		  "%( CONFIG_Y == \"y\" && guru_mode == 0 %? global c %)",
		  &env);
	ok(trace.terms.n == 2, "two answers depended on the target: %zu",
	   trace.terms.n);
	ok(pp_trace_holds(&trace, &env), "the same target gives them again");
	env.target = &arm;
	ok(pp_trace_holds(&trace, &env), "what was not asked does not matter");
	env.target = &old;
	ok(!pp_trace_holds(&trace, &env), "an older kernel answers otherwise");
	env.target = NULL;
	ok(!pp_trace_holds(&trace, &env), "no target, no answer");
}

static void test_library(struct fix *f)
{
	struct pp_macros *m = lang_macros_new(&f->a);
	struct pp_env env = { .target = &target };
	struct lexed *lx;

	lx = fix_lex(f,
		     "@define A(x) %( @B + @x %)\n@define B %( 1 %)\n"
		     "%( kernel_v > \"9\" %? @define C %( 2 %) %: "
		     "@define C %( 3 %) %)",
		     NULL);
	ok(lang_macros_add(m, lx, &env, &f->d), "macros are added");
	env.library = m;
	ok(!strcmp(fix_parse(f, "probe p { x = @A(@C) }", &env),
		   "probe p{\n  x = (1 + 3);\n}\n"),
	   "and used: %s", f->out.p);
	ok(!strcmp(fix_parse(f, "@define B %( 9 %) probe p { x = @A(@B) }",
			     &env),
		   "probe p{\n  x = (1 + 9);\n}\n"),
	   "a library body does not see the user's macros: %s", f->out.p);
	ok(!strcmp(fix_parse(f, "@define A(x) %( @x %) probe p { x = @A(4) }",
			     &env),
		   "probe p{\n  x = 4;\n}\n"),
	   "a file's own macro wins: %s", f->out.p);
	ok(!lang_macros_add(m,
			    fix_lex(f,
				    "@define N %( 1 %) "
				    "@define B %( 2 %)",
				    NULL),
			    &env, &f->d),
	   "a name of another file is refused");
	ok(strstr(fix_parse(f, "probe p { x = @N }", &env), "unknown") != NULL,
	   "and nothing of that file is kept");
	ok(!lang_macros_add(m, fix_lex(f, "@define Z %( 1 %) probe x {}", NULL),
			    &env, &f->d),
	   "anything but macros is refused");
}

static void test_privilege(struct fix *f)
{
	struct pp_macros *m = lang_macros_new(&f->a);
	struct pp_env env = { .library = m };
	struct lexed *lx = fix_lex(f, "@define C %( %{ 1 %} %)", NULL);
	struct src *lib;

	lang_macros_add(m, lx, &env, &f->d);
	ok(strstr(fix_parse(f, "probe p { x = @C }", &env), "embedded"),
	   "a user gets no C through a library macro");
	lib = src_from_text(&f->a, "lib.stp", "probe p { x = @C }", 18);
	lib->is_library = true;
	ok(lang_parse(&f->a, lang_lex(&f->a, lib, NULL, &f->d), &env, &f->d),
	   "the library does");
	env.guru = true;
	ok(!strcmp(fix_parse(f, "probe p { x = @C }", &env),
		   "probe p{\n  x = %{ 1 %};\n}\n"),
	   "and a guru");
}

static void test_deep(struct fix *f)
{
	struct pp_env env = { 0 };
	struct buf b = BUF_INIT;

	buf_adds(&b, "@define m0 %( 1 %)\n");
	for (int i = 1; i < 1000; i++)
		buf_printf(&b, "@define m%d %%( @m%d %%)\n", i, i - 1);
	buf_adds(&b, "probe p { x = @m999 }");
	ok(strstr(fix_parse(f, b.p, &env), "without end") != NULL,
	   "a thousand macros inside each other are refused");
	buf_deinit(&b);
}

int main(void)
{
	struct fix f;

	fix_init(&f);
	test_conditions(&f);
	test_versions();
	test_trace(&f);
	fix_deinit(&f);
	fix_init(&f);
	test_library(&f);
	fix_deinit(&f);
	fix_init(&f);
	test_privilege(&f);
	fix_deinit(&f);
	fix_init(&f);
	test_deep(&f);
	fix_deinit(&f);
	return tap_done();
}
