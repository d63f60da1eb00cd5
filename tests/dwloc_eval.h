/* SPDX-License-Identifier: GPL-2.0-only */
/* What a tree of the location compiler gives, with made-up registers and memory. */
#ifndef TESTS_DWLOC_EVAL_H
#define TESTS_DWLOC_EVAL_H

#include "build/sema/ctx.h"
#include "build/sema/tree.h"

#include <string.h>

#define EVAL_SLIDE   0x5000000
#define EVAL_CPU     0x7000000000
#define EVAL_REG(n)  (0x1000100010001ull * ((n) + 1))
#define EVAL_MEM(at) ((uint64_t)(at) ^ 0x123456789abcdef0ull)

/* Memory is a function of the address: 8 bytes at any of them. */
static inline uint64_t eval_read(uint64_t at, uint8_t bytes)
{
	uint64_t v = EVAL_MEM(at);

	return bytes == 8 ? v : v & ((1ull << bytes * 8) - 1);
}

static int64_t eval(const struct sema *sm, const struct ast_expr *e);

static inline int64_t eval_binary(const struct sema *sm,
				  const struct ast_expr *e)
{
	int64_t x = eval(sm, e->a), y = eval(sm, e->b);
	uint64_t ux = (uint64_t)x, uy = (uint64_t)y;

	switch (e->op) {
	case OP_ADD:
		return (int64_t)(ux + uy);
	case OP_SUB:
		return (int64_t)(ux - uy);
	case OP_MUL:
		return (int64_t)(ux * uy);
	case OP_DIV:
		return y && y != -1 ? x / y : 0;
	case OP_MOD:
		return y && y != -1 ? x % y : 0;
	case OP_AND:
		return x & y;
	case OP_OR:
		return x | y;
	case OP_XOR:
		return x ^ y;
	case OP_SHL:
		return (int64_t)(ux << (y & 63));
	case OP_SHR:
		return x >> (y & 63);
	case OP_USHR:
		return (int64_t)(ux >> (y & 63));
	case OP_LT:
		return x < y;
	case OP_GT:
		return x > y;
	case OP_LE:
		return x <= y;
	case OP_GE:
		return x >= y;
	case OP_EQ:
		return x == y;
	case OP_NE:
		return x != y;
	default:
		abort();
	}
}

static int64_t eval(const struct sema *sm, const struct ast_expr *e)
{
	switch (e->kind) {
	case EX_NUMBER:
		return e->num;
	case EX_KNUM:
		return sm->nums.v[e->num];
	case EX_BINARY:
		return eval_binary(sm, e);
	case EX_UNARY:
		if (e->op == OP_PLUS)
			return eval(sm, e->a);
		return e->op == OP_NEG ? (int64_t) - (uint64_t)eval(sm, e->a)
				       : ~eval(sm, e->a);
	case EX_COND:
		return eval(sm, e->a) ? eval(sm, e->b) : eval(sm, e->c);
	case EX_KREAD: {
		unsigned int cut = 64 - e->access.bytes * 8;
		uint64_t v =
			eval_read((uint64_t)eval(sm, e->a), e->access.bytes);

		return e->access.is_signed ? (int64_t)(v << cut) >> cut
					   : (int64_t)v;
	}
	case EX_CALL:
		if (!strcmp(e->name, "__kregister"))
			return (int64_t)EVAL_REG(
				(uint64_t)eval(sm, e->args[0]));
		if (!strcmp(e->name, "__kaddr"))
			return eval(sm, e->args[0]) + EVAL_SLIDE;
		if (!strcmp(e->name, "__kaddr_cpu"))
			return eval(sm, e->args[0]) + EVAL_CPU;
		abort();
	default:
		abort(); /* not what a location is made of */
	}
}

#endif
