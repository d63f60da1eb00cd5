// SPDX-License-Identifier: GPL-2.0-only
/*
 * DWARF expressions to expression trees, by running them on a stack of trees.
 *
 * Jumps go forwards and join nowhere: each way is followed to its end, and the
 * two results become a condition.  What is written twice is a copy: trees share
 * no nodes.
 */
#include "build/elab/dwloc.h"

#include "build/dwarf/dloc.h"
#include "build/dwarf/dwx.h"
#include "build/elab/dwloc_priv.h"
#include "build/families/dwplace.h"
#include "build/kit/kit.h"
#include "build/lang/lang.h"
#include "build/sema/ctx.h"
#include "build/sema/intrinsic.h"
#include "build/sema/tree.h"

#include <dwarf.h>
#include <string.h>

/* ---- small trees ----------------------------------------------------------- */

static struct ast_expr *binary(struct sema *sm, enum op op, struct ast_expr *x,
			       struct ast_expr *y)
{
	return tree_binary(sm->a, op, x, y);
}

static struct ast_expr *num(struct sema *sm, struct span at, int64_t v)
{
	return tree_num(sm->a, at, v);
}

static struct ast_expr *plus(struct sema *sm, struct ast_expr *e, int64_t by)
{
	if (e->kind == EX_BINARY && e->op == OP_ADD && e->b->kind == EX_NUMBER)
		e->b->num = (int64_t)((uint64_t)e->b->num + (uint64_t)by);
	else if (by)
		e = binary(sm, OP_ADD, e, num(sm, e->at, by));
	return e;
}

static struct ast_expr *load(struct sema *sm, struct ast_expr *addr,
			     uint8_t bytes)
{
	struct ast_expr *e = tree_expr(sm->a, EX_KREAD, addr->at);

	e->type = TY_LONG;
	e->a = addr;
	e->access.bytes = bytes;
	return e;
}

struct ast_expr *dwloc_narrow(struct sema *sm, struct ast_expr *e,
			      uint32_t bits, bool is_signed)
{
	if (bits >= 64)
		return e;
	if (!is_signed)
		return binary(sm, OP_AND, e,
			      num(sm, e->at, (int64_t)((1ULL << bits) - 1)));
	e = binary(sm, OP_SHL, e, num(sm, e->at, 64 - bits));
	return binary(sm, OP_SHR, e, num(sm, e->at, 64 - bits));
}

static bool is_percpu(const struct sema *sm, uint64_t addr)
{
	uint64_t lo = kit_symbol(sm->kit, "__per_cpu_start");
	uint64_t hi = kit_symbol(sm->kit, "__per_cpu_end");

	return addr >= lo && addr < hi;
}

struct ast_expr *dwloc_data(struct sema *sm, struct span at, uint64_t addr)
{
	sema_bind(sm, "it uses the address of a kernel variable");
	return intrinsic_call(sm->a, at,
			      is_percpu(sm, addr) ? "__kaddr_cpu" : "__kaddr",
			      1, sema_knum(sm, at, (int64_t)addr));
}

/* ---- the stack ------------------------------------------------------------- */

static struct sema *sema_of(const struct dwcomp *c)
{
	return c->env->sm;
}

bool dwcomp_fail(struct dwcomp *c, const char *why)
{
	if (!c->why)
		c->why = why;
	return false;
}

bool dwcomp_push(struct dwcomp *c, struct dwstate *s, struct dwval v)
{
	if (s->n == DWCOMP_STACK || v.nodes > DWCOMP_NODES)
		return dwcomp_fail(c, "its location is too involved");
	s->st[s->n++] = v;
	return true;
}

bool dwcomp_pop(struct dwcomp *c, struct dwstate *s, struct dwval *v)
{
	if (!s->n)
		return dwcomp_fail(c, DWCOMP_DAMAGED);
	*v = s->st[--s->n];
	return true;
}

static bool push(struct dwcomp *c, struct dwstate *s, struct ast_expr *e,
		 uint32_t nodes)
{
	return dwcomp_push(c, s, (struct dwval){ e, nodes, 0 });
}

/* A copy of the value @i below the top. */
static bool push_copy(struct dwcomp *c, struct dwstate *s, uint64_t i)
{
	struct dwval v;

	if (i >= s->n)
		return dwcomp_fail(c, DWCOMP_DAMAGED);
	v = s->st[s->n - 1 - i];
	v.e = lang_clone_expr(sema_of(c)->a, v.e);
	return dwcomp_push(c, s, v);
}

/* ---- registers and frames ---------------------------------------------------- */

#define DW_REG_SP 7
#define DW_REG_IP 16 /* DWARF numbers of x86-64: System V ABI, figure 3.36 */

static struct ast_expr *reg(struct dwcomp *c, uint64_t n)
{
	struct sema *sm = sema_of(c);

	if (!c->env->pl) {
		dwcomp_fail(c, "it is in a register");
		return NULL;
	}
	if (n > DW_REG_IP) {
		dwcomp_fail(c, "it is in a register that probes do not see");
		return NULL;
	}
	return intrinsic_call(sm->a, c->env->at, "__kregister", 1,
			      num(sm, c->env->at, (int64_t)n));
}

static bool push_breg(struct dwcomp *c, struct dwstate *s, uint64_t n,
		      int64_t off)
{
	struct ast_expr *e = reg(c, n);

	return e && push(c, s, plus(sema_of(c), e, off), 4);
}

static bool is_entry(const struct dwplace *pl)
{
	return pl && pl->body && pl->body->top &&
	       pl->pc == pl->body->top->entry;
}

static bool push_nested(struct dwcomp *c, struct dwstate *s, struct dwx_expr x)
{
	struct dwcomp in = { .env = c->env, .depth = c->depth + 1 };
	struct dwstate r = { 0 };
	struct dwval v;

	if (in.depth > 3)
		return dwcomp_fail(c, DWCOMP_DAMAGED);
	if (!dwcomp_decode(&in, x) || !dwcomp_value(&in, &r, &v))
		return dwcomp_fail(c, in.why);
	return dwcomp_push(c, s, v);
}

/*
 * The frame: at the entry the return address is on top of the stack.  An index has
 * the rest as frame bases, where its file had them (build/dwarf/dcfi.h).
 */
static bool push_cfa(struct dwcomp *c, struct dwstate *s)
{
	static const uint8_t itself = DW_OP_call_frame_cfa;
	const struct dwplace *pl = c->env->pl;
	struct dwx_expr x;

	if (is_entry(pl))
		return push_breg(c, s, DW_REG_SP, 8);
	if (pl && pl->body && dwx_loc_at(&pl->body->frame_base, pl->pc, &x) &&
	    (x.n != 1 || *x.p != itself))
		return push_nested(c, s, x);
	return dwcomp_fail(c, "it is in the stack frame, whose place is not "
			      "known here");
}

static bool push_fbreg(struct dwcomp *c, struct dwstate *s, int64_t off)
{
	const struct dwplace *pl = c->env->pl;
	struct dwx_expr x;
	struct dwval *v;

	if (!pl || !pl->body)
		return dwcomp_fail(c, "it is in a stack frame");
	if (!dwx_loc_at(&pl->body->frame_base, pl->pc, &x))
		return dwcomp_fail(c, "it is in the stack frame, whose place "
				      "is not known here");
	if (!push_nested(c, s, x))
		return false;
	v = &s->st[s->n - 1];
	v->e = plus(sema_of(c), v->e, off);
	v->nodes += 2;
	return true;
}

static bool push_entry(struct dwcomp *c, struct dwstate *s,
		       const struct dwop *op)
{
	if (is_entry(c->env->pl))
		return push_nested(c, s, (struct dwx_expr){ op->p, op->n });
	return dwcomp_fail(c, "only the value that a register had at the "
			      "function's entry would give it");
}

/* ---- arithmetic ------------------------------------------------------------- */

#define TYPE_SIZE(t) ((t) >> 8)
#define TYPE_ENC(t)  ((t)&0xff)

static bool is_signed_type(uint32_t t)
{
	return TYPE_ENC(t) == DW_ATE_signed ||
	       TYPE_ENC(t) == DW_ATE_signed_char;
}

/* Integers of up to 8 bytes: the only ones kernel code computes with. */
static bool type_ok(struct dwcomp *c, uint64_t t)
{
	switch (TYPE_ENC(t)) {
	case 0:
	case DW_ATE_address:
	case DW_ATE_boolean:
	case DW_ATE_signed:
	case DW_ATE_signed_char:
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF:
		if (t <= UINT32_MAX && TYPE_SIZE(t) <= 8)
			return true;
		break;
	}
	return dwcomp_fail(c, "it is computed from a type that no long holds");
}

static bool retype(struct dwcomp *c, struct dwval *v, uint64_t t)
{
	if (!type_ok(c, t))
		return false;
	v->type = (uint32_t)t;
	if (!t || TYPE_SIZE(t) >= 8)
		return true;
	v->e = dwloc_narrow(sema_of(c), v->e, TYPE_SIZE(v->type) * 8,
			    is_signed_type(v->type));
	v->nodes += 4;
	return true;
}

/* Unsigned 64-bit numbers in order: as signed ones from the other end. */
static struct ast_expr *flip(struct sema *sm, struct ast_expr *e)
{
	return binary(sm, OP_XOR, e, num(sm, e->at, INT64_MIN));
}

/* x mod y for unsigned x: by halves, which are never negative. */
static bool unsigned_mod(struct dwcomp *c, struct dwval *x,
			 const struct dwval *y)
{
	struct sema *sm = sema_of(c);
	struct ast_expr *lo, *e = x->e;
	int64_t by = y->e->kind == EX_NUMBER ? y->e->num : 0;

	if (by <= 0 || by >= 1LL << 62)
		return dwcomp_fail(c, "it is an unsigned remainder");
	lo = binary(sm, OP_AND, lang_clone_expr(sm->a, e), num(sm, e->at, 1));
	e = binary(sm, OP_USHR, e, num(sm, e->at, 1));
	e = binary(sm, OP_MOD, e, num(sm, e->at, by));
	e = binary(sm, OP_ADD, binary(sm, OP_MUL, e, num(sm, e->at, 2)), lo);
	x->e = binary(sm, OP_MOD, e, num(sm, e->at, by));
	x->nodes = 2 * x->nodes + 10;
	return true;
}

static bool op_binary(struct dwcomp *c, struct dwstate *s, uint8_t code)
{
	static const struct {
		uint8_t code;
		enum op op;
		bool is_compare;
	} ops[] = {
		{ DW_OP_and, OP_AND, false },	{ DW_OP_div, OP_DIV, false },
		{ DW_OP_minus, OP_SUB, false }, { DW_OP_mul, OP_MUL, false },
		{ DW_OP_or, OP_OR, false },	{ DW_OP_plus, OP_ADD, false },
		{ DW_OP_shl, OP_SHL, false },	{ DW_OP_shr, OP_USHR, false },
		{ DW_OP_shra, OP_SHR, false },	{ DW_OP_xor, OP_XOR, false },
		{ DW_OP_eq, OP_EQ, true },	{ DW_OP_ge, OP_GE, true },
		{ DW_OP_gt, OP_GT, true },	{ DW_OP_le, OP_LE, true },
		{ DW_OP_lt, OP_LT, true },	{ DW_OP_ne, OP_NE, true },
	};
	struct sema *sm = sema_of(c);
	struct dwval x, y;
	uint32_t type;
	size_t i;

	if (!dwcomp_pop(c, s, &y) || !dwcomp_pop(c, s, &x))
		return false;
	type = x.type;
	if (code == DW_OP_mod) {
		if (!unsigned_mod(c, &x, &y))
			return false;
		return dwcomp_push(c, s, x);
	}
	for (i = 0; ops[i].code != code; i++)
		;
	if (type && TYPE_SIZE(type) == 8 && !is_signed_type(type)) {
		if (code == DW_OP_div)
			return dwcomp_fail(c, "it is an unsigned quotient");
		if (ops[i].is_compare) {
			x.e = flip(sm, x.e);
			y.e = flip(sm, y.e);
		}
	}
	if (code == DW_OP_shr && type && TYPE_SIZE(type) < 8)
		x.e = dwloc_narrow(sm, x.e, TYPE_SIZE(type) * 8, false);
	x.e = binary(sm, ops[i].op, x.e, y.e);
	x.nodes += y.nodes + 9;
	x.type = 0;
	if (type && !ops[i].is_compare && !retype(c, &x, type))
		return false;
	return dwcomp_push(c, s, x);
}

static struct ast_expr *unary(struct sema *sm, enum op op, struct ast_expr *x)
{
	struct ast_expr *e = tree_expr(sm->a, EX_UNARY, x->at);

	e->op = op;
	e->a = x;
	e->type = TY_LONG;
	return e;
}

static bool op_unary(struct dwcomp *c, struct dwstate *s, uint8_t code)
{
	struct sema *sm = sema_of(c);
	struct ast_expr *e;
	struct dwval v;

	if (!dwcomp_pop(c, s, &v))
		return false;
	if (code == DW_OP_abs) {
		e = tree_expr(sm->a, EX_COND, v.e->at);
		e->type = TY_LONG;
		e->a = binary(sm, OP_LT, v.e, num(sm, v.e->at, 0));
		e->b = unary(sm, OP_NEG, lang_clone_expr(sm->a, v.e));
		e->c = lang_clone_expr(sm->a, v.e);
		v.nodes *= 3;
	} else {
		e = unary(sm, code == DW_OP_neg ? OP_NEG : OP_COMPL, v.e);
	}
	v.e = e;
	v.nodes += 4;
	if (v.type && !retype(c, &v, v.type))
		return false;
	return dwcomp_push(c, s, v);
}

static bool op_deref(struct dwcomp *c, struct dwstate *s, uint64_t bytes,
		     uint64_t type)
{
	struct dwval v;

	if (!dwcomp_pop(c, s, &v))
		return false;
	if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
		return dwcomp_fail(c, "its location reads an odd number of "
				      "bytes");
	v.e = load(sema_of(c), v.e, (uint8_t)bytes);
	v.nodes++;
	v.type = 0;
	if (type && !retype(c, &v, type))
		return false;
	return dwcomp_push(c, s, v);
}

static bool op_convert(struct dwcomp *c, struct dwstate *s, uint64_t type)
{
	struct dwval v;

	return dwcomp_pop(c, s, &v) && retype(c, &v, type) &&
	       dwcomp_push(c, s, v);
}

static bool op_stack(struct dwcomp *c, struct dwstate *s, const struct dwop *op)
{
	struct dwval v;

	switch (op->code) {
	case DW_OP_dup:
		return push_copy(c, s, 0);
	case DW_OP_over:
		return push_copy(c, s, 1);
	case DW_OP_pick:
		return push_copy(c, s, op->u);
	case DW_OP_drop:
		return dwcomp_pop(c, s, &v);
	}
	if (s->n < (op->code == DW_OP_swap ? 2 : 3))
		return dwcomp_fail(c, DWCOMP_DAMAGED);
	v = s->st[s->n - 1];
	s->st[s->n - 1] = s->st[s->n - 2];
	if (op->code == DW_OP_swap) {
		s->st[s->n - 2] = v;
	} else {
		s->st[s->n - 2] = s->st[s->n - 3];
		s->st[s->n - 3] = v;
	}
	return true;
}

/* ---- one operation ------------------------------------------------------------- */

/* Addresses of a module are those of its sections; a kernel's are linked. */
static bool is_linked(const struct dwx_dir *d)
{
	return !d || !strcmp(dwx_dir_name(d), "vmlinux");
}

/* Will what @op pushes be the object, and not where it is read from? */
static bool is_value(const struct dwcomp *c, const struct dwop *op)
{
	while (++op < c->op + c->nops)
		switch (op->code) {
		case DW_OP_stack_value:
			return true;
		case DW_OP_deref:
		case DW_OP_deref_size:
		case DW_OP_deref_type:
		case DW_OP_piece:
		case DW_OP_bit_piece:
			return false;
		}
	return false;
}

/*
 * A pointer to per-CPU data, as C has it, is of no CPU yet: the address the data was
 * linked at, which moves with the kernel unless it counts from 0: see
 * taprt_fn_kaddr_cpu().
 */
static struct ast_expr *data_pointer(struct sema *sm, struct span at,
				     uint64_t addr)
{
	sema_bind(sm, "it uses the address of a kernel variable");
	if (is_percpu(sm, addr) && (int64_t)addr >= 0)
		return sema_knum(sm, at, (int64_t)addr);
	return intrinsic_call(sm->a, at, "__kaddr", 1,
			      sema_knum(sm, at, (int64_t)addr));
}

static bool push_addr(struct dwcomp *c, struct dwstate *s,
		      const struct dwop *op)
{
	struct sema *sm = sema_of(c);
	bool as_value = is_value(c, op);
	struct ast_expr *e = NULL;
	const char *sect;
	uint64_t off;

	if (c->env->dir && dwx_section_at(c->env->dir, op->u, &sect, &off))
		e = dwloc_module_data(c, op->u, as_value);
	else if (!is_linked(c->env->dir))
		dwcomp_fail(c, "its address is in the kernel or in another "
			       "module");
	else if (sm->kit && as_value)
		e = data_pointer(sm, c->env->at, op->u);
	else if (sm->kit)
		e = dwloc_data(sm, c->env->at, op->u);
	else
		dwcomp_fail(c, "there is no kernel");
	return e && push(c, s, e, 4);
}

static bool push_const(struct dwcomp *c, struct dwstate *s,
		       const struct dwop *op)
{
	struct dwval v = { NULL, 1, 0 };
	uint64_t n = 0;

	if (op->n > 8)
		return type_ok(c, 9 << 8);
	memcpy(&n, op->p, op->n);
	v.e = num(sema_of(c), c->env->at, (int64_t)n);
	return retype(c, &v, op->type) && dwcomp_push(c, s, v);
}

static bool push_regval(struct dwcomp *c, struct dwstate *s,
			const struct dwop *op)
{
	struct dwval v = { reg(c, op->u), 2, 0 };

	return v.e && retype(c, &v, op->type) && dwcomp_push(c, s, v);
}

static bool run_other(struct dwcomp *c, struct dwstate *s,
		      const struct dwop *op)
{
	switch (op->code) {
	case DW_OP_fbreg:
		return push_fbreg(c, s, op->s);
	case DW_OP_call_frame_cfa:
		return push_cfa(c, s);
	case DW_OP_entry_value:
		return push_entry(c, s, op);
	case DW_OP_const_type:
		return push_const(c, s, op);
	case DW_OP_regval_type:
		return push_regval(c, s, op);
	case DW_OP_form_tls_address:
		return dwcomp_fail(c, "it is thread-local");
	case DW_OP_implicit_pointer:
		return dwcomp_fail(c, "it points to something that was "
				      "optimised out");
	case DW_OP_push_object_address:
	case DW_OP_xderef:
	case DW_OP_xderef_size:
	case DLOC_LOST:
		return dwcomp_fail(c, "its location cannot be followed");
	default:
		return dwcomp_fail(c, DWCOMP_DAMAGED);
	}
}

bool dwcomp_run(struct dwcomp *c, struct dwstate *s, const struct dwop *op)
{
	struct sema *sm = sema_of(c);
	struct span at = c->env->at;
	uint8_t k = op->code;

	if (k >= DW_OP_lit0 && k <= DW_OP_lit31)
		return push(c, s, num(sm, at, k - DW_OP_lit0), 1);
	if (k >= DW_OP_breg0 && k <= DW_OP_breg31)
		return push_breg(c, s, k - DW_OP_breg0, op->s);
	switch (k) {
	case DW_OP_addr:
		return push_addr(c, s, op);
	case DW_OP_constu:
		return push(c, s, num(sm, at, (int64_t)op->u), 1);
	case DW_OP_consts:
		return push(c, s, num(sm, at, op->s), 1);
	case DW_OP_bregx:
		return push_breg(c, s, op->u, op->s);
	case DW_OP_dup:
	case DW_OP_drop:
	case DW_OP_over:
	case DW_OP_pick:
	case DW_OP_swap:
	case DW_OP_rot:
		return op_stack(c, s, op);
	case DW_OP_deref:
		return op_deref(c, s, 8, 0);
	case DW_OP_deref_size:
		return op_deref(c, s, op->u, 0);
	case DW_OP_deref_type:
		return op_deref(c, s, op->u, op->type);
	case DW_OP_convert:
	case DW_OP_reinterpret:
		return op_convert(c, s, op->type);
	case DW_OP_abs:
	case DW_OP_neg:
	case DW_OP_not:
		return op_unary(c, s, k);
	case DW_OP_plus_uconst:
		return push(c, s, num(sm, at, (int64_t)op->u), 1) &&
		       op_binary(c, s, DW_OP_plus);
	}
	if ((k >= DW_OP_and && k <= DW_OP_xor) ||
	    (k >= DW_OP_eq && k <= DW_OP_ne))
		return op_binary(c, s, k);
	return run_other(c, s, op);
}

struct ast_expr *dwcomp_reg(struct dwcomp *c, uint64_t n)
{
	return reg(c, n);
}
