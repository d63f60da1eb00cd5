/* SPDX-License-Identifier: GPL-2.0-only */
/* One file with debug information: checked, unpacked, relocated, ready for libdw. */
#ifndef BUILD_DWARF_DFILE_H
#define BUILD_DWARF_DFILE_H

#include "build/debuginfo/elf.h"

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

struct err;

/* Where the first section of a relocatable file is laid: not 0, which means
 * "discarded" in some tables. */
#define DFILE_BASE 0x10000
/* Where symbols of other files are laid: no section is there. */
#define DFILE_ELSEWHERE ((uint64_t)1 << 62)

/**
 * struct dfile_sect - one allocated section of a relocatable file
 * @base: address it was given, @size: in bytes
 */
struct dfile_sect {
	const char *name;
	uint64_t base, size;
};

/**
 * struct dfile - a file; dfile_close() frees
 * @sect: sorted by base; empty when the file has link-time addresses
 * @has_dwarf: is there a .debug_info at all?
 */
struct dfile {
	const char *name;
	uint8_t *bytes,
		*image; /* the file; what libdw sees (may be the same) */
	size_t len, image_len;
	struct efile f;
	char build_id[EFILE_BUILD_ID_MAX];
	struct dfile_sect *sect;
	size_t nsect;
	uint64_t *base; /* by section number */
	bool has_dwarf, is_mapped, is_open;
};

/**
 * dfile_open() - identify a file; takes over @bytes
 * @name: for messages; borrowed as long as the dfile lives
 * @bytes: from malloc, or a private writable mapping (@is_mapped); freed or
 *         unmapped by dfile_close(), also when this fails
 *
 * Sets build_id, has_dwarf and the sections only; dfile_prepare() does the rest.
 * Return: 0, ERR_FORMAT, ERR_TRUNCATED, ERR_UNSUPPORTED.
 */
int dfile_open(struct dfile *ret, const char *name, uint8_t *bytes, size_t len,
	       bool is_mapped, struct err *e);

/**
 * dfile_prepare() - unpack compressed sections and apply relocations
 *
 * Addresses of a relocatable file then are those of dfile.sect.
 * Return: 0, ERR_CORRUPT, ERR_FORMAT, ERR_LIMIT, ERR_UNSUPPORTED; the text
 * names file, section and offset.
 * Source: gABI "Section compression"; psABI x86-64 table 4.9, AArch64 ELF 5.7.
 */
int dfile_prepare(struct dfile *f, struct err *e);

void dfile_close(struct dfile *f);

/**
 * struct dhandle - one reader's own libdw handle: libdw may be used by several
 * threads only when each has its own
 */
struct dhandle {
	Elf *elf;
	Dwarf *dw, *alt;
	int alt_fd;
};

/**
 * dhandle_open() - open libdw over a prepared file
 * @dir: directory of the file, to find .gnu_debugaltlink's file; or NULL
 * Return: 0, ERR_CORRUPT (libdw's words), ERR_NOT_FOUND (the alternate file).
 */
int dhandle_open(struct dhandle *ret, const struct dfile *f, const char *dir,
		 struct err *e);
void dhandle_close(struct dhandle *h);

#endif
