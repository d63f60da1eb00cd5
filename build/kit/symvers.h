/* SPDX-License-Identifier: GPL-2.0-only */
/* Module.symvers: what a kernel and its modules export. */
#ifndef BUILD_KIT_SYMVERS_H
#define BUILD_KIT_SYMVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

/** struct export - one exported symbol; @module "vmlinux" or "fs/xfs/xfs" */
struct export
{
	const char *name, *module;
	uint32_t crc;
	bool gpl_only;
};

struct symvers {
	struct export *v; /* sorted by name, first of equal names kept */
	size_t n, cap;
};

/**
 * symvers_read() - parse a Module.symvers; strings in @a
 * Return: 0, ERR_IO, ERR_FORMAT (with line number).
 * Source: Documentation/kbuild/modules.rst section 6.3
 */
int symvers_read(struct arena *a, const char *path, struct symvers *ret,
		 struct err *e);
const struct export *symvers_find(const struct symvers *s, const char *name);

#endif
