/* SPDX-License-Identifier: GPL-2.0-only */
/* One compilation unit: from DIEs to its image in the index. */
#ifndef BUILD_DWARF_DUNIT_H
#define BUILD_DWARF_DUNIT_H

#include "build/base/buf.h"
#include "build/base/vec.h"
#include "build/dwarf/dcfi.h"
#include "build/dwarf/dcol.h"
#include "build/dwarf/dline.h"
#include "build/dwarf/dloc.h"
#include "build/dwarf/ptrmap.h"

#include <elfutils/libdw.h>

struct ddom;
struct err;

struct du_proto {
	uint32_t id, name, file, line, flags; /* id: in the domain */
	uint32_t path; /* as @file, in the domain's other strings */
};

/**
 * struct du - state while one unit is read; used again for the next
 * @cfi: of the file the units are in, once @has_cfi
 * @vars: DIE of a parameter or local -> proto << 32 | number
 */
struct du {
	struct ddom *d;
	const char *file;
	Dwarf_Die cu;
	struct ptrmap protos, vars;
	VEC(struct du_proto) proto;
	VEC(struct dcol_inst) inst;
	struct dlines lines;
	struct dloc_unit loc;
	struct dcfi cfi;
	bool has_cfi;
	struct buf bb, ib, vb;
	uint64_t base;
	uint32_t unit, ordinal, body, main_file;
	struct dloc_scope in; /* the scope being read */
	uint32_t owner;	      /* proto whose variables are being read */
};

void du_init(struct du *u, struct ddom *d, const char *file);
void du_deinit(struct du *u);

/**
 * du_read() - read a unit into @u->d
 * @cu: its DIE; @skel: the DIE with its line table (the same unless split)
 * Return: 0, ERR_CORRUPT, ERR_LIMIT.
 */
int du_read(struct du *u, Dwarf_Die *cu, Dwarf_Die *skel, struct err *e);

/* ---- between dunit.c and dscope.c ------------------------------------------- */

int du_bad(const struct du *u, Dwarf_Die *die, const char *what, struct err *e);
/** du_loc() - dloc_attr() with its error */
int du_loc(struct du *u, Dwarf_Die *die, unsigned int name, struct buf *out,
	   struct err *e);
/** du_first() - 1: *child is set; 0: there is none; or an error */
int du_first(struct du *u, Dwarf_Die *die, Dwarf_Die *child, struct err *e);
int du_next(struct du *u, Dwarf_Die *die, struct err *e);
/** du_proto() - number of the function @die (an abstract one or its own) */
int du_proto(struct du *u, Dwarf_Die *die, uint32_t *ret, struct err *e);
uint32_t du_type(struct du *u, Dwarf_Die *die);
/**
 * du_ranges() - addresses of @die as the format has them; none: *ret is @parent
 * @from: what the first begin counts from
 */
int du_ranges(struct du *u, Dwarf_Die *die, uint64_t from,
	      const struct dloc_scope *parent, struct buf *out,
	      struct dloc_scope *ret, unsigned int *n, struct err *e);
/** du_scope() - what is in @die: variables, labels, calls, nested scopes */
int du_scope(struct du *u, Dwarf_Die *die, struct buf *out, int depth,
	     struct err *e);

#endif
