/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of a module's file, and where they will be when it is loaded. */
#ifndef BUILD_DEBUGINFO_MODFUNC_H
#define BUILD_DEBUGINFO_MODFUNC_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct efile;
struct err;

#define MODFUNC_FTRACE	  0x01 /* has an ftrace site at its entry */
#define MODFUNC_BLACKLIST 0x02 /* kprobes refuse it */
#define MODFUNC_INIT	  0x04 /* gone when the module has started */
#define MODFUNC_EXPORTED  0x08
#define MODFUNC_DUP	  0x10 /* the name occurs more than once */

/**
 * struct modfunc - one function
 * @off: bytes from the start of the module's text in memory; 0 for MODFUNC_INIT
 */
struct modfunc {
	const char *name;
	uint32_t off, size, flags;
};

/**
 * modfunc_read() - all functions of a .ko, sorted by (name, off)
 * @ret: array in @a, as are the names
 *
 * The loader puts a module's code sections one after the other, in the order and
 * alignment of the file: so the place of a function is known beforehand.
 * Return: 0 (also with *n == 0), ERR_FORMAT.
 * Source: layout_sections() of kernel/module.c (now kernel/module/main.c).
 */
int modfunc_read(struct arena *a, const struct efile *f, struct modfunc **ret,
		 size_t *n, struct err *e);

#endif
