/* SPDX-License-Identifier: GPL-2.0-only */
/* A module's file that did not come with a kernel. */
#ifndef BUILD_KIT_MODFILE_H
#define BUILD_KIT_MODFILE_H

#include <stddef.h>

struct arena;
struct err;
struct kit_func;

/**
 * struct modfile - what a .ko says of itself
 * @name: as in /proc/modules; @release: of the kernel it is for, or ""
 * @funcs: as kit_module_funcs() has them
 */
struct modfile {
	const char *name, *release;
	const struct kit_func *funcs;
	size_t nfuncs;
};

/**
 * modfile_read() - read the module at @path, compressed or not; all of it in @a
 * Return: 0, ERR_IO, ERR_FORMAT, ERR_CORRUPT, ERR_LIMIT.
 */
int modfile_read(struct arena *a, const char *path, struct modfile *ret,
		 struct err *e);

#endif
