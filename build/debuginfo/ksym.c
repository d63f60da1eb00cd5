// SPDX-License-Identifier: GPL-2.0-only
/* Kernel symbols: sizes, sections, lookup by name and by address. */
#include "build/debuginfo/ksym.h"
#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/kallsyms.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* ---- order ---------------------------------------------------------------- */

/* Table order is part of the key, so qsort() need not be stable. */
static int by_addr(const void *pa, const void *pb, void *arg)
{
	const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	const struct ksym *v = arg;

	if (v[a].addr != v[b].addr)
		return v[a].addr < v[b].addr ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int by_name(const void *pa, const void *pb, void *arg)
{
	const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	const struct ksym *v = arg;
	int r = strcmp(v[a].name, v[b].name);

	return r ? r : a < b ? -1 : a > b;
}

static void sort_by_addr(struct arena *a, struct ksyms *s)
{
	struct ksym *sorted;
	uint32_t *order;
	size_t i;

	for (i = 1; i < s->n && s->v[i - 1].addr <= s->v[i].addr; i++)
		;
	if (i >= s->n)
		return; /* the kernel's own tables are sorted */
	order = xmalloc(s->n * sizeof(*order));
	for (i = 0; i < s->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, s->n, sizeof(*order), by_addr, s->v);
	sorted = arena_array(a, struct ksym, s->n);
	for (i = 0; i < s->n; i++)
		sorted[i] = s->v[order[i]];
	s->v = sorted;
	free(order);
}

/* ---- sections and sizes ------------------------------------------------------ */

static uint8_t section_flags(const struct efile_sect *s)
{
	uint8_t flags = 0;

	/* 7.x marks .data executable too: only the name tells text */
	if ((s->flags & SHF_EXECINSTR) && strstr(s->name, "text"))
		flags |= KSYM_TEXT;
	if (!strncmp(s->name, ".init", 5) || !strncmp(s->name, ".exit", 5))
		flags |= KSYM_INIT;
	return flags;
}

static bool holds(const struct efile_sect *s, uint64_t addr)
{
	return s && addr >= s->addr && addr - s->addr < s->len;
}

static void set_places(struct ksyms *s, const struct efile *f)
{
	const struct efile_sect *sect = NULL;
	uint64_t above = 0, size;
	size_t i;

	/* from the end, so that the next higher address is always known */
	for (i = s->n; i-- > 0;) {
		struct ksym *k = &s->v[i];

		if (i + 1 < s->n && k[1].addr != k->addr)
			above = k[1].addr;
		if (!holds(sect, k->addr))
			sect = efile_section_at(f, k->addr);
		if (!sect) {
			k->flags = KSYM_ABS;
			continue;
		}
		k->flags = section_flags(sect);
		size = sect->addr + sect->len - k->addr;
		if (above > k->addr && above - k->addr < size)
			size = above - k->addr;
		k->size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
	}
}

/* Without sections: letters, and the distance to whatever comes next. */
static void guess_places(struct ksyms *s)
{
	uint64_t above = 0;
	size_t i;

	for (i = s->n; i-- > 0;) {
		struct ksym *k = &s->v[i];

		if (i + 1 < s->n && k[1].addr != k->addr)
			above = k[1].addr;
		if (strchr("tTwW", k->type))
			k->flags = KSYM_TEXT;
		if (k->type == 'a' || k->type == 'A')
			k->flags = KSYM_ABS;
		else if (above > k->addr && above - k->addr <= UINT32_MAX)
			k->size = (uint32_t)(above - k->addr);
	}
}

static void finish(struct arena *a, const struct efile *f, struct ksyms *s)
{
	size_t i;

	sort_by_addr(a, s);
	if (f)
		set_places(s, f);
	else
		guess_places(s);
	s->byname = arena_array(a, uint32_t, s->n);
	for (i = 0; i < s->n; i++)
		s->byname[i] = (uint32_t)i;
	qsort_r(s->byname, s->n, sizeof(*s->byname), by_name, s->v);
}

int ksym_decode(struct arena *a, const struct efile *f, struct ksyms *ret,
		struct err *e)
{
	int r;

	memset(ret, 0, sizeof(*ret));
	r = kallsyms_unpack(a, f, &ret->v, &ret->n, e);
	if (!r)
		finish(a, f, ret);
	return r;
}

/* ---- System.map ---------------------------------------------------------------- */

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* "ffffffff81000000 T _text": false on any other line. */
static bool parse_line(struct arena *a, const char *p, size_t n,
		       struct ksym *ret)
{
	struct cur c = cur_init(p, n);
	uint8_t ch = cur_u8(&c);
	const uint8_t *name;
	int digits = 0;

	memset(ret, 0, sizeof(*ret));
	for (; hex_digit(ch) >= 0 && digits < 16; digits++) {
		ret->addr = ret->addr << 4 | (uint64_t)hex_digit(ch);
		ch = cur_u8(&c);
	}
	if (ch != ' ' || (digits != 16 && digits != 8))
		return false;
	ret->type = (char)cur_u8(&c);
	if (cur_u8(&c) != ' ' || !cur_left(&c))
		return false;
	n = cur_left(&c);
	name = cur_take(&c, n);
	if (!name || memchr(name, 0, n) || memchr(name, ' ', n))
		return false;
	ret->name = arena_strndup(a, (const char *)name, n);
	return true;
}

int ksym_from_system_map(struct arena *a, const void *text, size_t n,
			 const struct efile *f, struct ksyms *ret,
			 struct err *e)
{
	const char *p = text, *end = p + n;
	VEC(struct ksym) v = { 0 };
	size_t line = 0;

	memset(ret, 0, sizeof(*ret));
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		struct ksym k;

		if (!nl)
			nl = end;
		line++;
		if (parse_line(a, p, (size_t)(nl - p), &k)) {
			vec_apush(a, &v, k);
		} else if (v.n && nl > p) {
			return err_set(e, ERR_FORMAT,
				       "System.map line %zu is not "
				       "'address type name'",
				       line);
		}
		p = nl + (nl < end);
	}
	if (!v.n)
		return err_set(e, ERR_NOT_FOUND,
			       "System.map has no symbols (a stub)");
	ret->v = v.v;
	ret->n = v.n;
	finish(a, f, ret);
	return 0;
}

/* ---- lookup ------------------------------------------------------------------- */

size_t ksym_find_index(const struct ksyms *s, const char *name)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(s->v[s->byname[mid]].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < s->n && !strcmp(s->v[s->byname[lo]].name, name))
		return lo;
	return s->n;
}

const struct ksym *ksym_find(const struct ksyms *s, const char *name)
{
	size_t i = ksym_find_index(s, name);

	return i < s->n ? &s->v[s->byname[i]] : NULL;
}

const struct ksym *ksym_at(const struct ksyms *s, uint64_t addr)
{
	size_t lo = 0, hi = s->n;
	uint64_t found;

	while (lo < hi) { /* first symbol above @addr */
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	found = s->v[--lo].addr;
	while (lo && s->v[lo - 1].addr == found)
		lo--;
	return &s->v[lo];
}
