/* SPDX-License-Identifier: GPL-2.0-only */
/* The run-time limits a script is built with (features.md 1.14; -DNAME=VALUE). */
#ifndef BUILD_SEMA_LIMITS_H
#define BUILD_SEMA_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct limits {
#define LIMIT(field, name, dflt) int64_t field;
#include "build/sema/limits.def"
#undef LIMIT
};

/** limits_init() - the documented defaults */
void limits_init(struct limits *l);
/**
 * limits_set() - one "NAME=VALUE", or "NAME" for 1
 * Return: 0; ERR_NOT_FOUND when no limit has the name; ERR_INVALID for the value
 */
int limits_set(struct limits *l, const char *assignment, struct err *e);
/** limits_idle() - why that of "NAME=VALUE" has nothing to change here; NULL: it may */
const char *limits_idle(const char *assignment);
/** limits_known() - is the name of "NAME=VALUE" that of a limit? */
bool limits_known(const char *assignment);

#endif
