// SPDX-License-Identifier: GPL-2.0-only
/*
 * Language semantics without a kernel: every tests/golden/run/NAME.stp is compiled,
 * linked with the runtime's pure parts (tests/tools/urun) under ASan and UBSan, run,
 * and its output compared with NAME.out.  A script with a line "// threads" runs on
 * two CPUs at once.  All must do the same once more when every statement is a C
 * function of its own (build/emit/outline.c).  TAP_UPDATE=1 rewrites the .out files;
 * TAP_ONLY=NAME runs one.
 */
#include "build/base/spawn.h"
#include "build/base/vec.h"
#include "tests/tap.h"
#include "tests/unit/run_fix.h"

#include <glob.h>
#include <sys/wait.h>

#define SANITIZE "-fsanitize=address,undefined", "-fno-sanitize=shift"

struct script {
	const char *name, *title, *limit, *c, *exe;
	const char *argv[32];
	struct spawn cc, run;
	bool emitted, threads;
};

static struct arena arena;
static const char *dir;

static bool build_urun(const char *object)
{
	const char *const argv[] = { "gcc",
				     "-std=gnu11",
				     "-D_GNU_SOURCE",
				     "-I.",
				     "-O1",
				     "-g",
				     SANITIZE,
				     "-Wall",
				     "-Wno-unused-function",
				     "-c",
				     "-o",
				     object,
				     "tests/tools/urun/urun.c",
				     NULL };
	struct spawn s = { .argv = argv, .inherit = true };
	struct err e = { 0 };
	bool good = spawn_run(&s, &e) == 0;

	if (!good)
		printf("# %s\n%s\n", e.text, s.out.p);
	buf_deinit(&s.out);
	return good;
}

static void emit_one(struct script *s, const char *path, const char *urun)
{
	struct buf c = BUF_INIT;
	struct diags d;
	struct err e;
	size_t n = 0;

	diags_init(&d);
	s->exe = arena_printf(&arena, "%s/%s", dir, s->title);
	s->c = arena_printf(&arena, "%s.c", s->exe);
	s->threads = fs_read(path, &c, 1 << 20, &e) == 0 &&
		     strstr(c.p, "\n// threads\n");
	buf_reset(&c);
	s->emitted = run_fix_emit(path, s->limit, &c, &d) &&
		     fs_write_atomic(s->c, c.p, c.len, 0644, &e) == 0;
	if (!s->emitted)
		printf("# %s\n", d.text.p);
	const char *const argv[] = {
		"gcc", "-std=gnu11", "-Iruntime", s->limit ? "-O0" : "-O1",
		"-g", "-fwrapv", "-fno-strict-aliasing", SANITIZE, "-Wall",
		"-Werror",
		/* what scripts may say, the compiler need not like */
		"-Wno-unused", "-Wno-tautological-compare", "-Wno-bool-compare",
		"-Wno-bool-operation", "-Wno-int-in-bool-context", "-o", s->exe,
		s->c, urun, NULL
	};
	for (; argv[n]; n++)
		s->argv[n] = argv[n];
	s->cc = (struct spawn){ .argv = s->argv, .inherit = true };
	diags_deinit(&d);
	buf_deinit(&c);
}

static void run_one(struct script *s)
{
	const char *argv[] = { s->exe, s->threads ? "threads" : NULL, NULL };
	const char *golden;
	struct err e;

	if (!ok(s->emitted, "%s: emitted", s->title))
		return;
	if (!ok(!s->cc.status, "%s: compiled without a warning", s->title)) {
		printf("# %s\n", s->cc.out.p);
		return;
	}
	s->run = (struct spawn){ .argv = argv, .inherit = true };
	spawn_run(&s->run, &e);
	/* 1: the script ended with an error, which the output shows */
	ok(WIFEXITED(s->run.status) && WEXITSTATUS(s->run.status) <= 1 &&
		   !strstr(s->run.out.p, "runtime error"),
	   "%s: ran", s->title);
	golden = arena_printf(&arena, "tests/golden/run/%s.out", s->name);
	ok(run_fix_same(golden, s->run.out.p, s->run.out.len), "%s: output",
	   s->title);
	buf_deinit(&s->run.out);
}

static void run_all(glob_t *g, const char *urun)
{
	static const char *const limits[] = { NULL, "TAP_OUTLINE=1" };
	struct script *s = arena_array(&arena, struct script, 2 * g->gl_pathc);
	VEC(struct spawn) cc = { 0 };
	const char *only = getenv("TAP_ONLY");
	size_t n = 0, k = 0;
	struct err e;

	for (size_t i = 0; i < 2 * g->gl_pathc; i++) {
		const char *path = g->gl_pathv[i / 2];
		const char *base = strrchr(path, '/') + 1;

		s[n].name = arena_strndup(&arena, base, strlen(base) - 4);
		if (only && strcmp(only, s[n].name))
			continue;
		s[n].limit = limits[i % 2];
		s[n].title =
			s[n].limit ? arena_printf(&arena, "%s.parts", s[n].name)
				   : s[n].name;
		emit_one(&s[n], path, urun);
		if (s[n].emitted)
			vec_push(&cc, s[n].cc);
		n++;
	}
	spawn_run_all(cc.v, cc.n, 2, &e);
	for (size_t i = 0; i < n; i++) {
		if (s[i].emitted)
			s[i].cc = cc.v[k++];
		run_one(&s[i]);
		buf_deinit(&s[i].cc.out);
	}
	vec_deinit(&cc);
}

int main(void)
{
	const char *urun;
	struct err e;
	glob_t g = { 0 };

	arena_init(&arena);
	dir = fs_tmpdir(&arena, "t_run", &e);
	urun = arena_printf(&arena, "%s/urun.o", dir);
	if (ok(build_urun(urun), "the user-space runtime compiles") &&
	    ok(glob("tests/golden/run/*.stp", 0, NULL, &g) == 0,
	       "there are scripts to run"))
		run_all(&g, urun);
	globfree(&g);
	if (!getenv("TAP_KEEP"))
		fs_rmtree(dir, &e);
	else
		printf("# kept in %s\n", dir);
	arena_deinit(&arena);
	return tap_done();
}
