/* SPDX-License-Identifier: GPL-2.0-only */
/* Between dloc.c (lists) and dloc_expr.c (expressions). */
#ifndef BUILD_DWARF_DLOC_PRIV_H
#define BUILD_DWARF_DLOC_PRIV_H

#include "build/dwarf/dloc.h"

/* Address number @i of .debug_addr. */
bool dloc_addrx(const struct dloc_unit *u, uint64_t i, uint64_t *ret);

#endif
