/* SPDX-License-Identifier: GPL-2.0-only */
/* Line tables: libdw's rows, and the rows of the index. */
#ifndef BUILD_DWARF_DLINE_H
#define BUILD_DWARF_DLINE_H

#include "build/base/vec.h"
#include "build/dwarf/pool.h"
#include "build/dwarf/ptrmap.h"

#include <elfutils/libdw.h>
#include <stdint.h>

#define DLINE_STMT     1 /* DX_LINE_STMT: a good place for a breakpoint */
#define DLINE_END      2 /* DX_LINE_END: first address behind a sequence */
#define DLINE_PROLOGUE 4 /* the prologue ends here; not in the index */

/** struct drow - one row; @file: number in the domain's strings */
struct drow {
	uint64_t addr;
	uint32_t line, file;
	uint32_t flags;
};

/**
 * struct dlines - rows of one unit by address; dlines_deinit() frees
 * @paths: libdw's file names already made canonical
 */
struct dlines {
	VEC(struct drow) row;
	struct ptrmap paths;
	const char *comp_dir;
};

/**
 * dlines_path() - number of a file name as the index has it
 *
 * Below the directory of compilation it is relative to that; without "." and
 * ".." as far as that can be said without looking.
 */
uint32_t dlines_path(struct dlines *l, struct pool *strs, const char *path);

/**
 * dlines_decl_file() - file that @die is declared in, as libdw names it, or NULL
 *
 * libdw's own dwarf_decl_file() asserts that there is a table of files.
 */
const char *dlines_decl_file(Dwarf_Die *die);

/**
 * dlines_read() - all rows of the unit @cu
 * Return: 0; -1: libdw does not understand the table (dwarf_errmsg(-1)).
 */
int dlines_read(struct dlines *l, struct pool *strs, Dwarf_Die *cu);

/**
 * dlines_prologue_end() - where the code of the body of a function begins
 * @entry: its first address; @end: first address that is not its
 *
 * The row that says so, else the first one of another line than the entry's;
 * @entry itself when there is none.
 */
uint64_t dlines_prologue_end(const struct dlines *l, uint64_t entry,
			     uint64_t end);

/** dlines_write() - the rows as the index has them; @base: of the unit */
void dlines_write(const struct dlines *l, uint64_t base, struct buf *out);

void dlines_clear(struct dlines *l);
void dlines_deinit(struct dlines *l);

#endif
