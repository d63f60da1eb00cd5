/* SPDX-License-Identifier: GPL-2.0-only */
/* Pass 2 of a script against a made-up kernel. */
#ifndef TESTS_UNIT_SCRIPT_FIX_H
#define TESTS_UNIT_SCRIPT_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "build/base/diag.h"
#include "build/dwarf/dwkit.h"
#include "build/lang/lang.h"
#include "build/sema/sema.h"
#include "build/session.h"
#include "tests/unit/kit_fix.h"

#include <stdbool.h>
#include <string.h>

static bool guru; /* -g, for assignments to $variables */
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

#endif
