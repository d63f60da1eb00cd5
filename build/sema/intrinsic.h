/* SPDX-License-Identifier: GPL-2.0-only */
/* Script functions that the runtime implements in C (runtime/gen.h). */
#ifndef BUILD_SEMA_INTRINSIC_H
#define BUILD_SEMA_INTRINSIC_H

#include "build/lang/ast.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IN_MAXARGS 4

enum {
	IN_PURE = 1,   /* no side effect: a call whose value is unused may go */
	IN_FAILS = 2,  /* may raise a run-time error */
	IN_GROUPS = 4, /* its value is of the last =~, whose groups are kept */
	IN_GURU = 8,   /* a script must have -g; the library need not */
	IN_REGS = 16,  /* reads the registers of the probed place */
	IN_MEMORY = 32, /* writes memory, of the kernel or a process */
	IN_RETURN =
		64, /* changes arguments, result or verdict of what is probed */
};

/**
 * struct intrinsic - one name and number of arguments
 * @cname: C function; long result: s64 f(ctx, args…); string result:
 *         void f(ctx, dst, size, args…)
 * @type: TY_LONG, TY_STRING; TY_UNKNOWN = no value (the C function still
 *        returns s64)
 */
struct intrinsic {
	const char *name, *cname;
	enum ty type;
	unsigned int nargs;
	enum ty arg[IN_MAXARGS];
	uint32_t flags;
};

/** intrinsic_find() - by name and number of arguments, or NULL */
const struct intrinsic *intrinsic_find(const char *name, size_t nargs);
/** intrinsic_any() - first one called @name, or NULL */
const struct intrinsic *intrinsic_any(const char *name);
/**
 * intrinsic_call() - a call of one, with @nargs arguments of type ast_expr *
 * @name: static, and there is such an intrinsic
 */
struct ast_expr *intrinsic_call(struct arena *a, struct span at,
				const char *name, unsigned int nargs, ...);
/** intrinsic_flags() - of all that C function @cname implements; 0 for others */
uint32_t intrinsic_flags(const char *cname);
/** intrinsic_at() - the @i-th of the table, NULL at the end */
const struct intrinsic *intrinsic_at(size_t i);

#endif
