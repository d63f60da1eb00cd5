/* SPDX-License-Identifier: GPL-2.0-only */
/* Where things are in an unpacked or installed kernel. */
#ifndef BUILD_KIT_KTREE_H
#define BUILD_KIT_KTREE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

/**
 * struct ktree - absolute paths of one kernel's parts; strings in the arena
 * @release: UTS_RELEASE of its headers, what uname -r says
 * @headers: configured tree (include/generated, .config, Module.symvers)
 * @common: sources of the headers and Makefile; may be @headers itself
 * @kbuild: directory with scripts/ and tools/ when they are a package of their
 *          own, else @headers
 * @image: vmlinuz or vmlinux
 * @system_map, @modules: or NULL
 * @libs: directory with a loader and libraries that came along, or NULL
 * @is_private: below a directory of ours, so that tools may be replaced
 */
struct ktree {
	const char *release, *headers, *common, *kbuild;
	const char *config, *symvers, *image, *system_map, *modules, *libs;
	const char *machine; /* uname -m */
	const char *srcarch; /* "x86" */
	const char
		*wanted_cc; /* compiler the headers name: "gcc-12", or NULL */
	bool is_private;
};

/**
 * ktree_find() - all kernels below @root, sorted by release; array in @a
 * @root: "/" of an installed system, or an unpacked one
 * @is_private: see struct ktree
 *
 * A kernel is a configured header tree.  One without an image is an error that
 * names the missing package; so is an image without headers when nothing else
 * is found.
 * Return: 0, ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED (machine).
 */
int ktree_find(struct arena *a, const char *root, bool is_private,
	       struct ktree **ret, size_t *n, struct err *e);

#endif
