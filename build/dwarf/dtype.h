/* SPDX-License-Identifier: GPL-2.0-only */
/* DWARF types as BTF ids: found in the kernel's own BTF, or added beside it. */
#ifndef BUILD_DWARF_DTYPE_H
#define BUILD_DWARF_DTYPE_H

#include "build/base/vec.h"
#include "build/dwarf/pool.h"
#include "build/dwarf/ptrmap.h"

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

struct btfv;
struct buf;

/**
 * struct tindex - types of one BTF blob by what they are
 *
 * Read-only once made, so threads share it.  tindex_deinit() frees.
 */
struct tindex {
	const struct btfv *b;
	uint32_t *head, *next;
	uint32_t mask;
};

void tindex_init(struct tindex *t, const struct btfv *b);
void tindex_deinit(struct tindex *t);

/* A type is a BTF id, or, with this bit, a number in dtypes.x. */
#define DTYPE_ADDED 0x80000000u

/** struct dtype_memb - member, enumerator (val) or parameter of an added type */
struct dtype_memb {
	uint32_t name, type, bit_off, bits;
	int64_t val;
};

/**
 * struct dtype - one added type
 * @kind: BTF_KIND_*
 * @name: number in dtypes.names
 * @arg: ARRAY: elements; FWD: 1 for a union; INT: encoding; ENUM: 1 when signed
 */
struct dtype {
	uint32_t kind, name, size, ref, arg;
	uint32_t first, n; /* in dtypes.m */
};

struct dtype_todo {
	uint32_t id;
	Dwarf_Die die;
};

/**
 * struct dtypes - types met while reading one file or a part of it
 * @in: blobs to look into, @in[0] first; borrowed
 * @strict: members are compared even where name and size name one type only
 *          (files whose own types @in does not have)
 */
struct dtypes {
	const struct tindex *in[2];
	size_t nin;
	bool strict;
	struct pool keys, names;
	VEC(struct dtype) x;
	VEC(struct dtype_memb) m;
	struct ptrmap memo; /* DIE -> type */
	unsigned int depth;
	VEC(struct dtype_todo) todo; /* members to be read yet */
};

void dtypes_init(struct dtypes *d, const struct tindex *kernel,
		 const struct tindex *module);
void dtypes_deinit(struct dtypes *d);
/** dtypes_unit() - forget what was learnt of single DIEs: another unit begins */
void dtypes_unit(struct dtypes *d);
/** dtypes_of() - the DW_AT_type of @die; 0 (void) when it has none */
uint32_t dtypes_of(struct dtypes *d, Dwarf_Die *die);

/**
 * dtypes_merge() - take the added types of @from over
 * @map: @from->x.n entries, set to the types they became
 */
void dtypes_merge(struct dtypes *d, const struct dtypes *from, uint32_t *map);

/** dtypes_write() - the added types as split BTF over @base; ids begin at @first */
void dtypes_write(const struct dtypes *d, uint32_t first, uint32_t strings,
		  struct buf *out);

#endif
