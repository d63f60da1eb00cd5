/* SPDX-License-Identifier: GPL-2.0-only */
/* One walk over a form in three ways: to look, to make columns, to read them. */
#ifndef BUILD_DWARF_DCOL_PRIV_H
#define BUILD_DWARF_DCOL_PRIV_H

#include "build/base/buf.h"
#include "build/base/vec.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/enc.h"

#include <stdbool.h>

#define DCOL_MAX 64

/* Lines of a file are written against the last one of it: so many are known. */
#define DCOL_FILES 4096

enum dcol_way {
	DCOL_LOOK,  /* raw is read for its addresses alone */
	DCOL_PACK,  /* raw -> col */
	DCOL_UNPACK /* in -> out */
};

struct dcol_last {
	uint32_t unit;
	int64_t line;
};

/**
 * struct dcol - state of a walk
 * @seen: one more than the highest number so far of what is numbered as it is met
 * @addr: addresses of the unit, ascending
 */
struct dcol {
	enum dcol_way way;
	struct cur raw;
	struct buf col[DCOL_MAX];
	struct cur in[DCOL_MAX];
	uint8_t *out;
	size_t n, cap;
	bool failed;
	uint64_t seen;
	VEC(uint64_t) addr;
	VEC(struct dcol_inst) inst;
	struct dcol_last last[DCOL_FILES];
	uint64_t first;
	uint32_t unit, ordinal, body;
};

static inline uint64_t dcol_zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static inline int64_t dcol_signed(uint64_t v)
{
	return (int64_t)(v >> 1 ^ -(v & 1));
}

/** dcol_ok() - nothing was missing yet */
static inline bool dcol_ok(const struct dcol *x)
{
	return !x->failed && !x->raw.failed;
}

/* A column's next number, a number for it, one of the form: most are a byte. */
uint64_t dcol_get_long(struct dcol *x, size_t col);
static inline uint64_t dcol_get(struct dcol *x, size_t col)
{
	struct cur *c = &x->in[col];

	if (c->pos < c->end && *c->pos < 0x80)
		return *c->pos++;
	return dcol_get_long(x, col);
}
static inline void dcol_put(struct dcol *x, size_t col, uint64_t v)
{
	enc_u(&x->col[col], v);
}
void dcol_emit_long(struct dcol *x, uint64_t v);
static inline void dcol_emit(struct dcol *x, uint64_t v)
{
	if (v < 0x80 && x->n < x->cap)
		x->out[x->n++] = (uint8_t)v;
	else
		dcol_emit_long(x, v);
}
void dcol_emit_bytes(struct dcol *x, const void *p, size_t n);

/** dcol_u() - a uleb of the form, as it is */
uint64_t dcol_u_of_raw(struct dcol *x, size_t col);
static inline uint64_t dcol_u(struct dcol *x, size_t col)
{
	uint64_t v;

	if (x->way != DCOL_UNPACK)
		return dcol_u_of_raw(x, col);
	v = dcol_get(x, col);
	dcol_emit(x, v);
	return v;
}
/** dcol_near() - a uleb of the form that is often @expect */
uint64_t dcol_near(struct dcol *x, size_t col, uint64_t expect);
/** dcol_new() - a number of what is numbered as it is met; as @words of 4 bytes */
uint64_t dcol_new(struct dcol *x, size_t col, bool word);
/** dcol_word() - @bytes (4, 8) little endian, often about @expect */
uint64_t dcol_word(struct dcol *x, size_t col, size_t bytes, uint64_t expect);
/** dcol_bytes() - @n bytes as they are */
void dcol_bytes(struct dcol *x, size_t col, uint64_t n);
/** dcol_more() - is there another?  Of the form: when it goes on before @end */
bool dcol_more(struct dcol *x, size_t col, const uint8_t *end);
/** dcol_align() - both begin at a multiple of 8 of the frame */
void dcol_align(struct dcol *x);

void dcol_units(struct dcol *x);
void dcol_doms(struct dcol *x);
void dcol_dirs(struct dcol *x);
void dcol_protos(struct dcol *x);
void dcol_rows(struct dcol *x, uint32_t table, uint64_t n, size_t col);

extern const char *const dcol_unit_names[];

#endif
