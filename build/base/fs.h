/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and directories of the builder; nothing is ever left half-written. */
#ifndef BUILD_BASE_FS_H
#define BUILD_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct err;

/** fs_read() - append a whole file to @b; ERR_LIMIT above @max bytes */
int fs_read(const char *path, struct buf *b, size_t max, struct err *e);

/**
 * fs_write_atomic() - write beside, fsync, rename: @path is old or new, never half
 */
int fs_write_atomic(const char *path, const void *p, size_t n,
		    unsigned int mode, struct err *e);

/**
 * fs_may_write() - would fs_write_atomic() begin?  Nothing stays behind
 * Return: 0, or what it would return.  The disk may still be full later.
 */
int fs_may_write(const char *path, struct err *e);

/** fs_write_scratch() - plain write of a private temporary file: no sync */
int fs_write_scratch(const char *path, const void *p, size_t n, struct err *e);

/** fs_mkdirs() - mkdir -p, mode 0755 */
int fs_mkdirs(const char *path, struct err *e);

/**
 * fs_tmpdir() - a fresh private directory under $TMPDIR or /tmp
 *
 * The name belongs to @a; fs_rmtree() it.  If the process is killed first, a
 * guard does (build/base/guard.h).
 */
char *fs_tmpdir(struct arena *a, const char *label, struct err *e);

/**
 * fs_dir_begin() - a fresh directory beside @dir, an absolute path, to become @dir
 *                  when it is complete
 * @ret: in @a; for fs_dir_end()
 */
int fs_dir_begin(struct arena *a, const char *dir, char **ret, struct err *e);

/**
 * fs_dir_end() - @tmp becomes @dir if @rc, of what filled it, is 0; else it is removed
 *
 * Where somebody else was quicker theirs stays: what is made so has its content for
 * its name.
 * Return: @rc, or ERR_IO.
 */
int fs_dir_end(const char *tmp, const char *dir, int rc, struct err *e);

/** fs_rmtree() - remove a directory and all below it; no error if absent */
int fs_rmtree(const char *path, struct err *e);

bool fs_exists(const char *path);

/**
 * fs_cache_dir() - where kits and objects live; owned by @a
 *
 * $TAP_CACHE, else $XDG_CACHE_HOME/tap, else $HOME/.cache/tap.
 */
char *fs_cache_dir(struct arena *a, const char *sub);

/** fs_map() - map a file read-only; caller munmap()s; ERR_TRUNCATED when empty */
int fs_map(const char *path, const void **ret, size_t *len, struct err *e);

#endif
