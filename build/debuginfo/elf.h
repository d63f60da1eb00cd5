/* SPDX-License-Identifier: GPL-2.0-only */
/* ELF files in memory: sections, symbols, build-id, modinfo; nothing is copied. */
#ifndef BUILD_DEBUGINFO_ELF_H
#define BUILD_DEBUGINFO_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

/**
 * struct efile_sect - one section
 * @data: its bytes, borrowed from the file; NULL for .bss-like and empty ones
 * @len: bytes at @data, or in memory when @data is NULL
 * @addr: link-time address (0 in .ko)
 * @flags, @align, @type, @link, @info: as in the section header (SHF_*, SHT_*)
 * @index: number in the section header table
 */
struct efile_sect {
	const char *name;
	const uint8_t *data;
	size_t len;
	uint64_t addr, flags, align;
	uint32_t type, link, info, index;
};

/**
 * struct efile - sections of one ELF file whose bytes are borrowed
 *
 * Only 64-bit little-endian files.  Invariant: every @sect lies in the input.
 * Owned: efile_close() frees.  @sect[i].index == i.
 */
struct efile {
	struct efile_sect *sect;
	size_t nsect;
	uint16_t type, machine; /* ET_*, EM_* */
	void *elf;		/* libelf's handle, private */
};

/**
 * efile_open() - read the section table of @n bytes at @p
 *
 * Bytes after the ELF file (x86 images append relocations) are ignored.
 * Return: 0, ERR_FORMAT, ERR_TRUNCATED, ERR_UNSUPPORTED (32-bit, big-endian).
 */
int efile_open(struct efile *ret, const void *p, size_t n, struct err *e);
void efile_close(struct efile *f);

/** efile_section() - first section called @name, or NULL */
const struct efile_sect *efile_section(const struct efile *f, const char *name);
/** efile_section_at() - the loaded section that holds @addr, or NULL */
const struct efile_sect *efile_section_at(const struct efile *f, uint64_t addr);
/** efile_bytes() - @len file bytes at link-time address @addr, or NULL */
const uint8_t *efile_bytes(const struct efile *f, uint64_t addr, size_t len);

/**
 * struct efile_sym - one symbol of .symtab
 * @sect: section index; SHN_UNDEF, SHN_ABS and SHN_COMMON as in <elf.h>
 * @bind, @type: STB_*, STT_*
 */
struct efile_sym {
	const char *name;
	uint64_t value, size;
	uint32_t sect;
	uint8_t bind, type;
};

/**
 * efile_symbols() - all named symbols in file order; array in @a, names borrowed
 * Return: 0 (also with *n == 0: stripped), ERR_FORMAT.
 */
int efile_symbols(const struct efile *f, struct arena *a,
		  struct efile_sym **ret, size_t *n, struct err *e);

/* SHA-1 is what ld writes; leave room for a 64-byte id. */
#define EFILE_BUILD_ID_MAX 129

/**
 * efile_build_id() - NT_GNU_BUILD_ID of any note section as lower-case hex
 * Return: true; false and "" when there is none.
 * Source: ELF note layout, gABI chapter 5 "Note Section".
 */
bool efile_build_id(const struct efile *f, char ret[EFILE_BUILD_ID_MAX]);

/**
 * efile_modinfo_next() - walk all "key=value" strings of .modinfo
 * @pos: 0 to start; moved past the string
 * Return: the string, or NULL at the end.
 */
const char *efile_modinfo_next(const struct efile *f, size_t *pos);

#endif
