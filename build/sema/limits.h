/* SPDX-License-Identifier: GPL-2.0-only */
/* The run-time limits a script is built with (features.md 1.14; -DNAME=VALUE). */
#ifndef BUILD_SEMA_LIMITS_H
#define BUILD_SEMA_LIMITS_H

#include <stdint.h>

struct err;

struct limits {
#define LIMIT(field, name, dflt) int64_t field;
#include "build/sema/limits.def"
#undef LIMIT
};

/** limits_init() - the documented defaults */
void limits_init(struct limits *l);
/** limits_set() - one "NAME=VALUE"; ERR_INVALID for an unknown name or bad value */
int limits_set(struct limits *l, const char *assignment, struct err *e);

#endif
