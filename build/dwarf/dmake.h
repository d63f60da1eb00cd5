/* SPDX-License-Identifier: GPL-2.0-only */
/* From packages and files with debug information to indexes beside their kits. */
#ifndef BUILD_DWARF_DMAKE_H
#define BUILD_DWARF_DMAKE_H

#include <stddef.h>

struct arena;
struct err;
struct kit_maker;

/**
 * dmake_index() - make the debug index of every kernel that @inputs are of
 * @inputs: packages, directories, or files with debug information
 * @ret: paths of the stored indexes, in @a
 *
 * Files belong to the stored kit that has a kernel or module of their build-id;
 * an index made before for that kernel is replaced.  What is in the inputs and
 * belongs to no kit is left out, unless its name says that it should have fitted.
 *
 * Return: 0, ERR_NOT_FOUND (no kit for any file), ERR_CORRUPT (a build-id that
 * does not fit; damaged debug information: file, section, offset), ERR_IO,
 * ERR_FORMAT, ERR_LIMIT.
 */
int dmake_index(struct arena *a, const struct kit_maker *m,
		const char *const *inputs, size_t n, const char ***ret,
		size_t *nret, struct err *e);

#endif
