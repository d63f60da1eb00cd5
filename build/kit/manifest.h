/* SPDX-License-Identifier: GPL-2.0-only */
/* Manifests: which kernels are wanted, and where their packages come from. */
#ifndef BUILD_KIT_MANIFEST_H
#define BUILD_KIT_MANIFEST_H

#include "build/kit/flags.h"

#include <stddef.h>

struct arena;
struct err;

/**
 * struct suite - one stanza: a private apt configuration and kernels from it
 * @name: of the directory with its lists
 * @sources: "ARCHIVE SUITE COMPONENT…" each
 * @kernels: extended regular expressions for releases
 * @with: extra packages
 */
struct suite {
	const char *name;
	struct words sources, kernels, with;
};

/**
 * struct manifest - a parsed file
 * @archives: "NAME URI" each, for archives this machine's apt does not know
 */
struct manifest {
	struct words archives;
	struct suite *v;
	size_t n, cap;
};

/**
 * manifest_read() - parse a file; everything is in @a
 *
 * Strict: known keys only, stanzas begin with "apt:", every stanza has a source
 * and a kernel.  Regular expressions are checked.
 * Return: 0, ERR_IO, ERR_FORMAT ("FILE:LINE: …").
 */
int manifest_read(struct arena *a, const char *path, struct manifest *ret,
		  struct err *e);

#endif
