/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Library macros, then a script that uses them and asks about its target.
 *
 * What comes before the first NUL is the library's text.  Either the preprocessor
 * succeeds and its tokens end with T_EOF, or it says why not.
 */
#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/lang/lex.h"
#include "build/lang/pp.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *config(void *arg, const char *name)
{
	switch (strlen(name) % 4) {
	case 0:
		return "m";
	case 1:
		return "\"text\"";
	case 2:
		return "0x20";
	default:
		return arg;
	}
}

static void library(struct arena *a, struct pp_env *env, const uint8_t *p,
		    size_t n, struct diags *d)
{
	struct pp_macros *m = lang_macros_new(a);
	struct src *s = src_from_text(a, "lib.stpm", (const char *)p, n);

	lang_macros_add(m, lang_lex(a, s, NULL, d), env, d);
	env->library = m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pp_target target = { .kernel_vr = "6.1.0-1-amd64",
						 .arch = "x86_64",
						 .config = config };
	struct pp_trace trace = { 0 };
	struct pp_env env = { .target = &target, .trace = &trace };
	const uint8_t *nul = memchr(data, 0, size);
	const struct tok *tok;
	struct lexed *lx;
	struct arena a;
	struct diags d;
	size_t n, was;

	arena_init(&a);
	diags_init(&d);
	if (nul) {
		library(&a, &env, data, (size_t)(nul - data), &d);
		size -= (size_t)(nul + 1 - data);
		data = nul + 1;
	}
	lx = lang_lex(&a, src_from_text(&a, "fuzz", (const char *)data, size),
		      NULL, &d);
	was = d.nerrors;
	if (pp_run(&a, lx, &env, &d, &tok, &n)) {
		if (!n || tok[n - 1].kind != T_EOF)
			abort();
		/* the same answers must hold for the same target */
		if (!pp_trace_holds(&trace, &env))
			abort();
	} else if (d.nerrors == was) {
		abort();
	}
	diags_deinit(&d);
	arena_deinit(&a);
	return 0;
}
