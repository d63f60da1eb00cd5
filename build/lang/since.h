/* SPDX-License-Identifier: GPL-2.0-only */
/* --compatible: which version of the language a source is written in. */
#ifndef BUILD_LANG_SINCE_H
#define BUILD_LANG_SINCE_H

#include <stdbool.h>
#include <stdint.h>

struct diags;
struct span;
struct src;

enum since {
#define SINCE(name, major, minor, what) SINCE_##name,
#include "build/lang/since.def"
#undef SINCE
	SINCE_COUNT,
	SINCE_EVER = SINCE_COUNT,
};

/** since_version() - src.version for "MAJOR.MINOR"; NULL: the newest */
uint32_t since_version(const char *compatible);
/** since_has() - has the language of @s this?  NULL is of the newest version */
bool since_has(const struct src *s, enum since f);
/** since_check() - since_has() for what stands at @at; reports that it has not */
bool since_check(struct diags *d, const struct span *at, enum since f);

#endif
