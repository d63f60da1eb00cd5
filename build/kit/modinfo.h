/* SPDX-License-Identifier: GPL-2.0-only */
/* A module's own name and what it depends on, by libkmod. */
#ifndef BUILD_KIT_MODINFO_H
#define BUILD_KIT_MODINFO_H

#include <stddef.h>

struct arena;
struct efile;
struct err;

/**
 * modinfo_read() - name= and depends= of a module
 * @f: the sections of @ko
 * @ko: the @n bytes of the module, not compressed
 * @name, @deps: in arena @a; NULL where the module does not say
 *
 * libkmod opens files only, and only those whose compression it was built
 * with: it gets those of the unpacked bytes that it wants, as a file in memory.
 * Any thread may call.
 *
 * Return: 0, ERR_CORRUPT (libkmod cannot read it), ERR_TRUNCATED, ERR_IO.
 */
int modinfo_read(struct arena *a, const struct efile *f, const void *ko,
		 size_t n, const char **name, const char **deps, struct err *e);

#endif
