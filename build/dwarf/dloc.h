/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a variable is: DWARF locations in one plain form. */
#ifndef BUILD_DWARF_DLOC_H
#define BUILD_DWARF_DLOC_H

#include "build/base/buf.h"
#include "build/dwarf/pool.h"

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Expressions in the index: one byte of opcode (of DWARF 5; GNU's older names
 * of the same are replaced), then its operands as LEB128, signed ones zigzag.
 * Different from DWARF:
 *
 *   addr                 8 bytes, little endian (also what was addrx)
 *   bra, skip            2 bytes: number of the operation to go on with
 *   entry_value          length, expression
 *   implicit_value       length, bytes
 *   convert, reinterpret size in bytes << 8 | DW_ATE_*; 0 = the generic type
 *   regval_type          register, then as convert
 *   deref_type           size, then as convert
 *   const_type           as convert, length, bytes
 *   implicit_pointer     offset; what it points to is not kept
 *   DLOC_LOST            stands for what cannot be followed: calls, values of
 *                        other variables; alone, for more than DLOC_MAX_OPS
 *                        operations (compilers write such for unrolled loops)
 */
#define DLOC_LOST 0xff

/* How a location is written: uleb of one of these, or DLOC_LIST + entries. */
enum dloc_kind {
	DLOC_NONE,  /* optimised out */
	DLOC_EXPR,  /* uleb number of an expression, valid in the whole scope */
	DLOC_CONST, /* zigzag value */
	DLOC_BYTES, /* uleb number of an "expression" that is the value's bytes */
	DLOC_LIST   /* entries: zigzag (begin - end before), uleb length (0: to
		       the end of the scope), uleb number of an expression */
};

/** struct dloc_scope - addresses a scope begins and ends at: most lists do too */
struct dloc_scope {
	uint64_t lo, hi;
};

#define DLOC_MAX_OPS 1024

/**
 * struct dloc_sect - bytes of a section; borrowed from libelf
 */
struct dloc_sect {
	const uint8_t *p;
	size_t len;
	const char *name;
};

/** dloc_section() - a section of @dw's file; nothing when there is none */
struct dloc_sect dloc_section(Dwarf *dw, const char *name);

/**
 * struct dloc_unit - what locations of one unit refer to
 * @lists, @addrs: sections of location lists and of addresses by number
 * @err: text of the last failure; @err_sect, @err_off: where
 */
struct dloc_unit {
	Dwarf *dw;
	uint64_t cu_off, low_pc, lists_base, addr_base;
	struct dloc_sect lists, addrs;
	uint8_t version, off_size, addr_size;
	bool is_split;
	const char *err, *err_sect;
	uint64_t err_off;
};

/** dloc_unit_init() - @cu: the unit; @skel: its skeleton (itself if not split) */
void dloc_unit_init(struct dloc_unit *u, Dwarf_Die *cu, Dwarf_Die *skel);

/**
 * dloc_attr() - append the location of @die to @out
 * @name: DW_AT_location or DW_AT_frame_base
 * @in: the scope: the first entry of a list counts from its begin
 * @exprs: receives the expressions
 *
 * A DW_AT_const_value is taken where there is no location.  libdw is not asked:
 * it gives up a whole list for one operation it does not know, such as GNU's
 * uninit.
 * Return: 0; -1: damaged, @u->err says how.
 * Source: DWARF 5 sections 2.5, 2.6, 7.7; DWARF 4 section 2.6.2.
 */
int dloc_attr(struct dloc_unit *u, Dwarf_Die *die, unsigned int name,
	      const struct dloc_scope *in, struct pool *exprs, struct buf *out);

/**
 * dloc_const() - the number that a DW_AT_const_value is
 *
 * What is written in as few bytes as it takes (DW_FORM_data1 and so on) is not
 * negative: compilers have signed forms for that, and readers cut off what the
 * object is too small for.  libdw's dwarf_formsdata() extends the sign.
 * Return: false: it is no number.
 */
bool dloc_const(Dwarf_Attribute *a, int64_t *ret);

/** dloc_expr() - one expression of @n bytes in the form above; 0, or -1 */
int dloc_expr(struct dloc_unit *u, const uint8_t *p, size_t n, struct buf *out);

#endif
