// SPDX-License-Identifier: GPL-2.0-only
/* Find kallsyms in .rodata by structure and unpack it; memory: 24 B + name each. */
#include "build/debuginfo/kallsyms.h"
#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/ksym.h"
#include "bundle/base/cur.h"
#include "bundle/base/err.h"

#include <string.h>

/*
 * What scripts/kallsyms.c writes, in one section, little endian:
 *
 *   token_table  256 NUL-terminated strings
 *   token_index  u16[256], where each string starts
 *   num_syms     u32 (u64 before 4.20)
 *   names        per symbol: length (1 byte; 2 bytes ULEB128 from 6.1 on when
 *                >= 128), then that many token numbers; expands to type + name
 *   markers      u32 (u64 before 4.20) per 256 symbols: offset in names
 *   offsets      u32 per symbol (u64 addresses before 4.6)
 *   relative_base u64
 *
 * Order: up to 6.3 [addresses | offsets, relative_base], num_syms, names,
 * markers, [sequence numbers,] tokens, index; later num_syms, names, markers,
 * tokens, index, offsets[, relative_base].  No header, no magic number, so: the
 * tokens are recognised by their index, the names by the markers after them,
 * the addresses by giving _text the address of .text.
 */
#define NTOKENS	   256
#define INDEX_SIZE (NTOKENS * 2)
#define TOKEN_MAX  128 /* KSYM_NAME_LEN before 6.1; tokens are far shorter */
#define MIN_SYMS   257 /* two markers at least: one alone proves nothing */

/*
 * Name bytes looked at in the search: real kernels need a few per byte of the
 * section; without a bound hostile input could make it quadratic.
 */
#define BUDGET(len) (64 * (uint64_t)(len) + ((uint64_t)16 << 20))

/**
 * struct tables - what has been found, as offsets into one section
 * @budget: steps left; bounds the search on hostile input
 */
struct tables {
	struct cur sect;
	uint64_t addr;
	size_t tokens, index_end;
	const char *tok[NTOKENS];
	uint8_t toklen[NTOKENS];
	size_t head, names, nsyms;
	size_t pool_bytes;
	VEC(uint32_t) marks;
	uint64_t budget;
};

static struct cur at(const struct tables *t, size_t off)
{
	struct cur c = t->sect;

	cur_seek(&c, off);
	return c;
}

static uint32_t u32_at(const struct tables *t, size_t off)
{
	struct cur c = at(t, off);

	return cur_le32(&c);
}

static uint64_t u64_at(const struct tables *t, size_t off)
{
	struct cur c = at(t, off);

	return cur_le64(&c);
}

static size_t align_up(size_t v, size_t to)
{
	return (v + to - 1) & ~(to - 1);
}

/* ---- tokens -------------------------------------------------------------- */

/* Strictly rising offsets, each step a plausible string length. */
static bool read_index(const struct tables *t, size_t off,
		       uint16_t idx[NTOKENS])
{
	struct cur c = at(t, off);
	size_t i;

	for (i = 0; i < NTOKENS; i++) {
		idx[i] = cur_le16(&c);
		if (i ? idx[i] <= idx[i - 1] || idx[i] - idx[i - 1] > TOKEN_MAX
		      : idx[i] != 0)
			return false;
	}
	return cur_ok(&c);
}

/* Do 256 strings at @tokens start where @idx says and end before @index? */
static bool tokens_fit(struct tables *t, size_t tokens, size_t index,
		       const uint16_t idx[NTOKENS])
{
	struct cur c = at(t, tokens);
	size_t i;

	for (i = 0; i < NTOKENS; i++) {
		size_t start = cur_off(&c);
		const char *s = cur_str(&c);

		if (!s || start != tokens + idx[i] ||
		    cur_off(&c) - start > TOKEN_MAX)
			return false;
		t->tok[i] = s;
		t->toklen[i] = (uint8_t)(cur_off(&c) - start - 1);
	}
	if (cur_off(&c) > index || index - cur_off(&c) >= 8)
		return false;
	while (cur_off(&c) < index)
		if (cur_u8(&c))
			return false;
	t->tokens = tokens;
	t->index_end = index + INDEX_SIZE;
	return true;
}

/* The next token table whose index is at or after *@from. */
static bool find_tokens(struct tables *t, size_t *from)
{
	size_t len = (size_t)(t->sect.end - t->sect.start), i, start, lowest;
	uint16_t idx[NTOKENS];

	for (i = *from; i + INDEX_SIZE <= len; i += 4) {
		if (t->sect.start[i] || t->sect.start[i + 1] ||
		    !read_index(t, i, idx))
			continue;
		/* the last string's length and up to 7 bytes of padding */
		if (i < idx[NTOKENS - 1] + 2u)
			continue;
		start = i - (idx[NTOKENS - 1] + 1u);
		lowest = start > TOKEN_MAX + 8 ? start - TOKEN_MAX - 8 : 0;
		for (start &= ~3ul; start + 4 > lowest; start -= 4) {
			if (tokens_fit(t, start, i, idx)) {
				*from = i + 4;
				return true;
			}
			if (start < 4)
				break;
		}
	}
	return false;
}

/* ---- names and markers --------------------------------------------------- */

static size_t name_len(struct cur *c)
{
	size_t n = cur_u8(c);

	/* ULEB128 of at most two bytes: kernel commit 73bbb94466fd, 6.1 */
	if (n & 0x80)
		n = (n & 0x7f) | (size_t)cur_u8(c) << 7;
	return n;
}

static bool is_type_letter(char c)
{
	return c && strchr("aAbBcCdDgGiInNpPrRsStTuUvVwW?-", c);
}

/*
 * Walk @n names at @off without unpacking them.  Remembers every 256th offset
 * and the room the unpacked text needs; returns the end, or 0 when they are not
 * names.
 */
static size_t walk_names(struct tables *t, size_t off, size_t n)
{
	struct cur c = at(t, off);
	size_t i, k, room = 0;

	t->marks.n = 0;
	for (i = 0; i < n; i++) {
		size_t start = cur_off(&c), len = name_len(&c);
		const uint8_t *p = cur_take(&c, len);

		if (!p || !len || !is_type_letter(t->tok[p[0]][0]))
			return 0;
		if (t->budget < len)
			return 0;
		t->budget -= len;
		if (i % 256 == 0)
			vec_push(&t->marks, (uint32_t)(start - off));
		for (k = 0; k < len; k++)
			room += t->toklen[p[k]];
	}
	t->pool_bytes = room; /* the type letter's byte pays for the NUL */
	return cur_off(&c);
}

static bool markers_agree(const struct tables *t, size_t off, size_t width)
{
	struct cur c = at(t, off);
	size_t i;

	for (i = 0; i < t->marks.n; i++)
		if ((width == 8 ? cur_le64(&c) : cur_le32(&c)) != t->marks.v[i])
			return false;
	return cur_ok(&c);
}

static bool names_at(struct tables *t, size_t off, size_t n)
{
	size_t end = walk_names(t, off, n);

	if (!end)
		return false;
	return markers_agree(t, align_up(end, 4), 4) ||
	       markers_agree(t, align_up(end, 8), 4) ||
	       markers_agree(t, align_up(end, 8), 8);
}

/*
 * num_syms is any word that is followed by that many names and their markers;
 * the first at or after *@from.
 */
static bool find_names(struct tables *t, size_t *from)
{
	size_t p;

	for (p = *from; p + 8 < t->tokens && t->budget; p += 4) {
		size_t n = u32_at(t, p), skip;

		if (n < MIN_SYMS || n > (t->tokens - p) / 2)
			continue;
		for (skip = 4; skip <= 8; skip += 4) {
			if (skip == 8 && u32_at(t, p + 4))
				continue;
			if (names_at(t, p + skip, n)) {
				t->head = p;
				t->names = p + skip;
				t->nsyms = n;
				*from = p + 4;
				return true;
			}
		}
	}
	return false;
}

static void unpack_names(const struct tables *t, struct arena *a,
			 struct ksym *v)
{
	struct cur c = at(t, t->names);
	char *pool = arena_alloc(a, t->pool_bytes + 1);
	size_t i, k;

	for (i = 0; i < t->nsyms; i++) {
		size_t len = name_len(&c);
		const uint8_t *p = cur_take(&c, len);
		char *start = pool;

		/* walk_names() saw the same bytes, so p is not NULL */
		for (k = 0; p && k < len; k++) {
			memcpy(pool, t->tok[p[k]], t->toklen[p[k]]);
			pool += t->toklen[p[k]];
		}
		v[i].type = *start;
		memmove(start, start + 1, (size_t)(pool - start) - 1);
		pool[-1] = 0;
		v[i].name = start;
	}
}

/* ---- addresses ------------------------------------------------------------- */

enum addr_kind {
	ADDR_ABS64,  /* u64 addresses, before 4.6 */
	ADDR_BASE,   /* base + u32 */
	ADDR_PERCPU, /* s32: >= 0 absolute, < 0 base - 1 - value (x86 SMP) */
	ADDR_PLACE,  /* own place + s32, from 7.x on; no base */
	ADDR_NKINDS
};

struct addrs {
	enum addr_kind kind;
	size_t off;
	uint64_t base;
};

static uint64_t addr_of(const struct tables *t, const struct addrs *s, size_t i)
{
	int64_t v;

	if (s->kind == ADDR_ABS64)
		return u64_at(t, s->off + 8 * i);
	v = (int32_t)u32_at(t, s->off + 4 * i);
	switch (s->kind) {
	case ADDR_BASE:
		return s->base + (uint32_t)v;
	case ADDR_PERCPU:
		return v >= 0 ? (uint64_t)v : s->base - 1 - (uint64_t)v;
	default:
		return t->addr + s->off + 4 * i + (uint64_t)v;
	}
}

/*
 * Symbols that stand where a section starts.  One of the first two must; the
 * others decide between readings that are one entry apart (padding of an odd
 * table), where neighbours of _text often have its address too.
 */
static const struct {
	const char *sym, *sect;
} anchors[] = {
	{ "_text", ".text" },
	{ "_stext", ".text" },
	{ "__start_rodata", ".rodata" },
	{ "_sdata", ".data" },
	{ "_sinittext", ".init.text" },
	{ "__bss_start", ".bss" },
	{ "__start_BTF", ".BTF" },
	{ "__start_notes", ".notes" },
	{ "__start___bug_table", "__bug_table" },
};
#define NANCHORS  (sizeof(anchors) / sizeof(anchors[0]))
#define NREQUIRED 2

/* struct places - where the anchors are in the table and should be in memory */
struct places {
	size_t index[NANCHORS];
	uint64_t want[NANCHORS];
	int score; /* of the best reading so far */
};

static void find_places(const struct efile *f, const struct ksym *v, size_t n,
			struct places *ret)
{
	size_t i, k;

	memset(ret, 0, sizeof(*ret));
	for (k = 0; k < NANCHORS; k++) {
		const struct efile_sect *s = efile_section(f, anchors[k].sect);

		ret->index[k] = n;
		ret->want[k] = s ? s->addr : 0;
		for (i = 0; s && i < n && ret->index[k] == n; i++)
			if (!strcmp(v[i].name, anchors[k].sym))
				ret->index[k] = i;
	}
}

/* Number of anchors this reading satisfies; 0 when .text is not where it is. */
static int score_of(const struct tables *t, const struct addrs *s,
		    const struct places *pl)
{
	size_t width = s->kind == ADDR_ABS64 ? 8 : 4;
	size_t len = (size_t)(t->sect.end - t->sect.start), k;
	bool has_text = false;
	int score = 0;

	if (s->off > len || t->nsyms > (len - s->off) / width)
		return 0;
	for (k = 0; k < NANCHORS; k++) {
		if (pl->index[k] >= t->nsyms ||
		    addr_of(t, s, pl->index[k]) != pl->want[k])
			continue;
		score++;
		has_text |= k < NREQUIRED;
	}
	return has_text ? score : 0;
}

static void try_reading(const struct tables *t, struct places *pl,
			enum addr_kind kind, size_t off, size_t base_off,
			struct addrs *ret)
{
	struct addrs s = { kind, off, u64_at(t, base_off) };
	int score = score_of(t, &s, pl);

	if (score > pl->score) {
		pl->score = score;
		*ret = s;
	}
}

static bool find_addrs(const struct tables *t, struct places *pl,
		       struct addrs *ret)
{
	size_t bytes = 4 * t->nsyms, pad, start, end;
	enum addr_kind kind;

	for (pad = 0; pad <= 4; pad += 4) {
		for (kind = ADDR_BASE; kind < ADDR_NKINDS; kind++) {
			/* before num_syms: offsets, padding, base */
			start = t->head - 8 - bytes - pad;
			if (t->head >= 8 + bytes + pad)
				try_reading(t, pl, kind, start, t->head - 8,
					    ret);
			/* after the index: padding, offsets, padding, base */
			start = t->index_end + pad;
			end = align_up(start + bytes, 8);
			try_reading(t, pl, kind, start, end, ret);
		}
	}
	if (t->head >= 2 * bytes)
		try_reading(t, pl, ADDR_ABS64, t->head - 2 * bytes, 0, ret);
	return pl->score > 0;
}

/* ---- all together ------------------------------------------------------------ */

/* false: these names are not the symbol table, their addresses make no sense */
static bool unpack_tables(struct tables *t, struct arena *a,
			  const struct efile *f, struct ksym **ret)
{
	struct ksym *v = arena_array(a, struct ksym, t->nsyms);
	struct addrs addrs = { 0 };
	struct places places;
	size_t i;

	unpack_names(t, a, v);
	find_places(f, v, t->nsyms, &places);
	if (!find_addrs(t, &places, &addrs))
		return false;
	for (i = 0; i < t->nsyms; i++)
		v[i].addr = addr_of(t, &addrs, i);
	*ret = v;
	return true;
}

static int find_table(struct tables *t, struct arena *a, const struct efile *f,
		      struct ksym **ret, struct err *e)
{
	size_t from = 0, p, seen = 0;

	while (find_tokens(t, &from)) {
		for (p = 0; find_names(t, &p); seen = t->nsyms)
			if (unpack_tables(t, a, f, ret))
				return 0;
	}
	if (seen)
		return err_set(e, ERR_FORMAT,
			       "kallsyms: %zu names, but no addresses that "
			       "put _text at the start of .text",
			       seen);
	return err_set(e, ERR_NOT_FOUND,
		       "kallsyms: no symbol table in .rodata");
}

int kallsyms_unpack(struct arena *a, const struct efile *f, struct ksym **ret,
		    size_t *n, struct err *e)
{
	const struct efile_sect *ro = efile_section(f, ".rodata");
	struct tables t = { 0 };
	int r;

	if (!ro || !ro->data)
		return err_set(e, ERR_NOT_FOUND,
			       "kallsyms: no .rodata section");
	t.sect = cur_init(ro->data, ro->len);
	t.addr = ro->addr;
	t.budget = BUDGET(ro->len);
	r = find_table(&t, a, f, ret, e);
	*n = r ? 0 : t.nsyms;
	vec_deinit(&t.marks);
	return r;
}
