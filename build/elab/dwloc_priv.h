/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the two halves of the location compiler. */
#ifndef BUILD_ELAB_DWLOC_PRIV_H
#define BUILD_ELAB_DWLOC_PRIV_H

#include "build/dwarf/dwx.h"
#include "build/elab/dwloc.h"

#define DWCOMP_STACK	32
#define DWCOMP_NODES	256  /* of one value */
#define DWCOMP_STEPS	2048 /* operations run, over all ways */
#define DWCOMP_BRANCHES 16
#define DWCOMP_DAMAGED	"the debug information is damaged here"

/** struct dwop - an operation, its operands taken apart as dloc.h has them */
struct dwop {
	uint8_t code;
	uint64_t u;
	int64_t s;
	uint64_t type;
	const uint8_t *p; /* bytes, or a nested expression */
	size_t n;
};

/** struct dwval - @nodes of @e, about; @type: size << 8 | DW_ATE_*, 0 = generic */
struct dwval {
	struct ast_expr *e;
	uint32_t nodes, type;
};

/** struct dwstate - one way through an expression */
struct dwstate {
	struct dwval st[DWCOMP_STACK];
	size_t n;
};

/**
 * struct dwcomp - one expression being compiled
 * @why: the first failure, or NULL
 */
struct dwcomp {
	const struct dwloc_env *env;
	struct dwop *op;
	size_t nops;
	unsigned int steps, depth, branches;
	const char *why;
};

/** dwcomp_decode() - take @x apart; false: damaged */
bool dwcomp_decode(struct dwcomp *c, struct dwx_expr x);
/** dwcomp_value() - all of an expression; its last value */
bool dwcomp_value(struct dwcomp *c, struct dwstate *s, struct dwval *ret);
/** dwcomp_run() - one operation that is no jump and ends no part */
bool dwcomp_run(struct dwcomp *c, struct dwstate *s, const struct dwop *op);
/** dwcomp_reg() - a register's value; NULL and @c->why when it is not to be had */
struct ast_expr *dwcomp_reg(struct dwcomp *c, uint64_t n);

/**
 * dwloc_module_data() - where module data at @addr of the index is; or NULL
 * @as_value: as a pointer to it: of per-CPU data not where this CPU has it
 */
struct ast_expr *dwloc_module_data(struct dwcomp *c, uint64_t addr,
				   bool as_value);

/** dwcomp_fail() - false; the first reason stays */
bool dwcomp_fail(struct dwcomp *c, const char *why);
bool dwcomp_push(struct dwcomp *c, struct dwstate *s, struct dwval v);
bool dwcomp_pop(struct dwcomp *c, struct dwstate *s, struct dwval *v);

#endif
