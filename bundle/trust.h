/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that decide what a host does: only root may have written them. */
#ifndef BUNDLE_TRUST_H
#define BUNDLE_TRUST_H

#include <stddef.h>

struct err;
struct stat;

/**
 * trust_owner() - does it belong to root or to the effective user, and may
 *                 nobody else write it?
 * @what: its path, for messages
 *
 * Return: 0, -BERR_CONFIG with the command that helps.
 */
int trust_owner(const struct stat *st, const char *what, struct err *e);

#define TRUST_PATH_MAX 255 /* of trust_way() */

/**
 * trust_way() - is every directory above @path one that trust_owner() accepts?
 * @path: absolute, at most TRUST_PATH_MAX bytes
 *
 * Who may write one could put another directory of root's in place of the next.
 * In one with the sticky bit only its owner can.  A name that is not there is
 * left to whoever opens @path.
 * Return: 0, -BERR_CONFIG (unsafe, a symbolic link).
 */
int trust_way(const char *path, struct err *e);

/**
 * trust_open_dir() - open a directory that trust_owner() accepts
 *
 * No name of its path may be a symbolic link.
 * Return: a descriptor of the caller's, -BERR_CONFIG (unsafe, such a link,
 * no directory), ERR_NOT_FOUND, ERR_IO.
 */
int trust_open_dir(const char *dir, struct err *e);

/**
 * trust_read_at() - read a whole regular file that trust_owner() accepts
 * @dirfd: where @name is; AT_FDCWD for the current directory
 * @path: the same file, for messages
 * @buf: @cap bytes
 *
 * Symbolic links are refused.
 * Return: number of bytes, -BERR_CONFIG (unsafe, larger than @cap),
 * ERR_NOT_FOUND, ERR_IO.
 */
long trust_read_at(int dirfd, const char *name, const char *path, char *buf,
		   size_t cap, struct err *e);

#endif
