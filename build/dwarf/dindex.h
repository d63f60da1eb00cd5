/* SPDX-License-Identifier: GPL-2.0-only */
/* From what the jobs made to the bytes of a debug index. */
#ifndef BUILD_DWARF_DINDEX_H
#define BUILD_DWARF_DINDEX_H

#include "build/dwarf/ddom.h"
#include "build/dwarf/dfile.h"

struct arena;
struct btfv;
struct buf;
struct err;

/**
 * struct dbin - vmlinux or a module, read
 * @name: "vmlinux" or the module's name; @sect: copied from its dfile
 * @base: BTF the type ids count on from: next id, and bytes of strings before
 */
struct dbin {
	const char *name, *build_id;
	struct dfile_sect *sect;
	size_t nsect;
	struct ddom *dom;
	size_t ndom;
	uint32_t first_type, type_strings;
};

/**
 * dindex_write() - the whole file, in the form of a kit
 * @bin: sorted: vmlinux first, then by name
 * @btf: the kernel's types, over which vmlinux's were looked up
 * @jobs: threads that compress
 *
 * The bytes of units are let go on the way.
 * Return: 0, ERR_LIMIT.
 */
int dindex_write(struct arena *a, const char *release, const char *build_id,
		 const struct btfv *btf, struct dbin *bin, size_t nbin,
		 unsigned int jobs, struct buf *out, char id[65],
		 struct err *e);

/** dindex_set_base() - type ids of @b go on behind those of @v (NULL: none) */
void dindex_set_base(struct dbin *b, const struct btfv *v);

#endif
