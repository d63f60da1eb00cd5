/* SPDX-License-Identifier: GPL-2.0-only */
/* The .xz part of a package, its blocks decoded side by side. */
#ifndef BUILD_KIT_XZ_H
#define BUILD_KIT_XZ_H

struct archive;
struct xz_reader;

/**
 * xz_reader_new() - decode the current entry of @outer, which is .xz
 * @threads: 0: one
 *
 * libarchive's own filter decodes one block after another; packagers' xz writes
 * blocks of 24 MB with their sizes, which need not wait for each other.
 * Return: for xz_reader_free(); never NULL.  Source: lzma/container.h, 5.4.
 */
struct xz_reader *xz_reader_new(struct archive *outer, unsigned int threads);
void xz_reader_free(struct xz_reader *x);

/**
 * xz_reader_open() - open @ar on what @x decodes; @x must outlive it
 *
 * Damage and truncation are errors of @ar, in words.
 * Return: as archive_read_open().
 */
int xz_reader_open(struct xz_reader *x, struct archive *ar);

#endif
