/* SPDX-License-Identifier: GPL-2.0-only */
/* Compiled patterns as the runtime takes them, for tests and the fuzzer. */
#ifndef TESTS_UNIT_REGEX_FIX_H
#define TESTS_UNIT_REGEX_FIX_H

#include "build/base/arena.h"
#include "build/regex/regex.h"

#define RT_TEST_PROGRAM
#include "tests/unit/rt_user.h"

const struct taprt_program taprt_program = { .strsize = 128, .captures = true };

static struct taprt_regex fix_tables(const struct regex *re)
{
	return (struct taprt_regex){ .col = re->col,
				     .next = re->next,
				     .link = re->link,
				     .pool = re->pool,
				     .ops = re->ops,
				     .skip = re->skip,
				     .wait = (u16)re->wait,
				     .start = (u16)re->start,
				     .ncols = (u16)re->ncols,
				     .ngroups = re->ngroups };
}

static struct rt_cpu *fix_context(void)
{
	struct rt_cpu *r = rt_test_context(0);

	r->match = rt_match_new(0);
	return r;
}

#endif
