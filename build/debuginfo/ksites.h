/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a kernel can be probed: ftrace sites, kprobe blacklist. */
#ifndef BUILD_DEBUGINFO_KSITES_H
#define BUILD_DEBUGINFO_KSITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct btfv;
struct efile;
struct err;
struct ksym;
struct ksyms;

/**
 * ksites_ftrace() - link-time addresses of all ftrace sites, sorted, unique
 * @ret: array in @a; *n == 0 when the kernel has none (no CONFIG_DYNAMIC_FTRACE)
 *
 * A site is where the call to __fentry__ stood: the function's address, or 4
 * bytes on where functions start with endbr64.  Sites in init text are included.
 * Return: 0, ERR_FORMAT.
 */
int ksites_ftrace(struct arena *a, const struct efile *f, const struct ksyms *s,
		  uint64_t **ret, size_t *n, struct err *e);

/** ksites_at_entry() - the site that belongs to the entry of @fn, or 0 */
uint64_t ksites_at_entry(const uint64_t *sites, size_t n,
			 const struct ksym *fn);

/**
 * ksites_reserved() - instructions that kprobes refuse to replace: link-time
 *                     addresses, sorted; array in @a
 * @types: the kernel's own: the layout of its tables
 *
 * Those of BUG() and WARN(), of static branches and static calls.  Modules have
 * tables of their own.
 * Return: 0, ERR_FORMAT.  Source: kernel/kprobes.c check_kprobe_address_safe().
 */
int ksites_reserved(struct arena *a, const struct efile *f,
		    const struct ksyms *s, const struct btfv *types,
		    uint64_t **ret, size_t *n, struct err *e);

/** ksites_begins_reserved() - is the first instruction of @fn, or that after its
 * endbr64, among the @sites of ksites_reserved()? */
bool ksites_begins_reserved(const uint64_t *sites, size_t n,
			    const struct efile *f, const struct ksym *fn);

/** struct ksites_range - [start, end), link-time addresses */
struct ksites_range {
	uint64_t start, end;
};

/**
 * ksites_blacklist() - what kprobes refuse: ranges, sorted, merged; array in @a
 *
 * From the _kprobe_blacklist table (whole functions) and from the entry,
 * kprobes and noinstr text ranges.
 * Return: 0, ERR_FORMAT.  Source: kernel/kprobes.c populate_kprobe_blacklist(),
 * arch/x86/kernel/kprobes/core.c arch_populate_kprobe_blacklist().
 */
int ksites_blacklist(struct arena *a, const struct efile *f,
		     const struct ksyms *s, struct ksites_range **ret,
		     size_t *n, struct err *e);

/** ksites_in() - is @addr inside one of the sorted ranges? */
bool ksites_in(const struct ksites_range *r, size_t n, uint64_t addr);

#endif
