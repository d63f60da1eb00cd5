/* SPDX-License-Identifier: GPL-2.0-only */
/* Pass 2 of a one-line script against a made-up kernel, and what must come of it. */
#ifndef TESTS_UNIT_PASS2_FIX_H
#define TESTS_UNIT_PASS2_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/dwarf/dwkit.h"
#include "build/lang/lang.h"
#include "build/sema/sema.h"
#include "build/session.h"
#include "tests/tap.h"
#include "tests/unit/kit_fix.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct kit kernel; /* what lowers() and refuses() ask */
static bool guru;	  /* -g, for assignments to $variables */
#ifdef KIT_FIX_INDEX
static bool with_index = true; /* with the kernel's debug information */
#endif

struct run {
	struct arena a;
	struct diags d;
	struct buf out;
	struct program *p; /* or NULL: d says why */
#ifdef KIT_FIX_INDEX
	struct dwkit *dw;
#endif
};

static void run_init(struct run *r, const struct kit *k, const char *script)
{
	struct session s = { .guru = guru };
	struct pp_env env = { .guru = true };
	struct sema_in in = { .s = &s, .kit = k, .env = &env };
	struct src *src;

	memset(r, 0, sizeof(*r));
	arena_init(&r->a);
	diags_init(&r->d);
	buf_init(&r->out);
	s.perm = &r->a;
	limits_init(&s.limits);
#ifdef KIT_FIX_INDEX
	if (with_index)
		in.dw = r->dw = dwkit_new(k);
#endif
	src = src_from_text(&r->a, "t.stp", script, strlen(script));
	in.user = lang_parse(&r->a, lang_lex(&r->a, src, NULL, &r->d), &env,
			     &r->d);
	if (in.user)
		r->p = sema_run(&in, &r->a, &r->d);
	if (r->p)
		sema_print(&r->out, r->p, 1);
}

static void run_deinit(struct run *r)
{
	buf_deinit(&r->out);
	diags_deinit(&r->d);
#ifdef KIT_FIX_INDEX
	dwkit_free(r->dw);
#endif
	arena_deinit(&r->a);
}

/* @body in a probe of @point prints @want somewhere in its -p2 text. */
static void lowers(const char *point, const char *body, const char *want)
{
	char script[600];
	struct run r;

	snprintf(script, sizeof(script), "probe %s { %s }\n", point, body);
	run_init(&r, &kernel, script);
	if (!ok(r.p && strstr(r.out.p, want), "%s { %s } is %.*s", point, body,
		(int)strcspn(want, "\n"), want))
		printf("# %s# %s\n", r.d.text.p, r.out.p);
	run_deinit(&r);
}

/* @body in a probe of @point fails with @tag and says @text. */
static void refuses(const char *point, const char *body, const char *tag,
		    const char *text)
{
	char script[600], bracket[64];
	struct run r;

	snprintf(script, sizeof(script), "probe %s { %s }\n", point, body);
	snprintf(bracket, sizeof(bracket), "[%s]", tag);
	run_init(&r, &kernel, script);
	if (!ok(!r.p && r.d.nerrors && strstr(r.d.text.p, bracket) &&
			strstr(r.d.text.p, text),
		"%s { %s } is refused with %s: %s", point, body, tag, text))
		printf("# %s# %s\n", r.d.text.p, r.out.p);
	run_deinit(&r);
}

#endif
