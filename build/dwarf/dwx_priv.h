/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that read a debug index. */
#ifndef BUILD_DWARF_DWX_PRIV_H
#define BUILD_DWARF_DWX_PRIV_H

#include "build/base/arena.h"
#include "build/dwarf/dwx.h"
#include "build/dwarf/format.h"
#include "build/dwarf/ptrmap.h"
#include "bundle/base/cur.h"

/** struct dwx_raw - an unpacked blob; belongs to the index */
struct dwx_raw {
	const uint8_t *p;
	size_t n;
};

/** struct dwx_dom - a domain's tables, checked */
struct dwx_dom {
	struct dwx_raw raw;
	const uint8_t *str, *type, *proto;
	uint32_t *expr; /* offsets, one more than there are */
	uint32_t nstr, ntype, nexpr, nproto;
	const uint8_t *expr_p;
	bool is_ready;
};

/**
 * struct dwx_proto - a function as it is declared, of whichever units
 * @bytes: all of it; @vars: where in them its variables begin
 * @name: NULL until something was asked for
 * @var: NULL until a variable was
 */
struct dwx_proto {
	struct dwx_expr bytes;
	const char *name, *linkage, *file;
	uint32_t line, flags, type, vars;
	struct dwx_var *var;
	size_t nvars;
};

/**
 * struct dwx_list - a frame of things of different length; @off: one more
 * @proto: of a frame of protos
 */
struct dwx_list {
	const uint8_t *p;
	uint32_t *off, n;
	struct dwx_proto *proto;
	bool is_tried;
};

/** struct dwx_sym - a variable at file scope whose name no other place has */
struct dwx_sym {
	const char *name;
	uint64_t at;
};

struct dwx_dir {
	struct dwx *x;
	const struct dx_bin *bin;
	struct dwx_raw raw;
	struct dx_dir h;
	struct dwx_dom *dom;
	struct ptrmap units; /* those that were asked for */
	struct dwx_sym *sym; /* by place; NULL until one is asked for */
	size_t nsym;
};

/** struct dwx_unit - a unit's image, taken apart; belongs to its directory */
struct dwx_unit {
	struct dwx_dom *dom;
	uint64_t base;
	uint32_t *proto; /* of the domain */
	size_t nprotos;
	struct cur bodies, insts, vars, lines;
};

int dwx_bad(const struct dwx_dir *d, const char *what, struct err *e);
const char *dwx_str(const struct dwx_dir *d, uint32_t i);
/** dwx_row() - row @i of a table; zeros where there is none, or it is damaged */
const void *dwx_row(const struct dwx_dir *d, enum dx_table t, uint64_t i);
int dwx_load_dom(struct dwx_dir *d, uint32_t i, struct dwx_dom **ret,
		 struct err *e);
int dwx_load_unit(struct dwx_dir *d, uint32_t i, const struct dwx_unit **ret,
		  struct err *e);

/* Strings, types, expressions of a domain; "", 0, nothing when there is none. */
const char *dwx_dom_str(const struct dwx_dir *d, const struct dwx_dom *m,
			uint64_t i);
uint32_t dwx_dom_type(const struct dwx_dom *m, uint64_t i);
struct dwx_expr dwx_dom_expr(const struct dwx_dom *m, uint64_t i);

/** dwx_proto() - proto @i of @m, its bytes at least; NULL when it is not there */
struct dwx_proto *dwx_proto(struct dwx_dir *d, const struct dwx_dom *m,
			    uint32_t i);

/* A location; a list's entries count from @in->lo, up to @in->hi. */
struct dwx_loc dwx_read_loc(struct cur *c, const struct dwx_dom *m,
			    const struct dwx_range *in, struct arena *a);

#endif
