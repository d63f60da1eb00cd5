/* SPDX-License-Identifier: GPL-2.0-only */
/* What one job makes of a file, or of a part of vmlinux: units and their tables. */
#ifndef BUILD_DWARF_DDOM_H
#define BUILD_DWARF_DDOM_H

#include "build/base/vec.h"
#include "build/dwarf/dtype.h"
#include "build/dwarf/pool.h"

struct dfile;
struct err;

/*
 * A domain: strings, expressions and types are numbered anew in each, in the
 * order they are met, so that what a job makes depends on its input alone.
 */

/** struct dd_func - a function of a unit; its strings are numbers in pstrs */
struct dd_func {
	uint32_t name, file, line, flags;
	uint32_t unit, off; /* off: as struct dx_ref */
};

/** struct dd_addr - a range of a concrete function (or, no body, of a unit) */
struct dd_addr {
	uint64_t lo, len;
	uint32_t unit, off;
};

/** struct dd_var - a variable at file scope */
struct dd_var {
	uint32_t name, file, line, unit, off;
};

/** struct dd_file - one of the files with lines in a unit */
struct dd_file {
	uint32_t file, unit;
};

/** struct dd_block - images of several units; bytes owned */
struct dd_block {
	uint8_t *p;
	size_t len;
};

/** struct dd_unit - one compilation unit; off, len within the block */
struct dd_unit {
	uint32_t name, lang;
	uint32_t block, off, len;
};

struct dd_counts {
	uint64_t bodies, inlined, vars, located, labels, calls, lines, scopes;
};

struct ddom {
	struct pool strs, exprs, typeref;
	struct pool protos, pstrs; /* pstrs: the strings of protos */
	struct dtypes types;
	VEC(struct dd_unit) units;
	VEC(struct dd_func) funcs;
	VEC(struct dd_addr) addrs;
	VEC(struct dd_var) vars;
	VEC(struct dd_file) files;
	VEC(struct dd_block) blocks;
	struct buf open_data; /* block being filled */
	size_t first_data;    /* unit from which on */
	struct dd_counts counts;
};

void ddom_init(struct ddom *d, const struct tindex *kernel,
	       const struct tindex *module);
void ddom_deinit(struct ddom *d);

/**
 * ddom_read() - read the units of @f that begin in [from, to) of .debug_info
 * @dir: as of dhandle_open()
 *
 * Return: 0, ERR_CORRUPT, ERR_LIMIT, ERR_NOT_FOUND; the text names file,
 * section and offset.
 */
int ddom_read(struct ddom *d, const struct dfile *f, const char *dir,
	      uint64_t from, uint64_t to, struct err *e);

/**
 * ddom_plan() - where to cut a file into parts of about @bytes of .debug_info
 * @ret: *n + 1 offsets for ddom_read(), from 0 to UINT64_MAX; caller frees, also
 *       after an error
 * Return: 0, ERR_CORRUPT.
 */
int ddom_plan(const struct dfile *f, const char *dir, uint64_t bytes,
	      uint64_t **ret, size_t *n, struct err *e);

#endif
