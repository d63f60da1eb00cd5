/* SPDX-License-Identifier: GPL-2.0-only */
/* Script text → generated C, for tests that need no kernel. */
#ifndef TESTS_UNIT_RUN_FIX_H
#define TESTS_UNIT_RUN_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/base/fs.h"
#include "build/base/src.h"
#include "build/elab/library.h"
#include "build/emit/emit.h"
#include "build/lang/lang.h"
#include "build/sema/limits.h"
#include "build/sema/sema.h"
#include "build/session.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Apply "// -DNAME=VALUE" and "// -G name=value" lines of the script. */
static inline void run_fix_options(struct session *s, struct arena *a,
				   const char *text)
{
	VEC(const char *) set = { 0 };

	for (const char *p = text; (p = strstr(p, "// -")); p += 4) {
		char *opt = arena_strndup(a, p + 5, strcspn(p + 5, "\n"));

		if (p[4] == 'D')
			limits_set(&s->limits, opt, NULL);
		else if (p[4] == 'G')
			vec_apush(a, &set, opt + strspn(opt, " "));
	}
	s->global_set = set.v;
	s->nglobal_set = set.n;
}

/* The tapset of the tree, read once. */
static inline struct library *run_fix_library(void)
{
	static const char *include[] = { "tapset" };
	static struct library *lib;
	static struct arena a;
	struct session s = { .perm = &a, .include = include, .ninclude = 1 };
	struct diags d;

	if (!lib) {
		arena_init(&a);
		diags_init(&d);
		lib = library_open(&s, &d);
		diags_deinit(&d);
	}
	return lib;
}

/**
 * run_fix_emit() - the C text of @path in @c; false with diagnostics in @d
 * @limit: one more "NAME=VALUE" for -D, or NULL
 */
static inline bool run_fix_emit(const char *path, const char *limit,
				struct buf *c, struct diags *d)
{
	struct arena a;
	struct session s = { .perm = &a, .guru = true, .no_warnings = true };
	struct pp_env env = { .guru = true };
	struct sema_in in = { .s = &s, .env = &env, .lib = run_fix_library() };
	struct program *p = NULL;
	struct err e = { 0 };
	bool ok = false;

	arena_init(&a);
	limits_init(&s.limits);
	d->suppress_warnings = true;
	env.library = library_macros(in.lib, &a, &env, d);
	if (src_load(&a, path, &s.script, &e) == 0) {
		run_fix_options(&s, &a, s.script->text);
		if (limit)
			limits_set(&s.limits, limit, NULL);
		in.user = lang_parse(&a, lang_lex(&a, s.script, NULL, d), &env,
				     d);
		if (in.user)
			p = sema_run(&in, &a, d);
		ok = p && emit_program(p, &s, c, d) == 0 && !d->nerrors;
	} else {
		buf_adds(&d->text, e.text);
	}
	arena_deinit(&a);
	return ok;
}

/** run_fix_same() - compare with a golden file, or write it when TAP_UPDATE is set */
static inline bool run_fix_same(const char *path, const char *p, size_t n)
{
	struct buf want = BUF_INIT;
	struct err e;
	bool same;

	if (getenv("TAP_UPDATE"))
		return fs_write_atomic(path, p, n, 0644, &e) == 0;
	same = fs_read(path, &want, 1 << 24, &e) == 0 && want.len == n &&
	       !memcmp(want.p, p, n);
	if (!same)
		printf("# %s: expected\n%s# got\n%.*s", path, want.p, (int)n,
		       p);
	buf_deinit(&want);
	return same;
}

#endif
