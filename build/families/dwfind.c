// SPDX-License-Identifier: GPL-2.0-only
/* Functions and statements by name, line and address. */
#include "build/families/dwfind.h"

#include "build/base/arena.h"
#include "build/dwarf/dwkit.h"
#include "build/dwarf/dwx.h"
#include "build/families/dwfind_priv.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

void dwfind_init(struct dwfind *w, struct arena *a, const struct dwfile *f)
{
	memset(w, 0, sizeof(*w));
	w->a = a;
	w->f = f;
}

void dwfind_deinit(struct dwfind *w)
{
	ptrmap_deinit(&w->bodies);
	ptrmap_deinit(&w->rows);
	ptrmap_deinit(&w->lined);
}

/* ---- what is decoded once ------------------------------------------------------- */

int dwfind_body(struct dwfind *w, struct dwx_ref ref, struct dwx_body **ret,
		struct err *e)
{
	const void *key = ptrmap_pair(ref.unit, ref.off);
	uint64_t known;
	int rc;

	if (ptrmap_get(&w->bodies, key, &known)) {
		*ret = (void *)(uintptr_t)known;
		return 0;
	}
	rc = dwx_body_bare(w->f->dir, ref, w->a, ret, e);
	if (rc == 0)
		ptrmap_put(&w->bodies, key, (uintptr_t)*ret);
	return rc;
}

struct unit_rows {
	struct dwx_row *row;
	size_t n;
};

static int unit_rows(struct dwfind *w, uint32_t unit,
		     const struct unit_rows **ret, struct err *e)
{
	const void *key = ptrmap_pair(unit, 0);
	struct unit_rows *r;
	uint64_t known;
	int rc;

	if (ptrmap_get(&w->rows, key, &known)) {
		*ret = (const void *)(uintptr_t)known;
		return 0;
	}
	*ret = r = arena_new(w->a, struct unit_rows);
	rc = dwx_rows(w->f->dir, unit, w->a, &r->row, &r->n, e);
	if (rc == 0)
		ptrmap_put(&w->rows, key, (uintptr_t)r);
	return rc;
}

/* ---- spots ------------------------------------------------------------------------ */

struct dwx_scope *dwfind_function_of(struct dwx_scope *s)
{
	while (s && s->kind == DWX_SCOPE_BLOCK)
		s = s->parent;
	return s;
}

struct dwspot dwfind_spot(const struct dwfind *w, const struct dwx_body *b,
			  struct dwx_scope *scope, uint64_t pc)
{
	const struct dwx_scope *fn = dwfind_function_of(scope);

	return (struct dwspot){
		.at = { w->f->dir, pc, scope, b, w->f->types },
		.func = fn ? fn->name : "",
		.file = fn ? fn->file : "",
		.line = fn ? fn->line : 0,
	};
}

void dwfind_add(struct dwfind *w, const struct dwspot *s)
{
	vec_apush(w->a, &w->spots, *s);
}

/*
 * The scope a row's line is of.  Where a call was inlined the first instruction is
 * the callee's, but its row may still be the line that calls; and a compiler moves
 * parts of what it inlined out of the place it inlined it to: NULL.
 */
static struct dwx_scope *scope_of_row(const struct dwx_body *b,
				      const struct dwx_row *row)
{
	struct dwx_scope *s = dwx_scope_at(b, row->addr), *fn;

	for (; s; s = fn->parent) {
		fn = dwfind_function_of(s);
		if (!fn)
			break;
		if (row->line >= fn->line && !strcmp(fn->file, row->file) &&
		    !(fn->kind == DWX_SCOPE_INLINE &&
		      fn->call_line == row->line &&
		      !strcmp(fn->call_file, row->file)))
			return s;
	}
	return NULL;
}

/* ---- functions ---------------------------------------------------------------------- */

/* A body, and in it the scope of the function that is meant. */
struct found {
	struct dwx_body *body;
	struct dwx_scope *fn;
};

static int add_entry(struct dwfind *w, const struct spec *s,
		     const struct found *f, void *arg, struct err *e);

typedef int (*found_fn)(struct dwfind *w, const struct spec *s,
			const struct found *f, void *arg, struct err *e);

/* @had: spots before this function. */
static bool is_enough(const struct dwfind *w, size_t had, found_fn fn)
{
	return w->one_each && fn == add_entry && w->spots.n > had;
}

static int each_instance(struct dwfind *w, const struct spec *s,
			 struct dwx_ref ref, found_fn fn, void *arg,
			 struct err *e)
{
	struct dwx_instance *in;
	size_t n, i, had = w->spots.n;
	int rc = dwx_instance_refs(w->f->dir, ref, w->a, &in, &n, e);

	for (i = 0; rc == 0 && i < n && !is_enough(w, had, fn); i++) {
		struct found f;

		rc = dwfind_body(w, in[i].body, &f.body, e);
		if (rc < 0)
			break;
		if (in[i].ordinal >= f.body->ninlined)
			return err_set(e, ERR_CORRUPT,
				       "'%s': damaged place of inlining",
				       w->f->name);
		f.fn = f.body->inlined[in[i].ordinal];
		rc = fn(w, s, &f, arg, e);
	}
	return rc;
}

static int each_place(struct dwfind *w, const struct spec *s, uint32_t func,
		      unsigned int what, found_fn fn, void *arg, struct err *e)
{
	const struct dwx_func of = dwx_func(w->f->dir, func);
	size_t had = w->spots.n;
	uint32_t k;
	int rc = 0;

	for (k = 0; rc == 0 && k < of.nrefs && !is_enough(w, had, fn); k++) {
		struct dwx_ref ref = dwx_ref(w->f->dir, func, k);
		struct found f;
		bool may = true;

		if (!(what & (ref.is_inline ? DWFIND_INLINE : DWFIND_CALL)))
			continue;
		/* of statements the nearest line will do */
		if (fn == add_entry)
			rc = dwfind_may_have_line(w, s, &of, ref.unit, &may, e);
		if (rc < 0 || !may)
			continue;
		if (ref.is_inline) {
			rc = each_instance(w, s, ref, fn, arg, e);
			continue;
		}
		rc = dwfind_body(w, ref, &f.body, e);
		if (rc < 0)
			break;
		f.fn = f.body->top;
		rc = fn(w, s, &f, arg, e);
	}
	return rc;
}

/* C has no scopes: nothing is in one. */
static size_t find_named(const struct dwfind *w, const struct spec *s,
			 uint32_t **ret)
{
	if (s->scope && *s->scope)
		return 0;
	return dwx_find_funcs(w->f->dir, s->func, s->file, w->a, ret);
}

static int each_function(struct dwfind *w, const struct spec *s,
			 unsigned int what, found_fn fn, void *arg,
			 struct err *e)
{
	uint32_t *func;
	size_t i, n = find_named(w, s, &func);
	int rc = 0;

	w->nfuncs += n;
	for (i = 0; rc == 0 && i < n; i++)
		rc = each_place(w, s, func[i], what, fn, arg, e);
	return rc;
}

/* ---- lines of a function ------------------------------------------------------------- */

struct lines {
	VEC(struct dwx_row) v;
};

static size_t first_row(const struct unit_rows *r, uint64_t addr)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r->row[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int by_line(const void *a, const void *b)
{
	const struct dwx_row *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* Each line of the function's own file that it has code of, at its lowest address;
 * not those of what is inlined into it. */
static int function_lines(struct dwfind *w, const struct found *f,
			  struct lines *ret, struct err *e)
{
	const struct unit_rows *r;
	size_t i, k, n = 0;
	int rc = unit_rows(w, f->body->unit, &r, e);

	ret->v.n = 0;
	for (k = 0; rc == 0 && k < f->fn->nranges; k++) {
		const struct dwx_range *in = &f->fn->range[k];

		for (i = first_row(r, in->lo);
		     i < r->n && r->row[i].addr < in->hi; i++) {
			const struct dwx_row *row = &r->row[i];

			if (row->is_end || !row->is_stmt ||
			    strcmp(row->file, f->fn->file) != 0)
				continue;
			if (dwfind_function_of(scope_of_row(f->body, row)) ==
			    f->fn)
				vec_apush(w->a, &ret->v, *row);
		}
	}
	if (ret->v.n)
		qsort(ret->v.v, ret->v.n, sizeof(*ret->v.v), by_line);
	for (i = 0; i < ret->v.n; i++)
		if (!i || ret->v.v[i].line != ret->v.v[n - 1].line)
			ret->v.v[n++] = ret->v.v[i];
	ret->v.n = n;
	return rc;
}

static int add_entry(struct dwfind *w, const struct spec *s,
		     const struct found *f, void *arg, struct err *e)
{
	struct lines l = { 0 };
	struct dwspot spot = dwfind_spot(w, f->body, f->fn, f->fn->entry);
	bool fits = s->lines == SPEC_NO_LINE;
	size_t i;
	int rc = 0;

	(void)arg;
	if (!fits)
		fits = spec_has_line(s, f->fn->line, f->fn->line);
	if (!fits)
		rc = function_lines(w, f, &l, e);
	for (i = 0; !fits && i < l.v.n; i++)
		fits = spec_has_line(s, l.v.v[i].line, f->fn->line);
	if (rc == 0 && fits && (!w->one_each || w->one_each(w->arg, &spot)))
		dwfind_add(w, &spot);
	return rc;
}

int dwfind_functions(struct dwfind *w, const struct spec *s, unsigned int what,
		     struct err *e)
{
	return each_function(w, s, what, add_entry, NULL, e);
}

int dwfind_inlined(struct dwfind *w, const struct spec *s, size_t *ret,
		   struct err *e)
{
	uint32_t *func, k;
	struct dwx_instance *in;
	size_t i, n, count;
	int rc = 0;

	*ret = 0;
	n = find_named(w, s, &func);
	for (i = 0; i < n; i++) {
		uint32_t nrefs = dwx_func(w->f->dir, func[i]).nrefs;

		for (k = 0; rc == 0 && k < nrefs; k++) {
			struct dwx_ref ref = dwx_ref(w->f->dir, func[i], k);

			if (!ref.is_inline)
				continue;
			rc = dwx_instance_refs(w->f->dir, ref, w->a, &in,
					       &count, e);
			*ret += rc == 0 ? count : 0;
		}
	}
	return rc;
}

int dwfind_function_at(struct dwfind *w, uint64_t addr, struct err *e)
{
	struct dwx_body *b;
	struct dwx_ref ref;
	struct dwspot spot;
	int rc;

	if (!dwx_func_at(w->f->dir, addr, &ref))
		return 0;
	rc = dwfind_body(w, ref, &b, e);
	if (rc < 0)
		return rc;
	w->nfuncs++;
	spot = dwfind_spot(w, b, b->top, b->top->entry);
	dwfind_add(w, &spot);
	return 0;
}

/* ---- statements ------------------------------------------------------------------------ */

static void add_statement(struct dwfind *w, const struct dwx_body *b,
			  const struct dwx_row *row)
{
	struct dwx_scope *scope = scope_of_row(b, row);
	struct dwspot spot;

	if (!scope)
		scope = dwx_scope_at(b, row->addr);
	spot = dwfind_spot(w, b, scope, row->addr);
	spot.file = row->file;
	spot.line = row->line;
	dwfind_add(w, &spot);
}

/* The first line behind @want that has code, else the last before it. */
static const struct dwx_row *nearest_line(const struct lines *l, uint64_t want)
{
	size_t i;

	for (i = 0; i < l->v.n; i++)
		if (l->v.v[i].line >= want)
			return &l->v.v[i];
	return i ? &l->v.v[i - 1] : NULL;
}

/* Those of @l in lines [first, last] are @chosen. */
static bool choose_lines(const struct lines *l, uint64_t first, uint64_t last,
			 bool *chosen)
{
	bool any = false;
	size_t i;

	for (i = 0; i < l->v.n; i++)
		if (l->v.v[i].line >= first && l->v.v[i].line <= last)
			any = chosen[i] = true;
	return any;
}

static int add_lines(struct dwfind *w, const struct spec *s,
		     const struct found *f, void *arg, struct err *e)
{
	uint64_t from = s->lines == SPEC_RELATIVE ? f->fn->line : 0;
	const struct dwx_row *row;
	const bool *nearest = arg;
	struct lines l = { 0 };
	bool *chosen;
	size_t i;
	int rc = function_lines(w, f, &l, e);

	if (rc < 0)
		return rc;
	chosen = arena_array(w->a, bool, l.v.n + 1);
	if (s->lines == SPEC_ALL_LINES)
		choose_lines(&l, 0, UINT32_MAX, chosen);
	for (i = 0; i < s->nranges; i++) {
		const struct spec_range *r = &s->range[i];

		if (choose_lines(&l, from + r->first, from + r->last, chosen) ||
		    !*nearest)
			continue;
		row = nearest_line(&l, from + r->first);
		if (row)
			chosen[row - l.v.v] = true;
	}
	for (i = 0; i < l.v.n; i++)
		if (chosen[i])
			add_statement(w, f->body, &l.v.v[i]);
	return 0;
}

/* Is there one of this line in this function, or anywhere in this body, already? */
static bool has_statement(const struct dwfind *w, size_t since,
			  const struct dwx_body *b, const struct dwx_scope *fn,
			  const struct dwx_site *site)
{
	size_t i;

	for (i = w->spots.n; i-- > since;) {
		const struct dwspot *p = &w->spots.v[i];

		if (p->line == site->line && p->at.body == b &&
		    !strcmp(p->file, site->file) &&
		    (!fn || dwfind_function_of(p->at.scope) == fn))
			return true;
	}
	return false;
}

/* @strays: what was moved out of its function, where nothing else of it is found;
 * else what was not. */
static int add_site(struct dwfind *w, bool strays, size_t since,
		    const struct dwx_site *site, struct err *e)
{
	struct dwx_row row = { site->addr, site->file, site->line, true,
			       false };
	struct dwx_scope *fn;
	struct dwx_body *b;
	struct dwx_ref ref;
	int rc;

	/* code of assembler files has lines, but is in no function */
	if (!dwx_func_at(w->f->dir, site->addr, &ref))
		return 0;
	rc = dwfind_body(w, ref, &b, e);
	if (rc < 0)
		return rc;
	fn = dwfind_function_of(scope_of_row(b, &row));
	if (strays == !fn && !has_statement(w, since, b, fn, site))
		add_statement(w, b, &row);
	return 0;
}

/* "*@file:10": by the lines, whatever functions they are in. */
static int add_sites(struct dwfind *w, const struct spec *s, bool nearest,
		     struct err *e)
{
	size_t i, k, n, since = w->spots.n;
	struct dwx_site *site;
	int rc = 0;

	for (i = 0; rc == 0 && i < s->nranges; i++) {
		rc = dwx_find_lines(w->f->dir, s->file, s->range[i].first,
				    s->range[i].last, nearest, w->a, &site, &n,
				    e);
		for (k = 0; rc == 0 && k < n; k++)
			rc = add_site(w, false, since, &site[k], e);
		for (k = 0; rc == 0 && k < n; k++)
			rc = add_site(w, true, since, &site[k], e);
	}
	return rc;
}

int dwfind_statements(struct dwfind *w, const struct spec *s, bool nearest,
		      struct err *e)
{
	if (s->lines == SPEC_NO_LINE)
		return dwfind_functions(w, s, DWFIND_CALL | DWFIND_INLINE, e);
	if (s->lines == SPEC_LINES && !strcmp(s->func, "*") && !s->scope)
		return add_sites(w, s, nearest, e);
	return each_function(w, s, DWFIND_CALL | DWFIND_INLINE, add_lines,
			     &nearest, e);
}

int dwfind_statement_at(struct dwfind *w, uint64_t addr, bool nearest,
			uint64_t *begin, struct err *e)
{
	struct dwx_row row;
	struct dwx_body *b;
	struct dwx_ref ref;
	int rc;

	*begin = 0;
	if (!dwx_func_at(w->f->dir, addr, &ref))
		return 0;
	rc = dwx_line_at(w->f->dir, addr, w->a, &row, e);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? 0 : rc;
	*begin = row.addr;
	rc = dwfind_body(w, ref, &b, e);
	if (rc == 0 && (row.addr == addr || nearest))
		add_statement(w, b, &row);
	return rc;
}
