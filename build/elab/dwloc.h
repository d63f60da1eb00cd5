/* SPDX-License-Identifier: GPL-2.0-only */
/* Locations of variables, as the debug index has them, to expressions. */
#ifndef BUILD_ELAB_DWLOC_H
#define BUILD_ELAB_DWLOC_H

#include "build/base/src.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ast_expr;
struct dwplace;
struct dwx_dir;
struct dwx_loc;
struct sema;

/**
 * struct dwloc_env - where a location is asked for
 * @dir: file of the index the variable is in; NULL: one whose addresses are linked
 * @local, @local_at: a static variable in a function, and its address: see
 *                    dwloc_set_local()
 * @pl: the place in code, or NULL: only what has a fixed address can be had
 */
struct dwloc_env {
	struct sema *sm;
	struct span at; /* of the variable in the script */
	struct dwx_dir *dir;
	const struct dwplace *pl;
	const char *local;
	uint64_t local_at;
};

/** dwloc_set_local() - what is asked for is variable @name of a scope, at @loc */
void dwloc_set_local(struct dwloc_env *env, const char *name,
		     const struct dwx_loc *loc);

/**
 * struct dwpart - some bytes of an object: [off, off + bytes)
 * @e: DWPART_MEM: address of the part; DWPART_VALUE: its bits, from bit @shift of
 *     a long on
 * @why: DWPART_LOST: what became of it
 */
struct dwpart {
	enum { DWPART_LOST, DWPART_VALUE, DWPART_MEM } kind;
	uint64_t off, bytes;
	uint32_t shift;
	struct ast_expr *e;
	const char *why;
};

/**
 * struct dwloc - where an object is, in the order of its bytes
 *
 * The last part may reach beyond the object: its size is not known here.
 */
struct dwloc {
	struct dwpart *part;
	size_t nparts;
};

#define DWLOC_WHOLE UINT64_MAX /* bytes of an only part */

/**
 * dwloc_compile() - what @loc says at @env->pl
 * @ret, @why: belong to @env->sm->a; @why says in a few words what is in the way
 *
 * The trees may be used once each: who uses a part again clones it.
 * Return: false with *@why; a variable of which something is left is true.
 * Source: DWARF 5 sections 2.5 and 2.6; build/dwarf/dloc.h for the bytes.
 */
bool dwloc_compile(const struct dwloc_env *env, const struct dwx_loc *loc,
		   struct dwloc *ret, const char **why);

/**
 * dwloc_bits() - a scalar out of an object
 * @lo, @n: first bit and number of bits, n <= 64
 * Return: a long in @env->sm->a; NULL with *@why when a part of it is lost.
 */
struct ast_expr *dwloc_bits(const struct dwloc_env *env, const struct dwloc *l,
			    uint64_t lo, uint32_t n, bool is_signed,
			    const char **why);

/** dwloc_address() - address of byte @off, NULL when it is not in memory */
struct ast_expr *dwloc_address(const struct dwloc_env *env,
			       const struct dwloc *l, uint64_t off);

/** dwloc_narrow() - the low @bits of @e, extended; @e itself for 64 */
struct ast_expr *dwloc_narrow(struct sema *sm, struct ast_expr *e,
			      uint32_t bits, bool is_signed);

/** dwloc_data() - run-time address of the kernel's data at link-time @addr */
struct ast_expr *dwloc_data(struct sema *sm, struct span at, uint64_t addr);

#endif
