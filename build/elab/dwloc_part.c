// SPDX-License-Identifier: GPL-2.0-only
/* Locations: reading the bytes, the parts of an object, scalars out of them. */
#include "build/elab/dwloc.h"

#include "build/base/arena.h"
#include "build/base/vec.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/dwx.h"
#include "build/dwarf/enc.h"
#include "build/elab/dwloc_priv.h"
#include "build/families/dwplace.h"
#include "build/lang/lang.h"
#include "build/sema/ctx.h"
#include "build/sema/tree.h"

#include <dwarf.h>
#include <string.h>

/* ---- the bytes ------------------------------------------------------------- */

static void take_bytes(struct cur *c, struct dwop *op)
{
	op->n = cur_uleb(c);
	op->p = cur_take(c, op->n);
}

static void read_operands(struct cur *c, struct dwop *op)
{
	switch (op->code) {
	case DW_OP_addr:
		op->u = cur_le64(c);
		break;
	case DW_OP_bra:
	case DW_OP_skip:
		op->u = cur_le16(c);
		break;
	case DW_OP_constu:
	case DW_OP_plus_uconst:
	case DW_OP_pick:
	case DW_OP_regx:
	case DW_OP_piece:
	case DW_OP_deref_size:
	case DW_OP_xderef_size:
		op->u = cur_uleb(c);
		break;
	case DW_OP_consts:
	case DW_OP_fbreg:
	case DW_OP_implicit_pointer:
	case DW_OP_breg0 ... DW_OP_breg31:
		op->s = dec_s(c);
		break;
	case DW_OP_bregx:
		op->u = cur_uleb(c);
		op->s = dec_s(c);
		break;
	case DW_OP_bit_piece:
		op->u = cur_uleb(c);
		op->s = (int64_t)cur_uleb(c);
		break;
	case DW_OP_implicit_value:
	case DW_OP_entry_value:
		take_bytes(c, op);
		break;
	case DW_OP_const_type:
		op->type = cur_uleb(c);
		take_bytes(c, op);
		break;
	case DW_OP_regval_type:
	case DW_OP_deref_type:
		op->u = cur_uleb(c);
		op->type = cur_uleb(c);
		break;
	case DW_OP_convert:
	case DW_OP_reinterpret:
		op->type = cur_uleb(c);
		break;
	default:
		break;
	}
}

bool dwcomp_decode(struct dwcomp *c, struct dwx_expr x)
{
	struct cur in = cur_init(x.p, x.n);
	VEC(struct dwop) ops = { 0 };

	while (cur_ok(&in) && cur_left(&in)) {
		struct dwop op = { .code = cur_u8(&in) };

		if (ops.n == DLOC_MAX_OPS)
			return dwcomp_fail(c, DWCOMP_DAMAGED);
		read_operands(&in, &op);
		vec_apush(c->env->sm->a, &ops, op);
	}
	c->op = ops.v;
	c->nops = ops.n;
	return cur_ok(&in) || dwcomp_fail(c, DWCOMP_DAMAGED);
}

/* ---- running ---------------------------------------------------------------- */

/* How an object, or a part of it, was said to be somewhere. */
enum form { FORM_MEM, FORM_VALUE, FORM_BYTES, FORM_EMPTY };

struct result {
	enum form form;
	struct ast_expr *e;
	uint32_t nodes;	  /* of @e */
	const uint8_t *p; /* FORM_BYTES */
	size_t n;
};

static bool is_piece(uint8_t code)
{
	return code == DW_OP_piece || code == DW_OP_bit_piece;
}

static bool run_from(struct dwcomp *c, struct dwstate *s, size_t *at,
		     struct result *r);

/* A jump that depends: both ways to their ends. */
static bool run_branch(struct dwcomp *c, struct dwstate *s, size_t *at,
		       struct result *r)
{
	struct sema *sm = c->env->sm;
	struct dwstate *other = arena_new(sm->a, struct dwstate);
	size_t to = (size_t)c->op[*at].u, next = *at + 1, i;
	struct result no = { 0 };
	struct ast_expr *e;
	struct dwval v;

	if (!dwcomp_pop(c, s, &v))
		return false;
	if (to <= *at || to > c->nops)
		return dwcomp_fail(c, "its location has a loop in it");
	if (++c->branches > DWCOMP_BRANCHES)
		return dwcomp_fail(c, "its location is too involved");
	*other = *s;
	for (i = 0; i < s->n; i++)
		other->st[i].e = lang_clone_expr(sm->a, s->st[i].e);
	if (!run_from(c, s, &to, r) || !run_from(c, other, &next, &no))
		return false;
	if (r->form != no.form || r->form > FORM_VALUE || to != next)
		return dwcomp_fail(c, "its location depends on a condition");
	*at = to;
	e = tree_expr(sm->a, EX_COND, v.e->at);
	e->type = TY_LONG;
	e->a = v.e;
	e->b = r->e;
	e->c = no.e;
	r->e = e;
	r->nodes += no.nodes + v.nodes;
	return true;
}

/* What is on the stack when a description ends is the object's address. */
static bool end_of(struct dwcomp *c, struct dwstate *s, bool started,
		   struct result *r)
{
	struct dwval v;

	r->form = FORM_EMPTY;
	if (!started)
		return true;
	if (!dwcomp_pop(c, s, &v))
		return false;
	r->form = FORM_MEM;
	r->e = v.e;
	r->nodes = v.nodes;
	return true;
}

/* Operations that say what the object is; false with no reason: none of them. */
static bool run_ending(struct dwcomp *c, struct dwstate *s,
		       const struct dwop *op, struct result *r)
{
	struct dwval v;

	r->form = FORM_VALUE;
	if (op->code >= DW_OP_reg0 && op->code <= DW_OP_reg31) {
		r->e = dwcomp_reg(c, op->code - DW_OP_reg0);
		return r->e != NULL;
	}
	switch (op->code) {
	case DW_OP_regx:
		r->e = dwcomp_reg(c, op->u);
		return r->e != NULL;
	case DW_OP_stack_value:
		if (!dwcomp_pop(c, s, &v))
			return false;
		r->e = v.e;
		r->nodes = v.nodes;
		return true;
	case DW_OP_implicit_value:
		r->form = FORM_BYTES;
		r->p = op->p;
		r->n = op->n;
		return true;
	}
	return false;
}

/* One description: up to the end, or a piece, at which @at stays. */
static bool run_from(struct dwcomp *c, struct dwstate *s, size_t *at,
		     struct result *r)
{
	size_t begin = *at;

	for (; *at < c->nops && !is_piece(c->op[*at].code); (*at)++) {
		const struct dwop *op = &c->op[*at];

		if (++c->steps > DWCOMP_STEPS)
			return dwcomp_fail(c, "its location is too involved");
		if (op->code == DW_OP_bra)
			return run_branch(c, s, at, r);
		if (op->code == DW_OP_skip) {
			if (op->u <= *at || op->u > c->nops)
				return dwcomp_fail(c, "its location has a "
						      "loop in it");
			*at = (size_t)op->u - 1;
			continue;
		}
		if (run_ending(c, s, op, r)) {
			(*at)++;
			if (*at < c->nops && !is_piece(c->op[*at].code))
				return dwcomp_fail(c, DWCOMP_DAMAGED);
			return true;
		}
		if (c->why || !dwcomp_run(c, s, op))
			return false;
	}
	return end_of(c, s, *at > begin || s->n, r);
}

bool dwcomp_value(struct dwcomp *c, struct dwstate *s, struct dwval *ret)
{
	struct result r = { 0 };
	size_t at = 0;

	if (!run_from(c, s, &at, &r))
		return false;
	if (r.form > FORM_VALUE || at != c->nops)
		return dwcomp_fail(c, DWCOMP_DAMAGED);
	*ret = (struct dwval){ r.e, r.nodes + 4, 0 };
	return true;
}

/* ---- parts -------------------------------------------------------------------- */

struct parts {
	struct sema *sm;
	struct span at;
	VEC(struct dwpart) v;
	uint64_t off;
};

static void add_part(struct parts *ps, struct dwpart p)
{
	p.off = ps->off;
	vec_apush(ps->sm->a, &ps->v, p);
	ps->off = p.bytes == DWLOC_WHOLE ? DWLOC_WHOLE : ps->off + p.bytes;
}

static void add_lost(struct parts *ps, uint64_t bytes, const char *why)
{
	add_part(ps, (struct dwpart){
			     .kind = DWPART_LOST, .bytes = bytes, .why = why });
}

/* Up to 8 of @n bytes, from bit @at on. */
static uint64_t bits_of(const uint8_t *p, size_t n, uint64_t at)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < 64 && (at + i) / 8 < n; i++)
		v |= (uint64_t)(p[(at + i) / 8] >> (at + i) % 8 & 1) << i;
	return v;
}

/* Constant bytes from bit @shift on, eight at a time; behind them it is lost. */
static void add_bytes(struct parts *ps, const uint8_t *p, size_t n,
		      uint64_t bytes, uint32_t shift)
{
	size_t i, k, have = n * 8 > shift ? (n * 8 - shift) / 8 : 0;

	if (bytes < have)
		have = (size_t)bytes;
	for (i = 0; i < have; i += k) {
		uint64_t v;

		k = have - i < 8 ? have - i : 8;
		v = bits_of(p, n, i * 8 + shift);
		if (k < 8)
			v &= (1ULL << k * 8) - 1;
		add_part(ps, (struct dwpart){ .kind = DWPART_VALUE,
					      .bytes = k,
					      .e = tree_num(ps->sm->a, ps->at,
							    (int64_t)v) });
	}
	if (bytes != DWLOC_WHOLE && bytes > have)
		add_lost(ps, bytes - have, "optimised out");
}

/* @shift: first bit of a part that does not begin with its register's. */
static void add_result(struct parts *ps, const struct result *r, uint64_t bytes,
		       uint32_t shift)
{
	struct dwpart p = {
		.kind = DWPART_VALUE, .bytes = bytes, .shift = shift, .e = r->e
	};
	uint64_t most = (64 - shift) / 8; /* of a long */

	if (r->form == FORM_EMPTY) {
		add_lost(ps, bytes, "optimised out");
	} else if (r->form == FORM_BYTES) {
		add_bytes(ps, r->p, r->n, bytes, shift);
	} else {
		if (r->form == FORM_MEM)
			p.kind = DWPART_MEM;
		else if (bytes > most)
			p.bytes = most;
		add_part(ps, p);
		if (p.bytes < bytes && bytes != DWLOC_WHOLE)
			add_lost(ps, bytes - p.bytes,
				 "in a register that "
				 "probes do not see");
	}
}

/* The size and first bit of a piece, in bytes where that can be. */
static bool piece_size(const struct dwop *op, uint64_t *bytes, uint32_t *shift)
{
	*bytes = op->u;
	*shift = 0;
	if (op->code == DW_OP_piece)
		return *bytes <= UINT32_MAX;
	*shift = (uint32_t)op->s;
	*bytes = op->u / 8;
	return op->u % 8 == 0 && op->s >= 0 && op->s < 64 &&
	       *bytes <= UINT32_MAX;
}

/* One part that cannot be had leaves the others. */
static bool compile_expr(const struct dwloc_env *env, struct dwx_expr x,
			 struct parts *ps, const char **why)
{
	struct dwcomp c = { .env = env };
	struct dwstate *s = arena_new(env->sm->a, struct dwstate);
	uint32_t shift;
	uint64_t bytes;
	size_t at = 0;

	if (!dwcomp_decode(&c, x)) {
		*why = c.why;
		return false;
	}
	do {
		struct result r = { 0 };
		bool ok = run_from(&c, s, &at, &r);

		while (at < c.nops && !is_piece(c.op[at].code))
			at++; /* behind what failed */
		if (at == c.nops) {
			if (!ok)
				add_lost(ps, DWLOC_WHOLE, c.why);
			else if (!ps->v.n || r.form != FORM_EMPTY)
				add_result(ps, &r, DWLOC_WHOLE, 0);
			return true;
		}
		if (!piece_size(&c.op[at], &bytes, &shift) ||
		    (shift && r.form == FORM_MEM)) {
			*why = "it is in pieces that are no whole bytes";
			return false;
		}
		if (ok)
			add_result(ps, &r, bytes, shift);
		else
			add_lost(ps, bytes, c.why);
		c.why = NULL;
		s->n = 0;
	} while (++at < c.nops);
	return true;
}

bool dwloc_compile(const struct dwloc_env *env, const struct dwx_loc *loc,
		   struct dwloc *ret, const char **why)
{
	struct parts ps = { .sm = env->sm, .at = env->at };
	uint64_t pc = env->pl ? env->pl->pc : 0;
	struct dwx_expr x;
	uint8_t b[8];
	size_t i;

	*why = NULL;
	switch (loc->kind) {
	case DWX_LOC_NONE:
		*why = "optimised out";
		return false;
	case DWX_LOC_CONST:
		memcpy(b, &loc->value, 8);
		add_bytes(&ps, b, 8, DWLOC_WHOLE, 0);
		break;
	case DWX_LOC_BYTES:
		add_bytes(&ps, loc->entry[0].expr.p, loc->entry[0].expr.n,
			  DWLOC_WHOLE, 0);
		break;
	case DWX_LOC_EXPR:
		if (!compile_expr(env, loc->entry[0].expr, &ps, why))
			return false;
		break;
	case DWX_LOC_LIST:
		if (!dwx_loc_at(loc, pc, &x) || !x.n) {
			*why = "optimised out here";
			return false;
		}
		if (!compile_expr(env, x, &ps, why))
			return false;
		break;
	}
	ret->part = ps.v.v;
	ret->nparts = ps.v.n;
	for (i = 0; i < ps.v.n; i++)
		if (ps.v.v[i].kind != DWPART_LOST)
			return true;
	*why = ps.v.n ? ps.v.v[0].why : "optimised out";
	return false;
}

/* ---- scalars -------------------------------------------------------------------- */

static const struct dwpart *part_at(const struct dwloc *l, uint64_t byte)
{
	size_t i;

	for (i = 0; i < l->nparts; i++) {
		const struct dwpart *p = &l->part[i];

		if (byte >= p->off &&
		    (p->bytes == DWLOC_WHOLE || byte - p->off < p->bytes))
			return p;
	}
	return NULL;
}

/*
 * @n bytes at @off of @p.  @all: the rest of a long does not matter, the caller
 * cuts it off.
 */
static struct ast_expr *part_read(struct sema *sm, const struct dwpart *p,
				  uint64_t off, uint8_t n, bool all)
{
	struct ast_expr *e = lang_clone_expr(sm->a, p->e), *r;
	int64_t by = (int64_t)(off - p->off);

	if (p->kind == DWPART_MEM) {
		r = tree_expr(sm->a, EX_KREAD, e->at);
		r->type = TY_LONG;
		r->a = by ? tree_binary(sm->a, OP_ADD, e,
					tree_num(sm->a, e->at, by))
			  : e;
		r->access.bytes = n;
		return r;
	}
	/* a value that was computed from memory is not that memory */
	if (e->kind == EX_KREAD) {
		r = tree_expr(sm->a, EX_UNARY, e->at);
		r->op = OP_PLUS;
		r->type = TY_LONG;
		r->a = e;
		e = r;
	}
	by = by * 8 + p->shift;
	r = by ? tree_binary(sm->a, OP_USHR, e, tree_num(sm->a, e->at, by)) : e;
	r->type = TY_LONG;
	return all ? r : dwloc_narrow(sm, r, n * 8U, false);
}

/* How many bytes from @off on can be read of @p at once: a power of two. */
static uint8_t part_reach(const struct dwpart *p, uint64_t off, uint64_t want)
{
	uint64_t left =
		p->bytes == DWLOC_WHOLE ? want : p->off + p->bytes - off;
	uint8_t n = 8;

	if (left > want)
		left = want;
	while (n > left)
		n /= 2;
	return n;
}

struct ast_expr *dwloc_bits(const struct dwloc_env *env, const struct dwloc *l,
			    uint64_t lo, uint32_t n, bool is_signed,
			    const char **why)
{
	uint64_t first = lo / 8, end = (lo + n + 7) / 8, off;
	struct sema *sm = env->sm;
	struct ast_expr *sum = NULL;
	uint8_t k;

	if (end - first > 8) {
		*why = "it is a bit field across more than 8 bytes";
		return NULL;
	}
	for (off = first; off < end; off += k) {
		const struct dwpart *p = part_at(l, off);
		struct ast_expr *e;

		if (!p || p->kind == DWPART_LOST) {
			*why = p && l->nparts == 1 ? p->why
						   : "it is there only in part";
			return NULL;
		}
		k = part_reach(p, off, end - off);
		e = part_read(sm, p, off, k, end - first == k);
		if (off > first)
			e = tree_binary(sm->a, OP_SHL, e,
					tree_num(sm->a, e->at,
						 (int64_t)(off - first) * 8));
		sum = sum ? tree_binary(sm->a, OP_OR, sum, e) : e;
	}
	if (!sum) {
		*why = "it has no bits";
		return NULL;
	}
	if (lo % 8)
		sum = tree_binary(sm->a, OP_USHR, sum,
				  tree_num(sm->a, sum->at, lo % 8));
	/* what memory gives is cut off already */
	if (sum->kind == EX_KREAD && n == sum->access.bytes * 8U) {
		sum->access.is_signed = is_signed;
		return sum;
	}
	return dwloc_narrow(sm, sum, n, is_signed);
}

struct ast_expr *dwloc_address(const struct dwloc_env *env,
			       const struct dwloc *l, uint64_t off)
{
	const struct dwpart *p = part_at(l, off);
	struct ast_expr *e;

	if (!p || p->kind != DWPART_MEM)
		return NULL;
	e = lang_clone_expr(env->sm->a, p->e);
	if (off == p->off)
		return e;
	return tree_binary(
		env->sm->a, OP_ADD, e,
		tree_num(env->sm->a, e->at, (int64_t)(off - p->off)));
}
