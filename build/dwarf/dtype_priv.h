/* SPDX-License-Identifier: GPL-2.0-only */
/* Between dtype.c, which finds types, and dtype_add.c, which keeps the others. */
#ifndef BUILD_DWARF_DTYPE_PRIV_H
#define BUILD_DWARF_DTYPE_PRIV_H

#include "build/dwarf/dtype.h"

#define DTYPE_PARAMS 64

/* attribute @name as a number, @other when it has none */
uint64_t dtype_udata(Dwarf_Die *die, unsigned int name, uint64_t other);
bool dtype_has_children(Dwarf_Die *die, Dwarf_Die *first);
bool dtype_first_member(Dwarf_Die *die, Dwarf_Die *m);
bool dtype_next_member(Dwarf_Die *m);
/* bit at which a member begins; *bits: its width if it is a bit-field */
uint64_t dtype_member_bit(Dwarf_Die *m, uint64_t *bits);
int64_t dtype_enum_value(Dwarf_Die *m);

/* PTR, CONST, …, TYPEDEF, FWD, ARRAY (@arg elements) */
uint32_t dtype_add_ref(struct dtypes *d, uint32_t kind, const char *name,
		       uint32_t ref, uint32_t arg);
uint32_t dtype_add_base(struct dtypes *d, uint32_t kind, const char *name,
			uint32_t size, uint32_t encoding);
uint32_t dtype_add_proto(struct dtypes *d, uint32_t ret, const uint32_t *type,
			 uint32_t n);
/* without members; *is_new: dtype_fill_composite() must follow */
uint32_t dtype_add_composite(struct dtypes *d, uint32_t kind, Dwarf_Die *die,
			     uint32_t size, bool *is_new);
void dtype_fill_composite(struct dtypes *d, uint32_t id, Dwarf_Die *die);

#endif
