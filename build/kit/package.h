/* SPDX-License-Identifier: GPL-2.0-only */
/* Distribution packages, unpacked into a private directory; nothing is installed. */
#ifndef BUILD_KIT_PACKAGE_H
#define BUILD_KIT_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

/* What no kernel package reaches; larger ones are refused. */
#define PACKAGE_MAX_ENTRIES 600000
#define PACKAGE_MAX_BYTES   ((uint64_t)8 << 30)

/**
 * package_unpack_all() - unpack .deb, .rpm and tar files into @root
 * @root: existing empty private directory
 * @jobs: packages unpacked at once, 0 = one per CPU
 *
 * Only what a kit needs is written: headers, kbuild scripts and tools, images,
 * configurations, modules, and (into @root/.libs) the C library and libelf with
 * what they need, for tools newer than this machine.  No absolute path, no
 * "..", nothing but files, directories and relative symbolic links that stay
 * inside; links are made after every file of every package is written, so no
 * file can be written through one.
 *
 * Return: 0, ERR_IO, ERR_FORMAT (not a package, or holds nothing of a kernel),
 * ERR_TRUNCATED, ERR_LIMIT.
 */
int package_unpack_all(const char *const *files, size_t n, const char *root,
		       unsigned int jobs, struct err *e);

/**
 * struct package_visitor - reads the files of a package that are of use
 * @wants: is the file at @path (below the root) asked for?
 * @take: gets a file's bytes, from malloc, which it owns from then on; may end
 *        the reading with an error
 */
struct package_visitor {
	bool (*wants)(void *arg, const char *path);
	int (*take)(void *arg, const char *path, uint8_t *p, size_t n,
		    struct err *e);
	void *arg;
};

/**
 * package_visit() - read a .deb, .rpm or tar file from one end to the other
 *
 * Nothing is written: debug information is gigabytes, used once.
 * Return: 0, or as package_unpack_all(), or what @take returned.
 */
int package_visit(const char *file, const struct package_visitor *v,
		  struct err *e);

#endif
