// SPDX-License-Identifier: GPL-2.0-only
/* DWARF expressions, checked and written again in the form of the index. */
#include "build/dwarf/dloc_priv.h"
#include "build/dwarf/enc.h"

#include <dwarf.h>
#include <string.h>

#ifndef DW_OP_GNU_uninit
#define DW_OP_GNU_uninit 0xf0
#endif

/* What follows an opcode. */
enum operand {
	O_BAD,
	O_NONE,
	O_DROP, /* the operation says nothing about the place */
	O_U1,
	O_S1,
	O_U2,
	O_S2,
	O_U4,
	O_S4,
	O_U8,
	O_S8,
	O_U,
	O_S,
	O_UU,
	O_US,
	O_ADDR,
	O_INDEX,  /* of .debug_addr: an address */
	O_CINDEX, /* of .debug_addr: a constant */
	O_JUMP,
	O_NEST,
	O_BLOCK,
	O_TYPE,
	O_RTYPE, /* uleb, type */
	O_DTYPE, /* byte, type */
	O_CTYPE,
	O_PTR,
	O_LOST2,
	O_LOST4,
	O_LOSTREF
};

/* as: the opcode that is written; 0 the same.  DWARF 5 table 7.9. */
static const struct {
	uint8_t operand, as;
} forms[256] = {
	[DW_OP_addr] = { O_ADDR, 0 },
	[DW_OP_deref] = { O_NONE, 0 },
	[DW_OP_const1u] = { O_U1, DW_OP_constu },
	[DW_OP_const1s] = { O_S1, DW_OP_consts },
	[DW_OP_const2u] = { O_U2, DW_OP_constu },
	[DW_OP_const2s] = { O_S2, DW_OP_consts },
	[DW_OP_const4u] = { O_U4, DW_OP_constu },
	[DW_OP_const4s] = { O_S4, DW_OP_consts },
	[DW_OP_const8u] = { O_U8, DW_OP_constu },
	[DW_OP_const8s] = { O_S8, DW_OP_consts },
	[DW_OP_constu] = { O_U, 0 },
	[DW_OP_consts] = { O_S, 0 },
	[DW_OP_dup... DW_OP_over] = { O_NONE, 0 },
	[DW_OP_pick] = { O_U1, 0 },
	[DW_OP_swap... DW_OP_plus] = { O_NONE, 0 },
	[DW_OP_plus_uconst] = { O_U, 0 },
	[DW_OP_shl... DW_OP_xor] = { O_NONE, 0 },
	[DW_OP_bra] = { O_JUMP, 0 },
	[DW_OP_eq... DW_OP_ne] = { O_NONE, 0 },
	[DW_OP_skip] = { O_JUMP, 0 },
	[DW_OP_lit0... DW_OP_lit31] = { O_NONE, 0 },
	[DW_OP_reg0... DW_OP_reg31] = { O_NONE, 0 },
	[DW_OP_breg0... DW_OP_breg31] = { O_S, 0 },
	[DW_OP_regx] = { O_U, 0 },
	[DW_OP_fbreg] = { O_S, 0 },
	[DW_OP_bregx] = { O_US, 0 },
	[DW_OP_piece] = { O_U, 0 },
	[DW_OP_deref_size] = { O_U1, 0 },
	[DW_OP_xderef_size] = { O_U1, 0 },
	[DW_OP_nop] = { O_DROP, 0 },
	[DW_OP_push_object_address] = { O_NONE, 0 },
	[DW_OP_call2] = { O_LOST2, DLOC_LOST },
	[DW_OP_call4] = { O_LOST4, DLOC_LOST },
	[DW_OP_call_ref] = { O_LOSTREF, DLOC_LOST },
	[DW_OP_form_tls_address] = { O_NONE, 0 },
	[DW_OP_call_frame_cfa] = { O_NONE, 0 },
	[DW_OP_bit_piece] = { O_UU, 0 },
	[DW_OP_implicit_value] = { O_BLOCK, 0 },
	[DW_OP_stack_value] = { O_NONE, 0 },
	[DW_OP_implicit_pointer] = { O_PTR, 0 },
	[DW_OP_addrx] = { O_INDEX, DW_OP_addr },
	[DW_OP_constx] = { O_CINDEX, DW_OP_constu },
	[DW_OP_entry_value] = { O_NEST, 0 },
	[DW_OP_const_type] = { O_CTYPE, 0 },
	[DW_OP_regval_type] = { O_RTYPE, 0 },
	[DW_OP_deref_type] = { O_DTYPE, 0 },
	[DW_OP_convert] = { O_TYPE, 0 },
	[DW_OP_reinterpret] = { O_TYPE, 0 },
	[DW_OP_GNU_uninit] = { O_DROP, 0 },
	[DW_OP_GNU_push_tls_address] = { O_NONE, DW_OP_form_tls_address },
	[DW_OP_GNU_implicit_pointer] = { O_PTR, DW_OP_implicit_pointer },
	[DW_OP_GNU_entry_value] = { O_NEST, DW_OP_entry_value },
	[DW_OP_GNU_const_type] = { O_CTYPE, DW_OP_const_type },
	[DW_OP_GNU_regval_type] = { O_RTYPE, DW_OP_regval_type },
	[DW_OP_GNU_deref_type] = { O_DTYPE, DW_OP_deref_type },
	[DW_OP_GNU_convert] = { O_TYPE, DW_OP_convert },
	[DW_OP_GNU_reinterpret] = { O_TYPE, DW_OP_reinterpret },
	[DW_OP_GNU_parameter_ref] = { O_LOST4, DLOC_LOST },
	[DW_OP_GNU_addr_index] = { O_INDEX, DW_OP_addr },
	[DW_OP_GNU_const_index] = { O_CINDEX, DW_OP_constu },
	[DW_OP_GNU_variable_value] = { O_LOSTREF, DLOC_LOST },
};

/* One expression while it is read. */
struct expr {
	struct dloc_unit *u;
	struct cur c;
	struct buf *out;
	int depth;
	size_t nops, njumps;
	uint32_t op_off[DLOC_MAX_OPS + 1]; /* where operations began */
	struct {
		uint32_t to;
		size_t at; /* in out */
	} jump[DLOC_MAX_OPS / 2];
};

static int write_expr(struct dloc_unit *u, const uint8_t *p, size_t n,
		      struct buf *out, int depth);

/* The base type at @off of the unit; 0 is the generic type. */
static int write_type(struct expr *x, uint64_t off)
{
	Dwarf_Attribute a;
	Dwarf_Word size = 0, enc = 0;
	Dwarf_Die die;

	if (off) {
		if (!dwarf_offdie(x->u->dw, x->u->cu_off + off, &die))
			return -1;
		if (dwarf_attr(&die, DW_AT_byte_size, &a))
			dwarf_formudata(&a, &size);
		if (dwarf_attr(&die, DW_AT_encoding, &a))
			dwarf_formudata(&a, &enc);
	}
	enc_u(x->out, size << 8 | (enc & 0xff));
	return 0;
}

bool dloc_addrx(const struct dloc_unit *u, uint64_t i, uint64_t *ret)
{
	if (!u->addrs.p || u->addr_base > u->addrs.len ||
	    i >= (u->addrs.len - u->addr_base) / 8)
		return false;
	memcpy(ret, u->addrs.p + u->addr_base + i * 8, 8);
	return true;
}

static int write_index(struct expr *x, bool is_addr)
{
	uint64_t v;

	if (!dloc_addrx(x->u, cur_uleb(&x->c), &v))
		return -1;
	if (is_addr)
		buf_add(x->out, &v, sizeof(v));
	else
		enc_u(x->out, v);
	return 0;
}

/* Jumps count bytes from behind the operand. */
static int write_jump(struct expr *x)
{
	int16_t by = (int16_t)cur_le16(&x->c);
	int64_t to = (int64_t)cur_off(&x->c) + by;
	const size_t max = sizeof(x->jump) / sizeof(x->jump[0]);

	if (x->njumps == max || to < 0)
		return -1;
	x->jump[x->njumps].to = (uint32_t)to;
	x->jump[x->njumps++].at = x->out->len;
	buf_zero(x->out, 2);
	return 0;
}

static int patch_jumps(struct expr *x)
{
	size_t i, k;

	x->op_off[x->nops] = (uint32_t)cur_off(&x->c);
	for (i = 0; i < x->njumps; i++) {
		for (k = 0; k <= x->nops; k++)
			if (x->op_off[k] == x->jump[i].to)
				break;
		if (k > x->nops)
			return -1;
		memcpy(x->out->p + x->jump[i].at, &(uint16_t){ (uint16_t)k },
		       2);
	}
	return 0;
}

static int write_nested(struct expr *x)
{
	uint64_t n = cur_uleb(&x->c);
	const uint8_t *p = cur_take(&x->c, n);
	struct buf b = BUF_INIT;
	int rc = p && x->depth < 2 ? write_expr(x->u, p, n, &b, x->depth + 1)
				   : -1;

	enc_u(x->out, b.len);
	buf_add(x->out, b.p, b.len);
	buf_deinit(&b);
	return rc;
}

static int write_bytes(struct expr *x, uint64_t n)
{
	const uint8_t *p = cur_take(&x->c, n);

	if (!p)
		return -1;
	enc_u(x->out, n);
	buf_add(x->out, p, n);
	return 0;
}

static int lost(struct expr *x, size_t n)
{
	return cur_take(&x->c, n) ? 0 : -1;
}

static int write_addr(struct expr *x)
{
	uint64_t v = x->u->addr_size == 4 ? cur_le32(&x->c) : cur_le64(&x->c);

	buf_add(x->out, &v, sizeof(v));
	return 0;
}

/* Operands that are more than numbers. */
static int write_special(struct expr *x, enum operand o)
{
	size_t ref = x->u->version < 3 ? x->u->addr_size : x->u->off_size;

	switch (o) {
	case O_ADDR:
		return write_addr(x);
	case O_INDEX:
	case O_CINDEX:
		return write_index(x, o == O_INDEX);
	case O_JUMP:
		return write_jump(x);
	case O_NEST:
		return write_nested(x);
	case O_BLOCK:
		return write_bytes(x, cur_uleb(&x->c));
	case O_TYPE:
		return write_type(x, cur_uleb(&x->c));
	case O_RTYPE:
		enc_u(x->out, cur_uleb(&x->c));
		return write_type(x, cur_uleb(&x->c));
	case O_DTYPE:
		enc_u(x->out, cur_u8(&x->c));
		return write_type(x, cur_uleb(&x->c));
	case O_CTYPE:
		if (write_type(x, cur_uleb(&x->c)) < 0)
			return -1;
		return write_bytes(x, cur_u8(&x->c));
	case O_PTR:
		if (lost(x, ref) < 0)
			return -1;
		enc_s(x->out, cur_sleb(&x->c));
		return 0;
	case O_LOST2:
		return lost(x, 2);
	case O_LOST4:
		return lost(x, 4);
	case O_LOSTREF:
		return lost(x, ref);
	default:
		return -1;
	}
}

static int write_operand(struct expr *x, enum operand o)
{
	struct cur *c = &x->c;

	switch (o) {
	case O_NONE:
	case O_DROP:
		break;
	case O_U1:
		enc_u(x->out, cur_u8(c));
		break;
	case O_S1:
		enc_s(x->out, (int8_t)cur_u8(c));
		break;
	case O_U2:
		enc_u(x->out, cur_le16(c));
		break;
	case O_S2:
		enc_s(x->out, (int16_t)cur_le16(c));
		break;
	case O_U4:
		enc_u(x->out, cur_le32(c));
		break;
	case O_S4:
		enc_s(x->out, (int32_t)cur_le32(c));
		break;
	case O_U8:
		enc_u(x->out, cur_le64(c));
		break;
	case O_S8:
		enc_s(x->out, (int64_t)cur_le64(c));
		break;
	case O_UU:
		enc_u(x->out, cur_uleb(c));
		enc_u(x->out, cur_uleb(c));
		break;
	case O_US:
		enc_u(x->out, cur_uleb(c));
		enc_s(x->out, cur_sleb(c));
		break;
	case O_U:
		enc_u(x->out, cur_uleb(c));
		break;
	case O_S:
		enc_s(x->out, cur_sleb(c));
		break;
	default:
		return write_special(x, o);
	}
	return 0;
}

static int bad(struct dloc_unit *u, const char *what)
{
	if (!u->err)
		u->err = what;
	return -1;
}

static int write_expr(struct dloc_unit *u, const uint8_t *p, size_t n,
		      struct buf *out, int depth)
{
	struct expr x; /* large: only what is used is set */
	size_t begin;

	x.u = u;
	x.c = cur_init(p, n);
	x.out = out;
	x.depth = depth;
	x.nops = x.njumps = 0;
	begin = out->len;
	while (cur_left(&x.c)) {
		size_t at = cur_off(&x.c);
		uint8_t op = cur_u8(&x.c);

		if (x.nops == DLOC_MAX_OPS) {
			out->len = begin;
			buf_addc(out, (char)DLOC_LOST);
			return 0;
		}
		if (forms[op].operand == O_BAD)
			return bad(u, "unknown operation in an expression");
		x.op_off[x.nops] = (uint32_t)at;
		if (forms[op].operand != O_DROP) {
			buf_addc(out, (char)(forms[op].as ? forms[op].as : op));
			x.nops++;
		}
		if (write_operand(&x, forms[op].operand) < 0 || !cur_ok(&x.c))
			return bad(u, "bad operand in an expression");
	}
	return patch_jumps(&x) < 0 ? bad(u, "jump to no operation") : 0;
}

int dloc_expr(struct dloc_unit *u, const uint8_t *p, size_t n, struct buf *out)
{
	return write_expr(u, p, n, out, 0);
}
