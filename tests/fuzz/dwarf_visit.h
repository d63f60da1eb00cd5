/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything a debug index can be asked, for the fuzz targets that have one. */
#ifndef TESTS_FUZZ_DWARF_VISIT_H
#define TESTS_FUZZ_DWARF_VISIT_H

#include "build/base/arena.h"
#include "build/dwarf/dwx.h"
#include "bundle/base/err.h"

#include <string.h>

/* More of each only makes inputs slow. */
#define VISIT_EACH 64

static inline size_t visit_scope(struct dwx_scope *s, struct arena *a)
{
	struct dwx_var **vars;
	struct dwx_scope *c;
	struct dwx_expr x;
	size_t i, k, sum = strlen(s->name) + strlen(s->file);

	for (i = 0; i < s->nvars; i++) {
		sum += strlen(s->var[i].name);
		if (dwx_loc_at(&s->var[i].loc, s->entry, &x))
			for (k = 0; k < x.n; k++)
				sum += x.p[k];
	}
	for (i = 0; i < s->nlabels; i++)
		sum += strlen(s->label[i].name);
	for (i = 0; i < s->ncalls; i++)
		sum += strlen(s->call[i].callee);
	sum += dwx_vars_at(s, a, &vars);
	for (c = s->child; c; c = c->next)
		sum += visit_scope(c, a);
	return sum;
}

/* Number of answers that said "damaged". */
static inline size_t visit_func(struct dwx_dir *d, size_t i, struct arena *a)
{
	struct dwx_func f = dwx_func(d, i);
	struct dwx_scope **s;
	struct dwx_body *b;
	struct err e;
	size_t k, j, n, bad = 0;

	for (k = 0; k < f.nrefs && k < VISIT_EACH; k++) {
		struct dwx_ref r = dwx_ref(d, i, k);

		if (r.is_inline) {
			bad += dwx_instances(d, r, a, &s, &n, &e) < 0;
			for (j = 0; j < n && j < VISIT_EACH; j++)
				visit_scope(s[j], a);
		} else if (dwx_body(d, r, a, &b, &e) < 0) {
			bad++;
		} else {
			visit_scope(b->top, a);
			bad += dwx_body_bare(d, r, a, &b, &e) < 0;
			visit_scope(b->top, a);
			dwx_scope_at(b, b->top->entry);
			dwx_func_at(d, b->top->entry, &r);
		}
	}
	return bad;
}

static inline size_t visit_dir(struct dwx_dir *d, struct arena *a)
{
	struct dwx_gvar *g;
	struct dwx_row *row, one;
	struct dwx_site *site;
	uint32_t *v;
	struct err e;
	size_t i, n, bad = 0;

	n = dwx_find_funcs(d, "*", "*.c", a, &v);
	for (i = 0; i < n && i < VISIT_EACH; i++)
		bad += visit_func(d, v[i], a);
	for (i = 0; i < dwx_nunits(d) && i < VISIT_EACH; i++) {
		bad += dwx_rows(d, (uint32_t)i, a, &row, &n, &e) < 0;
		if (n)
			dwx_line_at(d, row[n / 2].addr, a, &one, &e);
	}
	bad += dwx_find_vars(d, "*", NULL, a, &g, &n, &e) < 0;
	bad += dwx_find_lines(d, "*", 1, 50, true, a, &site, &n, &e) < 0;
	return bad;
}

#endif
