// SPDX-License-Identifier: GPL-2.0-only
/* CFA rules of .debug_frame, which is all that variables need of it. */
#include "build/dwarf/dcfi.h"

#include "bundle/base/cur.h"

#include <dwarf.h>
#include <stdlib.h>

#define MAX_REMEMBER 16
#define MAX_ROWS     65536 /* of one function */

/* ---- entries ------------------------------------------------------------------ */

struct entry {
	uint64_t id; /* all ones: a CIE */
	uint32_t body, end;
};

/* The entry at the cursor, which moves behind it. */
static bool next_entry(struct cur *c, struct entry *ret)
{
	uint64_t len = cur_le32(c);
	bool is64 = len == UINT32_MAX;
	size_t begin;

	if (is64)
		len = cur_le64(c);
	begin = cur_off(c);
	if (!cur_ok(c) || len > cur_left(c) || begin + len > UINT32_MAX)
		return false;
	ret->id = is64 ? cur_le64(c) : cur_le32(c);
	if (!is64 && ret->id == UINT32_MAX)
		ret->id = UINT64_MAX;
	ret->body = (uint32_t)cur_off(c);
	ret->end = (uint32_t)(begin + len);
	return cur_ok(c) && ret->body <= ret->end && cur_seek(c, ret->end);
}

static int by_lo(const void *a, const void *b)
{
	const struct dcfi_fde *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

void dcfi_open(struct dcfi *c, Dwarf *dw)
{
	struct entry e;
	struct cur in;

	*c = (struct dcfi){ .sect = dloc_section(dw, ".debug_frame") };
	in = cur_init(c->sect.p, c->sect.len);
	while (cur_left(&in) && next_entry(&in, &e)) {
		struct cur b = cur_sub(&in, e.body, e.end - e.body);
		struct dcfi_fde f = { .end = e.end };
		uint64_t len;

		f.lo = cur_le64(&b);
		len = cur_le64(&b);
		if (e.id == UINT64_MAX || !cur_ok(&b) || !len ||
		    f.lo + len < f.lo || e.id > UINT32_MAX)
			continue;
		f.hi = f.lo + len;
		f.cie = (uint32_t)e.id;
		f.instr = e.body + 16;
		vec_push(&c->fde, f);
	}
	if (c->fde.n)
		qsort(c->fde.v, c->fde.n, sizeof(*c->fde.v), by_lo);
}

void dcfi_close(struct dcfi *c)
{
	vec_deinit(&c->fde);
	vec_deinit(&c->row);
}

/** struct cie - what instructions are measured in, and the first ones */
struct cie {
	uint64_t code_align;
	int64_t data_align;
	struct cur instr;
};

static bool read_cie(const struct dcfi *c, uint32_t off, struct cie *ret)
{
	struct cur in = cur_init(c->sect.p, c->sect.len), b;
	const char *augmentation;
	struct entry e;
	uint8_t version;

	if (!cur_seek(&in, off) || !next_entry(&in, &e) || e.id != UINT64_MAX)
		return false;
	b = cur_sub(&in, e.body, e.end - e.body);
	version = cur_u8(&b);
	augmentation = cur_str(&b);
	if (version >= 4 &&
	    cur_le16(&b) != 8) /* bytes of an address; no segment */
		return false;
	ret->code_align = cur_uleb(&b);
	ret->data_align = cur_sleb(&b);
	if (version == 1)
		cur_u8(&b);
	else
		cur_uleb(&b);
	if (!cur_ok(&b) || !augmentation || *augmentation)
		return false;
	ret->instr = cur_sub(&b, cur_off(&b), cur_left(&b));
	return cur_ok(&ret->instr);
}

/* ---- instructions --------------------------------------------------------------- */

struct rule {
	uint32_t reg;
	int64_t off;
	bool is_known;
};

struct run {
	struct dcfi *c;
	struct cie cie;
	uint64_t pc, lo, hi; /* now; what is wanted */
	struct rule now, saved[MAX_REMEMBER];
	unsigned int nsaved;
	size_t first; /* row of this function */
};

/* The rule held from run.pc up to @to. */
static bool advance(struct run *r, uint64_t to)
{
	struct dcfi *c = r->c;
	uint64_t lo = r->pc > r->lo ? r->pc : r->lo;
	uint64_t hi = to < r->hi ? to : r->hi;
	struct dcfi_row *last =
		c->row.n > r->first ? &c->row.v[c->row.n - 1] : NULL;

	if (to < r->pc || c->row.n - r->first > MAX_ROWS)
		return false;
	r->pc = to;
	if (!r->now.is_known || lo >= hi)
		return true;
	if (last && last->hi == lo && last->reg == r->now.reg &&
	    last->off == r->now.off)
		last->hi = hi;
	else
		vec_push(&c->row,
			 (struct dcfi_row){ lo, hi, r->now.reg, r->now.off });
	return true;
}

static bool advance_by(struct run *r, uint64_t n)
{
	return advance(r, r->pc + n * r->cie.code_align);
}

static void set_cfa(struct rule *now, uint64_t reg, int64_t off)
{
	*now = (struct rule){ (uint32_t)reg, off, reg < 32 };
}

static int64_t scaled(const struct run *r, int64_t v)
{
	return (int64_t)((uint64_t)v * (uint64_t)r->cie.data_align);
}

static void skip_block(struct cur *c)
{
	uint64_t n = cur_uleb(c);

	cur_take(c, n);
}

/* Instructions about the CFA; 1: it was none of them; -1: damaged. */
static int cfa_instr(struct run *r, struct cur *c, uint8_t op)
{
	struct rule *now = &r->now;
	uint64_t reg;

	switch (op) {
	case DW_CFA_def_cfa:
		reg = cur_uleb(c);
		set_cfa(now, reg, (int64_t)cur_uleb(c));
		break;
	case DW_CFA_def_cfa_sf:
		reg = cur_uleb(c);
		set_cfa(now, reg, scaled(r, cur_sleb(c)));
		break;
	case DW_CFA_def_cfa_register:
		set_cfa(now, cur_uleb(c), now->off);
		break;
	case DW_CFA_def_cfa_offset:
		now->off = (int64_t)cur_uleb(c);
		break;
	case DW_CFA_def_cfa_offset_sf:
		now->off = scaled(r, cur_sleb(c));
		break;
	case DW_CFA_def_cfa_expression:
		skip_block(c);
		now->is_known = false;
		break;
	case DW_CFA_remember_state:
		if (r->nsaved == MAX_REMEMBER)
			return -1;
		r->saved[r->nsaved++] = *now;
		break;
	case DW_CFA_restore_state:
		if (!r->nsaved)
			return -1;
		*now = r->saved[--r->nsaved];
		break;
	default:
		return 1;
	}
	return 0;
}

/* Instructions about registers say nothing here. */
static bool skip_instr(struct cur *c, uint8_t op)
{
	switch (op) {
	case DW_CFA_nop:
		break;
	case DW_CFA_restore_extended:
	case DW_CFA_undefined:
	case DW_CFA_same_value:
	case DW_CFA_GNU_args_size:
		cur_uleb(c);
		break;
	case DW_CFA_offset_extended:
	case DW_CFA_register:
	case DW_CFA_val_offset:
	case DW_CFA_offset_extended_sf:
	case DW_CFA_val_offset_sf:
	case DW_CFA_GNU_negative_offset_extended:
		cur_uleb(c);
		cur_sleb(c);
		break;
	case DW_CFA_expression:
	case DW_CFA_val_expression:
		cur_uleb(c);
		skip_block(c);
		break;
	default:
		return false;
	}
	return true;
}

static bool run_instrs(struct run *r, struct cur c)
{
	while (cur_ok(&c) && cur_left(&c)) {
		uint8_t op = cur_u8(&c), low = op & 0x3f;
		bool ok = true;

		if (op >> 6 == DW_CFA_advance_loc >> 6) {
			ok = advance_by(r, low);
		} else if (op >> 6 == DW_CFA_offset >> 6) {
			cur_uleb(&c);
		} else if (op >> 6 == DW_CFA_restore >> 6) {
			/* of a register */
		} else if (op == DW_CFA_set_loc) {
			ok = advance(r, cur_le64(&c));
		} else if (op == DW_CFA_advance_loc1) {
			ok = advance_by(r, cur_u8(&c));
		} else if (op == DW_CFA_advance_loc2) {
			ok = advance_by(r, cur_le16(&c));
		} else if (op == DW_CFA_advance_loc4) {
			ok = advance_by(r, cur_le32(&c));
		} else {
			int rc = cfa_instr(r, &c, op);

			ok = rc == 0 || (rc > 0 && skip_instr(&c, op));
		}
		if (!ok)
			return false;
	}
	return cur_ok(&c);
}

static void fde_rows(struct dcfi *c, const struct dcfi_fde *f, uint64_t lo,
		     uint64_t hi)
{
	struct cur in = cur_init(c->sect.p, c->sect.len);
	struct run r = { .c = c, .pc = f->lo, .lo = lo, .hi = hi };

	r.first = c->row.n;
	if (!read_cie(c, f->cie, &r.cie) || !run_instrs(&r, r.cie.instr))
		return;
	if (run_instrs(&r, cur_sub(&in, f->instr, f->end - f->instr)))
		advance(&r, f->hi);
}

void dcfi_rows(struct dcfi *c, uint64_t lo, uint64_t hi)
{
	size_t a = 0, b = c->fde.n;

	while (a < b) {
		size_t mid = (a + b) / 2;

		if (c->fde.v[mid].hi <= lo)
			a = mid + 1;
		else
			b = mid;
	}
	for (; a < c->fde.n && c->fde.v[a].lo < hi; a++)
		fde_rows(c, &c->fde.v[a], lo, hi);
}
