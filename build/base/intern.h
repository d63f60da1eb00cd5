/* SPDX-License-Identifier: GPL-2.0-only */
/* One copy of each name, kept until the program ends: compare with ==. */
#ifndef BUILD_BASE_INTERN_H
#define BUILD_BASE_INTERN_H

#include <stddef.h>

/**
 * intern() - the one pointer for the text of @s
 *
 * Return: never NULL; lives as long as the process.  The table is the process
 * lifetime of spec/style.md section 6 and is not locked: call from one thread.
 */
const char *intern(const char *s);
/** intern_n() - the same for @n bytes at @p (no NUL among them) */
const char *intern_n(const char *p, size_t n);

#endif
