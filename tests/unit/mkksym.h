/* SPDX-License-Identifier: GPL-2.0-only */
/* kallsyms tables in every layout kernels have had, for tests. */
#ifndef TESTS_UNIT_MKKSYM_H
#define TESTS_UNIT_MKKSYM_H

#include "build/base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct mksym {
	uint64_t addr;
	char text[400]; /* type letter and name */
};

enum mkkind { MK_ABS64, MK_BASE, MK_PERCPU, MK_PLACE };

/**
 * struct mklayout - how one generation of kernels stores its symbols
 * @is_after: addresses come after the tokens (6.4 on), not before num_syms
 * @width: bytes of num_syms and of a marker
 * @align: of every table but the 8-byte ones
 * @has_seqs: 3 bytes per symbol between markers and tokens (6.2, 6.3)
 */
struct mklayout {
	const char *name;
	enum mkkind kind;
	bool is_after;
	size_t width, align;
	bool has_seqs;
};

static const struct mklayout mklayouts[] = {
	{ "2.6.18: addresses", MK_ABS64, false, 8, 8, false },
	{ "4.6: base, wide markers", MK_BASE, false, 8, 8, false },
	{ "5.10: per-cpu absolutes", MK_PERCPU, false, 4, 8, false },
	{ "6.1: sequence numbers", MK_PERCPU, false, 4, 8, true },
	{ "6.12: addresses last", MK_PERCPU, true, 4, 8, false },
	{ "7.2: place-relative", MK_PLACE, true, 4, 8, false },
	{ "7.3: 4-byte alignment", MK_PLACE, true, 4, 4, false },
};
#define MK_NLAYOUTS (sizeof(mklayouts) / sizeof(mklayouts[0]))

static inline void mk_u32(struct buf *b, uint64_t v)
{
	uint32_t w = (uint32_t)v;

	buf_add(b, &w, sizeof(w));
}

static inline void mk_addrs(struct buf *b, const struct mklayout *l,
			    uint64_t place, const struct mksym *s, size_t n)
{
	uint64_t base = 0xffffffff81000000;
	size_t i;

	buf_align(b, l->kind == MK_ABS64 ? 8 : l->align);
	for (i = 0; i < n; i++) {
		if (l->kind == MK_ABS64)
			buf_add(b, &s[i].addr, 8);
		else if (l->kind == MK_PLACE)
			mk_u32(b, s[i].addr - (place + b->len));
		else if (l->kind == MK_PERCPU && s[i].addr >= base)
			mk_u32(b, base - 1 - s[i].addr);
		else
			mk_u32(b, l->kind == MK_BASE ? s[i].addr - base
						     : s[i].addr);
	}
	if (l->kind == MK_ABS64 || l->kind == MK_PLACE)
		return;
	buf_align(b, 8);
	buf_add(b, &base, 8);
}

/* One token per printable character, and a few strings as compression does. */
static inline void mk_tokens(struct buf *b, const struct mklayout *l)
{
	uint16_t index[256], i;
	size_t start;

	buf_align(b, l->align);
	start = b->len;
	for (i = 0; i < 256; i++) {
		index[i] = (uint16_t)(b->len - start);
		if (i > ' ' && i < 127)
			buf_addc(b, (char)i);
		else
			buf_printf(b, "T%u", i);
		buf_addc(b, 0);
	}
	buf_align(b, l->align);
	buf_add(b, index, sizeof(index));
}

static inline void mk_names(struct buf *b, const struct mklayout *l,
			    const struct mksym *s, size_t n)
{
	struct buf marks = BUF_INIT;
	size_t i, start = b->len;

	for (i = 0; i < n; i++) {
		size_t len = strlen(s[i].text);

		if (i % 256 == 0) {
			mk_u32(&marks, b->len - start);
			buf_zero(&marks, l->width - 4);
		}
		if (len >= 128)
			buf_addc(b, (char)(len | 0x80));
		buf_addc(b, (char)(len >= 128 ? len >> 7 : len));
		buf_add(b, s[i].text, len);
	}
	buf_align(b, l->align);
	buf_add(b, marks.p, marks.len);
	buf_deinit(&marks);
	if (l->has_seqs)
		buf_zero(b, 3 * n);
}

/** mk_kallsyms() - the tables of @n symbols at address @place + @b->len */
static inline void mk_kallsyms(struct buf *b, const struct mklayout *l,
			       uint64_t place, const struct mksym *s, size_t n)
{
	if (!l->is_after)
		mk_addrs(b, l, place, s, n);
	buf_align(b, l->align);
	mk_u32(b, n);
	buf_align(b, l->align);
	mk_names(b, l, s, n);
	mk_tokens(b, l);
	if (l->is_after)
		mk_addrs(b, l, place, s, n);
}

#endif
