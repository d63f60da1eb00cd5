/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of the index: tables and images written as columns, compressed. */
#ifndef BUILD_DWARF_DCOL_H
#define BUILD_DWARF_DCOL_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * A frame, packed: u n; n × { u bytes, u packed bytes }; then these, each a zstd
 * frame, or as it is where both are equal.  Numbers of one meaning stand together
 * in a column, and many as the difference from what was to be expected: that makes
 * half of what compressing the rows as they stand would.  format.h has the rows.
 */

/** enum dcol_kind - what a frame holds */
enum dcol_kind {
	DCOL_PLAIN, /* bytes: strings, types */
	DCOL_UNITS,
	DCOL_DOMS,
	DCOL_DIRS,
	DCOL_PROTOS,
	DCOL_ROWS /* + enum dx_table: rows of that table of a directory */
};

/** struct dcol_inst - a place of inlining; @body: offset in the unit's bodies */
struct dcol_inst {
	uint32_t proto, body, ordinal;
};

/** dcol_sort() - by proto, body, ordinal */
void dcol_sort(struct dcol_inst *v, size_t n);
/**
 * dcol_add_instance() - write those of one function
 * @i: the first of them, of @n sorted ones
 * Return: the first of the next function.
 */
size_t dcol_add_instance(const struct dcol_inst *v, size_t i, size_t n,
			 struct buf *out);

/**
 * dcol_pack() - append a frame of @len bytes to @out
 * Return: what it is: @kind, or DCOL_PLAIN where that would not give back the bytes.
 */
uint32_t dcol_pack(uint32_t kind, const uint8_t *p, size_t len,
		   struct buf *out);

/**
 * dcol_unpack() - a frame's bytes; never writes behind @len, whatever @p says
 * Return: 0; -1: damaged, or not @len bytes.
 */
int dcol_unpack(uint32_t kind, const uint8_t *p, size_t n, uint8_t *out,
		size_t len);

/** dcol_name() - what column @i of a frame has, for people; NULL: there is none */
const char *dcol_name(uint32_t kind, size_t i);

#endif
