/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a function's frame is at each address: the CFA rules of .debug_frame. */
#ifndef BUILD_DWARF_DCFI_H
#define BUILD_DWARF_DCFI_H

#include "build/base/vec.h"
#include "build/dwarf/dloc.h"

#include <elfutils/libdw.h>
#include <stdint.h>

/** struct dcfi_row - in [lo, hi) the frame is at register @reg + @off */
struct dcfi_row {
	uint64_t lo, hi;
	uint32_t reg;
	int64_t off;
};

struct dcfi_fde {
	uint64_t lo, hi;
	uint32_t cie, instr, end; /* offsets in the section */
};

/** struct dcfi - the section of one file, its entries sorted by address */
struct dcfi {
	struct dloc_sect sect;
	VEC(struct dcfi_fde) fde;
	VEC(struct dcfi_row) row;
};

/**
 * dcfi_open() - read the table of entries; the caller dcfi_close()s
 *
 * What is damaged is left out, as is what begins behind it: frames are a help,
 * a variable that needs one says that it is not known.
 */
void dcfi_open(struct dcfi *c, Dwarf *dw);
void dcfi_close(struct dcfi *c);

/**
 * dcfi_rows() - append to @c->row what holds in [lo, hi), in order
 *
 * Rules that are expressions are left out, and so is what follows damage.
 * Source: DWARF 5 section 6.4.
 */
void dcfi_rows(struct dcfi *c, uint64_t lo, uint64_t hi);

#endif
