/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a relay that makes new files may make them. */
#ifndef RUNNER_FENCE_H
#define RUNNER_FENCE_H

#include <stdbool.h>
#include <stddef.h>

/* System calls: the same numbers on every machine, and not in every libc. */
#define FENCE_CREATE   444
#define FENCE_ADD      445
#define FENCE_RESTRICT 446

/**
 * fence() - from now on files are opened, made and removed only beneath some directories
 * @paths: @n names of files that come, as in -o: what holds them, up to the first part
 *         with a '%', is such a directory; NULL are left out
 *
 * Nothing can be read there, only written.  Without this a relay of root's with -S
 * could write any file of root's, without any capability.  Descriptors that are open stay.
 * Context: after priv_begin(), before confine() of a relay.
 * Return: false where the kernel has no Landlock (before 5.13, or not enabled).
 * Source: landlock(7).
 */
bool fence(const char *const *paths, size_t n);

#endif
