// SPDX-License-Identifier: GPL-2.0-only
/* ftrace sites, kprobe blacklist and reserved instructions of a kernel image. */
#include "build/debuginfo/ksites.h"
#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/ksym.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <stdlib.h>
#include <string.h>

/* ---- tables of addresses between two symbols -------------------------------- */

/*
 * No symbols, or nothing between them: an empty cursor and 0.  @row: bytes of an
 * entry.
 */
static int table_between(const struct efile *f, const struct ksyms *s,
			 const char *start, const char *stop, size_t row,
			 struct cur *ret, struct err *e)
{
	const struct ksym *a = ksym_find(s, start), *b = ksym_find(s, stop);
	const uint8_t *p;

	*ret = cur_init("", 0);
	if (!a || !b || b->addr == a->addr)
		return 0;
	if (b->addr < a->addr || (b->addr - a->addr) % row)
		return err_set(e, ERR_FORMAT, "%s and %s do not fit", start,
			       stop);
	p = efile_bytes(f, a->addr, b->addr - a->addr);
	if (!p)
		return err_set(e, ERR_FORMAT, "%s is in no section", start);
	*ret = cur_init(p, b->addr - a->addr);
	return 0;
}

static int cmp_u64(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return a < b ? -1 : a > b;
}

/* ---- ftrace ------------------------------------------------------------------- */

int ksites_ftrace(struct arena *a, const struct efile *f, const struct ksyms *s,
		  uint64_t **ret, size_t *n, struct err *e)
{
	size_t count, i, k = 0;
	struct cur c;
	uint64_t *v;
	int r;

	*ret = NULL;
	*n = 0;
	r = table_between(f, s, "__start_mcount_loc", "__stop_mcount_loc", 8,
			  &c, e);
	if (r)
		return r;
	count = cur_left(&c) / 8;
	v = arena_array(a, uint64_t, count);
	/* the build zeroes the sites of weak functions that were overridden */
	for (i = 0; i < count; i++) {
		uint64_t at = cur_le64(&c);

		if (at)
			v[k++] = at;
	}
	/* sorted at build time only from 5.17 on */
	qsort(v, k, sizeof(*v), cmp_u64);
	for (i = 0; i < k; i++)
		if (!i || v[i] != v[i - 1])
			v[(*n)++] = v[i];
	*ret = v;
	return 0;
}

uint64_t ksites_at_entry(const uint64_t *sites, size_t n, const struct ksym *fn)
{
	size_t lo = 0, hi = n;

	while (lo < hi) { /* first site at or above the entry */
		size_t mid = lo + (hi - lo) / 2;

		if (sites[mid] < fn->addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == n || (sites[lo] != fn->addr && sites[lo] != fn->addr + 4))
		return 0;
	return sites[lo];
}

/* ---- instructions that the kernel changes or looks for itself ------------------- */

/* Tables of 4-byte distances, from where they stand, to an instruction each. */
static const struct reserved_table {
	const char *start, *stop, *type, *member;
} reserved_tables[] = {
	{ "__start___bug_table", "__stop___bug_table", "bug_entry",
	  "bug_addr_disp" },
	{ "__start___jump_table", "__stop___jump_table", "jump_entry", "code" },
	{ "__start_static_call_sites", "__stop_static_call_sites",
	  "static_call_site", "addr" },
};

typedef VEC(uint64_t) addr_vec;

static int add_reserved(const struct reserved_table *t, const struct efile *f,
			const struct ksyms *s, const struct btfv *types,
			addr_vec *v, struct err *e)
{
	uint32_t id = btf_find(types, BTFK_STRUCT, t->type);
	uint32_t row = btf_type(types, id).size;
	struct btf_memb m;
	struct cur c;
	uint64_t at;
	int rc;

	/* kernels before these were relative have whole addresses there */
	if (!id || !btf_find_member(types, id, t->member, &m) ||
	    btf_type(types, m.type).size != 4 || m.bit_off / 8 + 4 > row)
		return 0;
	rc = table_between(f, s, t->start, t->stop, row, &c, e);
	if (rc || !cur_left(&c))
		return rc;
	for (at = ksym_find(s, t->start)->addr + m.bit_off / 8;
	     cur_left(&c) >= row; at += row) {
		struct cur in = cur_init(cur_take(&c, row) + m.bit_off / 8, 4);

		vec_push(v, at + (uint64_t)(int64_t)(int32_t)cur_le32(&in));
	}
	return 0;
}

int ksites_reserved(struct arena *a, const struct efile *f,
		    const struct ksyms *s, const struct btfv *types,
		    uint64_t **ret, size_t *n, struct err *e)
{
	addr_vec v = { 0 };
	size_t i;
	int rc = 0;

	*ret = NULL;
	*n = 0;
	for (i = 0;
	     i < sizeof(reserved_tables) / sizeof(reserved_tables[0]) && !rc;
	     i++)
		rc = add_reserved(&reserved_tables[i], f, s, types, &v, e);
	if (!rc && v.n) {
		qsort(v.v, v.n, sizeof(*v.v), cmp_u64);
		*ret = arena_memdup(a, v.v, v.n * sizeof(*v.v));
		*n = v.n;
	}
	vec_deinit(&v);
	return rc;
}

bool ksites_begins_reserved(const uint64_t *sites, size_t n,
			    const struct efile *f, const struct ksym *fn)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	const uint8_t *p = efile_bytes(f, fn->addr, sizeof(endbr));
	uint64_t at = fn->addr;

	if (p && !memcmp(p, endbr, sizeof(endbr)))
		at += sizeof(endbr);
	return n && bsearch(&at, sites, n, sizeof(at), cmp_u64);
}

/* ---- kprobe blacklist ----------------------------------------------------------- */

typedef VEC(struct ksites_range) range_vec;

static int cmp_range(const void *pa, const void *pb)
{
	const struct ksites_range *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->end < b->end ? -1 : a->end > b->end;
}

static void add_symbol(range_vec *v, const struct ksym *k)
{
	if (k && k->size)
		vec_push(v,
			 (struct ksites_range){ k->addr, k->addr + k->size });
}

static void add_area(range_vec *v, const struct ksyms *s, const char *start,
		     const char *end)
{
	const struct ksym *a = ksym_find(s, start), *b = ksym_find(s, end);

	if (a && b && a->addr < b->addr)
		vec_push(v, (struct ksites_range){ a->addr, b->addr });
}

static void merge(range_vec *v)
{
	size_t i, k = 0;

	if (!v->n)
		return;
	qsort(v->v, v->n, sizeof(*v->v), cmp_range);
	for (i = 1; i < v->n; i++) {
		if (v->v[i].start > v->v[k].end)
			v->v[++k] = v->v[i];
		else if (v->v[i].end > v->v[k].end)
			v->v[k].end = v->v[i].end;
	}
	v->n = k + 1;
}

/* "f.cold" and "f.isra.0" are refused where "f" is (from 5.5 on). */
static void add_suffixed(range_vec *v, const struct ksyms *s)
{
	size_t i, n = v->n;

	for (i = 0; i < s->n; i++) {
		const struct ksym *k = &s->v[i], *base;
		const char *dot = strchr(k->name, '.');
		char name[512];

		if (!dot || !(k->flags & KSYM_TEXT) ||
		    (size_t)(dot - k->name) >= sizeof(name))
			continue;
		memcpy(name, k->name, (size_t)(dot - k->name));
		name[dot - k->name] = 0;
		base = ksym_find(s, name);
		if (base && ksites_in(v->v, n, base->addr))
			add_symbol(v, k);
	}
}

int ksites_blacklist(struct arena *a, const struct efile *f,
		     const struct ksyms *s, struct ksites_range **ret,
		     size_t *n, struct err *e)
{
	range_vec v = { 0 };
	struct cur c;
	int r;

	*ret = NULL;
	*n = 0;
	r = table_between(f, s, "__start_kprobe_blacklist",
			  "__stop_kprobe_blacklist", 8, &c, e);
	if (r)
		return r;
	while (cur_left(&c) >= 8)
		add_symbol(&v, ksym_at(s, cur_le64(&c)));
	add_area(&v, s, "__entry_text_start", "__entry_text_end");
	add_area(&v, s, "__kprobes_text_start", "__kprobes_text_end");
	add_area(&v, s, "__noinstr_text_start", "__noinstr_text_end");
	merge(&v);
	add_suffixed(&v, s);
	merge(&v);
	*ret = v.n ? arena_memdup(a, v.v, v.n * sizeof(*v.v)) : NULL;
	*n = v.n;
	vec_deinit(&v);
	return 0;
}

bool ksites_in(const struct ksites_range *r, size_t n, uint64_t addr)
{
	size_t lo = 0, hi = n;

	while (lo < hi) { /* first range that starts above @addr */
		size_t mid = lo + (hi - lo) / 2;

		if (r[mid].start <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && addr < r[lo - 1].end;
}
