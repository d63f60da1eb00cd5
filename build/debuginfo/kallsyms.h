/* SPDX-License-Identifier: GPL-2.0-only */
/* The compressed symbol table inside a kernel image: finding and unpacking it. */
#ifndef BUILD_DEBUGINFO_KALLSYMS_H
#define BUILD_DEBUGINFO_KALLSYMS_H

#include <stddef.h>

struct arena;
struct efile;
struct err;
struct ksym;

/**
 * kallsyms_unpack() - names, types and addresses in table order
 * @ret: array in @a with *n entries; size and flags are left 0
 * Return: 0, ERR_NOT_FOUND, ERR_FORMAT.
 */
int kallsyms_unpack(struct arena *a, const struct efile *f, struct ksym **ret,
		    size_t *n, struct err *e);

#endif
