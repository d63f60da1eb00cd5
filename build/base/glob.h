/* SPDX-License-Identifier: GPL-2.0-only */
/* Wildcards over many names. */
#ifndef BUILD_BASE_GLOB_H
#define BUILD_BASE_GLOB_H

#include <stdbool.h>

/** glob_match() - fnmatch() without flags; many times as fast where there is no "[" */
bool glob_match(const char *glob, const char *s);

#endif
