/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel symbols, decoded from an image's own kallsyms tables or a System.map. */
#ifndef BUILD_DEBUGINFO_KSYM_H
#define BUILD_DEBUGINFO_KSYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct efile;
struct err;

#define KSYM_TEXT 0x01 /* a function: in an executable section, not in .data */
#define KSYM_INIT 0x02 /* in an .init or .exit section: gone after boot */
#define KSYM_ABS  0x04 /* in no section: absolute, or x86 per-cpu offset */

/**
 * struct ksym - one symbol
 * @addr: link-time address; per-cpu symbols of x86 before 6.15 are small offsets
 * @size: bytes to the next higher symbol of the section (or its end); 0 for ABS.
 *        Symbols at one address have the same size.
 * @type: nm(1) letter as kallsyms has it; decide "function" by @flags instead
 *        (kernels from 7.x flag .data executable, so data has a T there)
 * @flags: KSYM_*
 */
struct ksym {
	const char *name;
	uint64_t addr;
	uint32_t size;
	char type;
	uint8_t flags;
};

/**
 * struct ksyms - all symbols of one kernel, memory in the caller's arena
 * @v: sorted by address, ties in the table's own order
 * @byname: indexes into @v, sorted by (name, index)
 */
struct ksyms {
	struct ksym *v;
	uint32_t *byname;
	size_t n;
};

/**
 * ksym_decode() - from the kallsyms tables of a vmlinux ELF (symtab not needed)
 *
 * Tables are found by structure, and accepted only if the markers agree with
 * the names and _text or _stext is the address of .text.
 * Return: 0, ERR_NOT_FOUND (no tables), ERR_FORMAT, ERR_UNSUPPORTED.
 * Source: kernel/kallsyms.c and scripts/kallsyms.c, table layouts of 2.6.18…7.3.
 */
int ksym_decode(struct arena *a, const struct efile *f, struct ksyms *ret,
		struct err *e);

/**
 * ksym_from_system_map() - from the text of a System.map
 * @f: the same kernel's ELF, for sections; NULL guesses flags from the letters
 *
 * Return: 0, ERR_NOT_FOUND (a stub: no address lines), ERR_FORMAT.
 */
int ksym_from_system_map(struct arena *a, const void *text, size_t n,
			 const struct efile *f, struct ksyms *ret,
			 struct err *e);

/** ksym_find() - first symbol by address called @name, or NULL */
const struct ksym *ksym_find(const struct ksyms *s, const char *name);
/** ksym_find_index() - position in byname of the first @name; s->n if none */
size_t ksym_find_index(const struct ksyms *s, const char *name);
/** ksym_at() - the first symbol of the highest address at or below @addr */
const struct ksym *ksym_at(const struct ksyms *s, uint64_t addr);

#endif
