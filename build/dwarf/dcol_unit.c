// SPDX-License-Identifier: GPL-2.0-only
/* Columns of units: functions, scopes, locations, lines; addresses by number. */
#include "build/dwarf/dcol_priv.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/format.h"

#include <stdlib.h>
#include <string.h>

/*
 * The addresses of a unit, each once and ascending, are two columns; all else
 * says which of them it means, counted from one near.  Most places of a unit, be
 * they of lines, scopes, locations or calls, are begins of the same instructions.
 */

#define MAX_DEPTH 200

#define COLUMNS(X)                      \
	X(MORE, "units")                \
	X(FIRST, "first address")       \
	X(NADDR, "addresses")           \
	X(ADDR, "address")              \
	X(BASE, "base")                 \
	X(NPROTO, "protos")             \
	X(PROTO, "proto")               \
	X(BODY, "bodies")               \
	X(BPROTO, "body proto")         \
	X(ENTRY, "entry")               \
	X(NRANGE, "body ranges")        \
	X(RLO, "body range begin")      \
	X(RLEN, "body range length")    \
	X(PROLOGUE, "prologue")         \
	X(FRAME, "frame base")          \
	X(FRAME_LO, "frame begin")      \
	X(FRAME_LEN, "frame length")    \
	X(FRAME_EXPR, "frame expr")     \
	X(FRAME_CONST, "frame const")   \
	X(NVAR, "variables")            \
	X(VAR, "variable")              \
	X(VNAME, "variable name")       \
	X(VTYPE, "variable type")       \
	X(VLINE, "variable line")       \
	X(VFLAGS, "variable flags")     \
	X(LOC, "location")              \
	X(LOC_LO, "location begin")     \
	X(LOC_LEN, "location length")   \
	X(LOC_EXPR, "location expr")    \
	X(LOC_CONST, "location const")  \
	X(NLABEL, "labels")             \
	X(LNAME, "label name")          \
	X(LPC, "label address")         \
	X(NCALL, "calls")               \
	X(CALLEE, "callee")             \
	X(CPC, "call address")          \
	X(NCHILD, "children")           \
	X(CHILD, "child")               \
	X(CRANGE, "child ranges")       \
	X(CLO, "child begin")           \
	X(CLEN, "child length")         \
	X(CPROTO, "inlined proto")      \
	X(CFILE, "call file")           \
	X(CLINE, "call line")           \
	X(CENTRY, "inlined entry")      \
	X(GVAR, "globals")              \
	X(GNAME, "global name")         \
	X(GTYPE, "global type")         \
	X(GFLAGS, "global flags")       \
	X(GLOC, "global location")      \
	X(GLOC_LO, "global begin")      \
	X(GLOC_LEN, "global length")    \
	X(GLOC_EXPR, "global expr")     \
	X(GLOC_CONST, "global const")   \
	X(NLINE, "lines")               \
	X(LFIRST, "first line address") \
	X(LHEAD, "line address")        \
	X(LFILE, "line file")           \
	X(LINE, "line")

#define COLUMN(name, text) C_##name,
enum { COLUMNS(COLUMN) C_N };
#undef COLUMN
_Static_assert(C_N <= DCOL_MAX, "more columns than there may be");

#define COLUMN(name, text) [C_##name] = text,
const char *const dcol_unit_names[] = { COLUMNS(COLUMN) NULL };

/* ---- addresses --------------------------------------------------------------------- */

/* @i: its number; 0 while they are being looked for. */
struct place {
	uint64_t v;
	size_t i;
};

static struct place place(struct dcol *x, uint64_t v)
{
	struct place p = { v, 0 };
	size_t hi = x->addr.n;

	if (x->way == DCOL_LOOK) {
		vec_push(&x->addr, v);
		return p;
	}
	while (p.i < hi) {
		size_t mid = (p.i + hi) / 2;

		if (x->addr.v[mid] < v)
			p.i = mid + 1;
		else
			hi = mid;
	}
	return p;
}

static struct place place_at(struct dcol *x, uint64_t i)
{
	if (i >= x->addr.n) {
		x->failed = true;
		return (struct place){ 0, 0 };
	}
	return (struct place){ x->addr.v[i], i };
}

/* s address - ref */
static struct place rel(struct dcol *x, size_t col, struct place ref)
{
	struct place p;

	if (x->way == DCOL_UNPACK) {
		p = place_at(x,
			     ref.i + (uint64_t)dcol_signed(dcol_get(x, col)));
		dcol_emit(x, dcol_zigzag((int64_t)(p.v - ref.v)));
		return p;
	}
	p = place(x, ref.v + (uint64_t)dec_s(&x->raw));
	if (x->way == DCOL_PACK)
		dcol_put(x, col, dcol_zigzag((int64_t)(p.i - ref.i)));
	return p;
}

/* u address - ref; 0: @end */
static struct place len(struct dcol *x, size_t col, struct place ref,
			struct place end)
{
	struct place p;
	uint64_t n;

	if (x->way == DCOL_UNPACK) {
		n = dcol_get(x, col);
		p = n ? place_at(x, ref.i + n) : end;
		dcol_emit(x, n ? p.v - ref.v : 0);
		return p;
	}
	n = cur_uleb(&x->raw);
	p = n ? place(x, ref.v + n) : end;
	if (x->way == DCOL_PACK)
		dcol_put(x, col, n ? p.i - ref.i : 0);
	return p;
}

static int addr_cmp(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void write_addrs(struct dcol *x)
{
	uint64_t *v = x->addr.v;
	size_t i, n = 0;

	if (x->addr.n)
		qsort(v, x->addr.n, sizeof(*v), addr_cmp);
	for (i = 0; i < x->addr.n; i++)
		if (!n || v[n - 1] != v[i])
			v[n++] = v[i];
	x->addr.n = n;
	dcol_put(x, C_NADDR, n);
	for (i = 0; i < n; i++)
		if (i)
			dcol_put(x, C_ADDR, v[i] - v[i - 1]);
		else
			dcol_put(x, C_FIRST,
				 dcol_zigzag((int64_t)(v[0] - x->first)));
	if (n)
		x->first = v[0];
}

static void read_addrs(struct dcol *x)
{
	uint64_t n = dcol_get(x, C_NADDR), v = x->first;

	x->addr.n = 0;
	for (; n && dcol_ok(x); n--) {
		if (x->addr.n)
			v += dcol_get(x, C_ADDR);
		else
			v += (uint64_t)dcol_signed(dcol_get(x, C_FIRST));
		vec_push(&x->addr, v);
		x->first = x->addr.v[0];
	}
}

/* ---- functions ------------------------------------------------------------------------ */

/* @col: its first column: kind, begin, length, expression, constant. */
static void location(struct dcol *x, size_t col, struct place lo,
		     struct place hi)
{
	uint64_t kind = dcol_u(x, col), n;

	if (kind == DLOC_CONST) {
		dcol_u(x, col + 4);
	} else if (kind == DLOC_EXPR || kind == DLOC_BYTES) {
		dcol_u(x, col + 3);
	} else if (kind >= DLOC_LIST) {
		for (n = kind - DLOC_LIST + 1; n && dcol_ok(x); n--) {
			lo = rel(x, col + 1, lo);
			lo = len(x, col + 2, lo, hi);
			dcol_u(x, col + 3);
		}
	}
}

/* @lo: what the first counts from, then the first; @hi: end of the last */
static uint64_t ranges(struct dcol *x, size_t col, struct place *lo,
		       struct place *hi)
{
	uint64_t n = dcol_u(x, col), i;
	struct place at = *lo, around = *hi;

	for (i = 0; i < n && dcol_ok(x); i++) {
		at = rel(x, col + 1, at);
		if (!i)
			*lo = at;
		at = len(x, col + 2, at, around);
		*hi = at;
	}
	return n;
}

static void variables(struct dcol *x, struct place lo, struct place hi)
{
	uint64_t n = dcol_u(x, C_NVAR), expect = 1, v;

	for (; n && dcol_ok(x); n--) {
		/* they mostly come in the order of the proto */
		v = dcol_near(x, C_VAR, expect);
		if (v)
			expect = v + 2;
		else
			for (v = C_VNAME; v <= C_VFLAGS; v++)
				dcol_u(x, v);
		location(x, C_LOC, lo, hi);
	}
}

static void calls(struct dcol *x, struct place at)
{
	uint64_t n = dcol_u(x, C_NCALL);
	int64_t delta;
	struct place p;

	for (; n && dcol_ok(x); n--) {
		dcol_u(x, C_CALLEE);
		if (x->way == DCOL_UNPACK) {
			delta = dcol_signed(dcol_get(x, C_CPC));
			p = place_at(
				x,
				at.i + (uint64_t)((delta - (delta & 1)) / 2));
			dcol_emit(x, dcol_zigzag((int64_t)((p.v - at.v) << 1 |
							   (delta & 1))));
		} else {
			delta = dec_s(&x->raw);
			p = place(x,
				  at.v + (uint64_t)((delta - (delta & 1)) / 2));
			if (x->way == DCOL_PACK)
				dcol_put(x, C_CPC,
					 dcol_zigzag(
						 (int64_t)((p.i - at.i) << 1 |
							   (delta & 1))));
		}
		at = p;
	}
}

static void scope(struct dcol *x, struct place lo, struct place hi, int depth);

static void child(struct dcol *x, struct place *before, struct place lo,
		  struct place hi, int depth)
{
	uint64_t kind = dcol_u(x, C_CHILD), proto;
	struct place first = *before, last = hi;

	if (ranges(x, C_CRANGE, &first, &last)) {
		*before = lo = first;
		hi = last;
	}
	if (kind == DX_CHILD_INLINE) {
		proto = dcol_u(x, C_CPROTO);
		dcol_u(x, C_CFILE);
		dcol_u(x, C_CLINE);
		rel(x, C_CENTRY, lo);
		if (x->way == DCOL_UNPACK)
			vec_push(&x->inst,
				 (struct dcol_inst){ (uint32_t)proto, x->body,
						     x->ordinal++ });
	}
	scope(x, lo, hi, depth + 1);
}

static void scope(struct dcol *x, struct place lo, struct place hi, int depth)
{
	struct place before = lo;
	uint64_t n;

	if (depth > MAX_DEPTH)
		x->failed = true;
	variables(x, lo, hi);
	for (n = dcol_u(x, C_NLABEL); n && dcol_ok(x); n--) {
		dcol_u(x, C_LNAME);
		rel(x, C_LPC, lo);
	}
	calls(x, lo);
	for (n = dcol_u(x, C_NCHILD); n && dcol_ok(x); n--)
		child(x, &before, lo, hi, depth);
}

static void body(struct dcol *x, struct place base)
{
	struct place entry, lo, hi = { 0, 0 };

	x->ordinal = 0;
	dcol_u(x, C_BPROTO);
	entry = lo = rel(x, C_ENTRY, base);
	ranges(x, C_NRANGE, &lo, &hi);
	len(x, C_PROLOGUE, entry, entry);
	location(x, C_FRAME, entry, hi);
	scope(x, entry, hi, 0);
}

/* ---- lines --------------------------------------------------------------------------------- */

/* The line of this file that was met last in the unit: the next is near. */
static int64_t *last_line(struct dcol *x, uint64_t file)
{
	struct dcol_last *l = &x->last[file % DCOL_FILES];

	if (l->unit != x->unit)
		*l = (struct dcol_last){ x->unit, 0 };
	return &l->line;
}

/* u address - at << 3 | flags */
static uint64_t line_head(struct dcol *x, struct place *at)
{
	uint64_t v;
	struct place p;

	if (x->way == DCOL_UNPACK) {
		v = dcol_get(x, C_LHEAD);
		p = place_at(x, at->i + (v >> 3));
		dcol_emit(x, (p.v - at->v) << 3 | (v & 7));
	} else {
		v = cur_uleb(&x->raw);
		p = place(x, at->v + (v >> 3));
		if (x->way == DCOL_PACK)
			dcol_put(x, C_LHEAD, (p.i - at->i) << 3 | (v & 7));
	}
	*at = p;
	return v & 7;
}

static void lines(struct dcol *x, struct place base)
{
	uint64_t n = dcol_u(x, C_NLINE), file = 0;
	int64_t line = 0, *last;
	struct place at = n ? rel(x, C_LFIRST, base) : base;

	for (; n && dcol_ok(x); n--) {
		if (line_head(x, &at) & DX_LINE_FILE)
			file = dcol_u(x, C_LFILE);
		last = last_line(x, file);
		if (x->way == DCOL_UNPACK) {
			*last = (int64_t)((uint64_t)*last +
					  (uint64_t)dcol_signed(
						  dcol_get(x, C_LINE)));
			dcol_emit(x, dcol_zigzag((int64_t)((uint64_t)*last -
							   (uint64_t)line)));
			line = *last;
		} else {
			line = (int64_t)((uint64_t)line +
					 (uint64_t)dec_s(&x->raw));
			if (x->way == DCOL_PACK)
				dcol_put(x, C_LINE,
					 dcol_zigzag(
						 (int64_t)((uint64_t)line -
							   (uint64_t)*last)));
			*last = line;
		}
	}
}

/* ---- units ----------------------------------------------------------------------------------- */

static void head(struct dcol *x, struct place *base)
{
	uint64_t n, i, v, next;

	if (x->way == DCOL_UNPACK) {
		*base = place_at(x, dcol_get(x, C_BASE));
		dcol_emit(x, base->v);
	} else {
		*base = place(x, cur_uleb(&x->raw));
		if (x->way == DCOL_PACK)
			dcol_put(x, C_BASE, base->i);
	}
	n = dcol_u(x, C_NPROTO);
	next = x->seen;
	for (i = 0; i < n && dcol_ok(x); i++) {
		v = dcol_near(x, C_PROTO, next);
		/* another domain begins */
		if (!i && !v)
			next = 0;
		if (v >= next)
			next = v + 1;
	}
	if (x->way != DCOL_LOOK)
		x->seen = next;
}

/* In the form they stand there, so that a reference can say where. */
static void instances(struct dcol *x, uint64_t bytes)
{
	struct buf b = BUF_INIT;
	size_t i;

	if (x->way != DCOL_UNPACK) {
		cur_take(&x->raw, bytes);
		return;
	}
	dcol_sort(x->inst.v, x->inst.n);
	for (i = 0; i < x->inst.n;)
		i = dcol_add_instance(x->inst.v, i, x->inst.n, &b);
	dcol_emit_bytes(x, b.p, b.len);
	buf_deinit(&b);
}

static void part(struct dcol *x, unsigned int i, struct place base,
		 uint64_t bytes)
{
	const uint8_t *end = x->raw.pos;
	size_t from = x->n;

	if (x->way != DCOL_UNPACK && bytes > cur_left(&x->raw)) {
		x->failed = true;
		return;
	}
	end += bytes;
	switch (i) {
	case DX_PART_BODIES:
		while (dcol_more(x, C_BODY, end)) {
			x->body = (uint32_t)(x->n - from);
			body(x, base);
		}
		break;
	case DX_PART_INSTANCES:
		instances(x, bytes);
		break;
	case DX_PART_VARS:
		while (dcol_more(x, C_GVAR, end)) {
			dcol_u(x, C_GNAME);
			dcol_u(x, C_GTYPE);
			dcol_u(x, C_GFLAGS);
			location(x, C_GLOC, base, base);
		}
		break;
	default:
		lines(x, base);
	}
}

/* Lengths of the parts are not kept: they come of themselves. */
static void unit(struct dcol *x)
{
	uint32_t bytes[DX_PARTS] = { 0 };
	struct place base;
	size_t at = x->n, from;
	unsigned int i;

	if (x->way == DCOL_UNPACK)
		dcol_emit_bytes(x, bytes, sizeof(bytes));
	else
		for (i = 0; i < DX_PARTS; i++)
			bytes[i] = cur_le32(&x->raw);
	x->inst.n = 0;
	from = x->n;
	head(x, &base);
	bytes[0] = (uint32_t)(x->n - from);
	for (i = 1; i < DX_PARTS && dcol_ok(x); i++) {
		from = x->n;
		part(x, i, base, bytes[i]);
		if (x->way == DCOL_UNPACK)
			bytes[i] = (uint32_t)(x->n - from);
	}
	if (x->way == DCOL_UNPACK && dcol_ok(x))
		memcpy(x->out + at, bytes, sizeof(bytes));
}

void dcol_units(struct dcol *x)
{
	while (dcol_more(x, C_MORE, x->raw.end)) {
		x->unit++;
		if (x->way == DCOL_UNPACK) {
			read_addrs(x);
		} else {
			struct cur at = x->raw;

			x->addr.n = 0;
			x->way = DCOL_LOOK;
			unit(x);
			x->way = DCOL_PACK;
			x->raw = at;
			write_addrs(x);
			x->unit++; /* lines begin anew */
		}
		unit(x);
	}
}
