// SPDX-License-Identifier: GPL-2.0-only
/* Questions by name, by address and by line. */
#include "build/base/glob.h"
#include "build/base/vec.h"
#include "build/dwarf/dwx.h"
#include "build/dwarf/dwx_priv.h"
#include "build/dwarf/enc.h"
#include "bundle/base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- sections ------------------------------------------------------------------ */

static const struct dx_sect *sect(const struct dwx_dir *d, uint32_t i)
{
	return dwx_row(d, DX_SECTS, i);
}

bool dwx_section_at(const struct dwx_dir *d, uint64_t addr, const char **name,
		    uint64_t *off)
{
	uint32_t lo = 0, hi = d->h.n[DX_SECTS];
	const struct dx_sect *s;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (sect(d, mid)->base <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* empty ones share their place with what follows */
	s = sect(d, lo ? lo - 1 : 0);
	if (!lo || addr - s->base >= s->size)
		return false;
	*name = dwx_str(d, s->name);
	*off = addr - s->base;
	return true;
}

bool dwx_section_base(const struct dwx_dir *d, const char *name, uint64_t *base)
{
	uint32_t i;

	for (i = 0; i < d->h.n[DX_SECTS]; i++)
		if (!strcmp(dwx_str(d, sect(d, i)->name), name)) {
			*base = sect(d, i)->base;
			return true;
		}
	return false;
}

/* ---- functions ------------------------------------------------------------------- */

static const struct dx_func *func(const struct dwx_dir *d, uint64_t i)
{
	return dwx_row(d, DX_FUNCS, i);
}

size_t dwx_nfuncs(const struct dwx_dir *d)
{
	return d->h.n[DX_FUNCS];
}

struct dwx_func dwx_func(const struct dwx_dir *d, size_t i)
{
	const struct dx_func *f = func(d, i);

	return (struct dwx_func){ dwx_str(d, f->name), dwx_str(d, f->file),
				  f->line, f->flags, f->nref };
}

struct dwx_ref dwx_ref(const struct dwx_dir *d, size_t i, size_t k)
{
	uint64_t at = (uint64_t)func(d, i)->ref + k;
	const struct dx_ref *r = dwx_row(d, DX_REFS, at);

	/* a unit that is not there: whoever follows it says so */
	if (i >= d->h.n[DX_FUNCS] || at >= d->h.n[DX_REFS])
		return (struct dwx_ref){ UINT32_MAX, 0, false };
	return (struct dwx_ref){ r->unit, r->off & ~DX_REF_INLINE,
				 r->off & DX_REF_INLINE };
}

/* First row whose name (a string at its begin) is not below the first @len bytes
 * of @s. */
static size_t lower(const struct dwx_dir *d, enum dx_table t, const char *s,
		    size_t len)
{
	size_t lo = 0, hi = d->h.n[t];

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		uint32_t name;

		memcpy(&name, dwx_row(d, t, mid), sizeof(name));
		if (strncmp(dwx_str(d, name), s, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A glob and what it begins with. */
struct pattern {
	const char *glob;
	size_t fixed;
	bool is_plain;
};

static struct pattern pattern(const char *glob)
{
	size_t n = strcspn(glob, "*?[\\");

	return (struct pattern){ glob, n, !glob[n] };
}

/* 1: fits; 0: does not; -1: nor does anything behind it. */
static int fits(const struct pattern *p, const char *name)
{
	if (strncmp(name, p->glob, p->fixed) != 0)
		return -1;
	if (p->is_plain)
		return name[p->fixed] ? -1 : 1;
	return glob_match(p->glob, name);
}

bool dwx_file_matches(const char *glob, const char *path)
{
	char behind[512];

	if (glob_match(glob, path))
		return true;
	if (*glob == '/' || strlen(glob) > sizeof(behind) - 3)
		return false;
	snprintf(behind, sizeof(behind), "*/%s", glob);
	return glob_match(behind, path);
}

/* What was answered of some files: the rows of many functions name the same. */
#define ANSWERS 4096
struct answers {
	const char *glob;
	struct {
		uint32_t file; /* one more: 0 is none */
		bool fits;
	} v[ANSWERS];
};

static bool file_fits(struct answers *a, const struct dwx_dir *d, uint32_t file)
{
	size_t i = file * 2654435761u >> 20;

	if (a->v[i].file != file + 1) {
		a->v[i].file = file + 1;
		a->v[i].fits = dwx_file_matches(a->glob, dwx_str(d, file));
	}
	return a->v[i].fits;
}

size_t dwx_find_funcs(const struct dwx_dir *d, const char *name,
		      const char *file, struct arena *a, uint32_t **ret)
{
	struct pattern p = pattern(name);
	size_t i = lower(d, DX_FUNCS, name, p.fixed), n = d->h.n[DX_FUNCS];
	VEC(uint32_t) v = { 0 };
	struct answers *known = file ? xcalloc(1, sizeof(*known)) : NULL;

	if (file)
		known->glob = file;
	for (; i < n; i++) {
		const struct dx_func *f = func(d, i);
		int c = fits(&p, dwx_str(d, f->name));

		if (c < 0)
			break;
		if (c && (!file || file_fits(known, d, f->file)))
			vec_apush(a, &v, (uint32_t)i);
	}
	free(known);
	*ret = v.v;
	return v.n;
}

size_t dwx_nunits(const struct dwx_dir *d)
{
	return d->h.n[DX_UNITS];
}

const char *dwx_unit_name(const struct dwx_dir *d, uint32_t i)
{
	const struct dx_unit *u = dwx_row(d, DX_UNITS, i);

	return dwx_str(d, u->name);
}

/* ---- addresses --------------------------------------------------------------------- */

static const struct dx_addr *addr_row(const struct dwx_dir *d, uint32_t i)
{
	return dwx_row(d, DX_ADDRS, i);
}

/* Reference of the range that holds @addr; NULL: none. */
static const struct dx_ref *ref_at(const struct dwx_dir *d, uint64_t addr)
{
	uint32_t lo = 0, hi = d->h.n[DX_ADDRS];
	const struct dx_addr *r;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (addr_row(d, mid)->lo <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	r = addr_row(d, lo ? lo - 1 : 0);
	if (!lo || addr - r->lo >= r->len || r->ref >= d->h.n[DX_REFS])
		return NULL;
	return dwx_row(d, DX_REFS, r->ref);
}

bool dwx_func_at(const struct dwx_dir *d, uint64_t addr, struct dwx_ref *ret)
{
	const struct dx_ref *r = ref_at(d, addr);

	if (!r || r->off == DX_REF_NONE)
		return false;
	*ret = (struct dwx_ref){ r->unit, r->off, false };
	return true;
}

bool dwx_unit_at(const struct dwx_dir *d, uint64_t addr, uint32_t *unit)
{
	const struct dx_ref *r = ref_at(d, addr);

	if (r)
		*unit = r->unit;
	return r != NULL;
}

/* ---- variables ----------------------------------------------------------------------- */

static int read_gvar(struct dwx_dir *d, const struct dx_var *row,
		     struct arena *a, struct dwx_gvar *g, struct err *e)
{
	static const struct dwx_range nowhere;
	const struct dwx_unit *u;
	struct cur c;
	int rc = dwx_load_unit(d, row->unit, &u, e);

	if (rc < 0)
		return rc;
	c = u->vars;
	cur_seek(&c, row->off);
	g->name = dwx_dom_str(d, u->dom, cur_uleb(&c));
	g->type = dwx_dom_type(u->dom, cur_uleb(&c));
	g->flags = (uint32_t)cur_uleb(&c);
	g->loc = dwx_read_loc(&c, u->dom, &nowhere, a);
	g->file = dwx_str(d, row->file);
	g->unit = dwx_unit_name(d, row->unit);
	g->line = row->line;
	return cur_ok(&c) ? 0 : dwx_bad(d, "a variable", e);
}

int dwx_find_vars(struct dwx_dir *d, const char *name, const char *file,
		  struct arena *a, struct dwx_gvar **ret, size_t *n,
		  struct err *e)
{
	struct pattern p = pattern(name);
	size_t i = lower(d, DX_VARS, name, p.fixed), all = d->h.n[DX_VARS];
	VEC(struct dwx_gvar) v = { 0 };

	*n = 0;
	for (; i < all; i++) {
		const struct dx_var *row = dwx_row(d, DX_VARS, i);
		int c = fits(&p, dwx_str(d, row->name)), rc;
		struct dwx_gvar g;

		if (c < 0)
			break;
		if (!c ||
		    (file && !dwx_file_matches(file, dwx_str(d, row->file)) &&
		     !dwx_file_matches(file, dwx_unit_name(d, row->unit))))
			continue;
		rc = read_gvar(d, row, a, &g, e);
		if (rc < 0)
			return rc;
		vec_apush(a, &v, g);
	}
	*ret = v.v;
	*n = v.n;
	return 0;
}

/* ---- lines ------------------------------------------------------------------------------ */

int dwx_rows(struct dwx_dir *d, uint32_t unit, struct arena *a,
	     struct dwx_row **ret, size_t *n, struct err *e)
{
	struct dwx_row r = { .file = "" };
	const struct dwx_unit *u;
	uint64_t count, i;
	struct cur c;
	int rc = dwx_load_unit(d, unit, &u, e);

	*n = 0;
	if (rc < 0)
		return rc;
	c = u->lines;
	count = cur_uleb(&c);
	if (!cur_ok(&c) || count > cur_left(&c))
		return dwx_bad(d, "a line table", e);
	if (count)
		r.addr = u->base + (uint64_t)dec_s(&c);
	*ret = arena_array(a, struct dwx_row, count + 1);
	for (i = 0; i < count; i++) {
		uint64_t head = cur_uleb(&c);

		r.addr += head >> 3;
		if (head & DX_LINE_FILE)
			r.file = dwx_dom_str(d, u->dom, cur_uleb(&c));
		r.line += (uint32_t)dec_s(&c);
		r.is_end = head & DX_LINE_END;
		r.is_stmt = head & DX_LINE_STMT;
		(*ret)[i] = r;
	}
	*n = count;
	return cur_ok(&c) ? 0 : dwx_bad(d, "a line table", e);
}

int dwx_line_at(struct dwx_dir *d, uint64_t addr, struct arena *a,
		struct dwx_row *ret, struct err *e)
{
	struct dwx_row *row;
	uint32_t unit;
	size_t n, lo = 0, hi;
	int rc;

	if (!dwx_unit_at(d, addr, &unit))
		return err_set(e, ERR_NOT_FOUND, "no lines for address 0x%llx",
			       (unsigned long long)addr);
	rc = dwx_rows(d, unit, a, &row, &n, e);
	if (rc < 0)
		return rc;
	for (hi = n; lo < hi;) {
		size_t mid = (lo + hi) / 2;

		if (row[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || row[lo - 1].is_end)
		return err_set(e, ERR_NOT_FOUND, "no lines for address 0x%llx",
			       (unsigned long long)addr);
	*ret = row[lo - 1];
	return 0;
}

static int site_cmp(const void *a, const void *b)
{
	const struct dwx_site *x = a, *y = b;
	int c = x->file == y->file ? 0 : strcmp(x->file, y->file);

	if (!c)
		c = x->line < y->line ? -1 : x->line > y->line;
	return c ? c : x->addr < y->addr ? -1 : x->addr > y->addr;
}

/** struct line_query - @next: the nearest line behind, 0: none */
struct line_query {
	struct dwx_dir *d;
	struct arena *a;
	uint32_t first, last, next;
	struct ptrmap files, units; /* that fit; that have one of them */
	VEC(struct dwx_site) v;
};

/* Statements of the files in one unit whose lines are asked for. */
static int search_unit(struct line_query *q, uint32_t unit, struct err *e)
{
	const char *file = NULL; /* of the row before */
	bool fits = false;
	struct arena a;
	struct dwx_row *row;
	size_t n, i;
	int rc;

	arena_init(&a);
	rc = dwx_rows(q->d, unit, &a, &row, &n, e);
	for (i = 0; rc == 0 && i < n; i++) {
		const struct dwx_row *r = &row[i];

		/* strings are in the file once: the pointer is the name */
		if (r->file != file) {
			file = r->file;
			fits = ptrmap_get(&q->files, file, NULL);
		}
		if (r->is_end || !r->is_stmt || !fits)
			continue;
		if (r->line > q->last && (!q->next || r->line < q->next))
			q->next = r->line;
		if (r->line < q->first || r->line > q->last)
			continue;
		vec_apush(q->a, &q->v,
			  (struct dwx_site){ r->addr, file, r->line, unit });
	}
	arena_deinit(&a);
	return rc;
}

/* The units that have code of file @f, each once: headers are in many. */
static int note_units(struct line_query *q, const struct dx_file *f,
		      struct err *e)
{
	uint32_t k;

	for (k = 0; k < f->nunit; k++) {
		uint64_t at = (uint64_t)f->unit + k;
		const uint32_t *unit = dwx_row(q->d, DX_FUNITS, at);

		if (at >= q->d->h.n[DX_FUNITS])
			return dwx_bad(q->d, "a source file", e);
		ptrmap_put(&q->units, ptrmap_pair(0, *unit), 0);
	}
	return 0;
}

static int note_files(struct line_query *q, const char *glob, struct err *e)
{
	const struct dwx_dir *d = q->d;
	int rc = 0;
	uint32_t i;

	for (i = 0; rc == 0 && i < d->h.n[DX_FILES]; i++) {
		const struct dx_file *f = dwx_row(d, DX_FILES, i);
		const char *name = dwx_str(d, f->name);

		if (!dwx_file_matches(glob, name))
			continue;
		ptrmap_put(&q->files, name, 0);
		rc = note_units(q, f, e);
	}
	return rc;
}

static int search_units(struct line_query *q, struct err *e)
{
	uint32_t i, n = q->units.n ? q->d->h.n[DX_UNITS] : 0;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++)
		if (ptrmap_get(&q->units, ptrmap_pair(0, i), NULL))
			rc = search_unit(q, i, e);
	return rc;
}

int dwx_find_lines(struct dwx_dir *d, const char *file, uint32_t first,
		   uint32_t last, bool nearest, struct arena *a,
		   struct dwx_site **ret, size_t *n, struct err *e)
{
	struct line_query q = { .d = d, .a = a, .first = first, .last = last };
	size_t i, k = 0;
	int rc = note_files(&q, file, e);

	if (rc == 0)
		rc = search_units(&q, e);
	if (rc == 0 && !q.v.n && nearest && q.next) {
		q.first = q.last = q.next;
		rc = search_units(&q, e);
	}
	ptrmap_deinit(&q.files);
	ptrmap_deinit(&q.units);
	*n = 0;
	if (rc < 0)
		return rc;
	if (q.v.n)
		qsort(q.v.v, q.v.n, sizeof(*q.v.v), site_cmp);
	for (i = 0; i < q.v.n; i++)
		if (!i || site_cmp(&q.v.v[k - 1], &q.v.v[i]) != 0)
			q.v.v[k++] = q.v.v[i];
	*ret = q.v.v;
	*n = k;
	return 0;
}
