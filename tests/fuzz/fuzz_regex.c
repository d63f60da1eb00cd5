// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any pattern, up to the first NUL, on any string, which follows it: bounded, and
 * what the two automata say agrees; groups lie within the match.
 */
#include "tests/unit/regex_fix.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool cond)
{
	if (!cond)
		abort();
}

static void check_groups(const struct rt_match *m, unsigned int n, size_t len)
{
	must(m->start[0] >= 0 && m->start[0] <= m->end[0] &&
	     (size_t)m->end[0] <= len);
	for (unsigned int g = 1; g <= n; g++)
		must(m->end[g] < 0 ||
		     (m->start[g] >= m->start[0] && m->start[g] <= m->end[g] &&
		      m->end[g] <= m->end[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rt_cpu *r;
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t n = nul ? (size_t)(nul - data) : size;
	size_t len = nul ? size - n - 1 : 0;
	struct regex *plain, *tags;
	struct taprt_regex test, match;
	struct regex_fault f = { 0 };
	struct arena a;
	char s[128] = "";

	if (!r)
		r = fix_context();
	if (len > taprt_program.strsize - 1)
		len = taprt_program.strsize - 1;
	if (len)
		memcpy(s, nul + 1, len);
	arena_init(&a);
	plain = regex_compile(&a, (const char *)data, n, false, &f);
	must(plain || (f.len && f.off <= n && *f.text));
	tags = regex_compile(&a, (const char *)data, n, true, &f);
	must(tags || (f.len && f.off <= n && *f.text));
	if (plain && tags) {
		test = fix_tables(plain);
		match = fix_tables(tags);
		must(taprt_regex_test(&test, s) ==
		     taprt_regex_match(&r->c, &match, s));
		if (r->c.groups)
			check_groups(r->match, tags->ngroups, strlen(s));
	}
	arena_deinit(&a);
	return 0;
}
