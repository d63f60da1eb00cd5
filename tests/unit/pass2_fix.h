/* SPDX-License-Identifier: GPL-2.0-only */
/* One-line scripts in pass 2 against a made-up kernel, and what must come of them. */
#ifndef TESTS_UNIT_PASS2_FIX_H
#define TESTS_UNIT_PASS2_FIX_H

#include "tests/tap.h"
#include "tests/unit/script_fix.h"

#include <stdio.h>
#include <string.h>

static struct kit kernel; /* what lowers() and refuses() ask */

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
