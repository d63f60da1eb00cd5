/* SPDX-License-Identifier: GPL-2.0-only */
/* Compiler command lines: from a kbuild log to lists of flags. */
#ifndef BUILD_KIT_FLAGS_H
#define BUILD_KIT_FLAGS_H

#include "build/base/vec.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/** struct words - strings of an arena; v is NULL-terminated by words_end() */
struct words {
	const char **v;
	size_t n, cap;
};

void words_add(struct arena *a, struct words *w, const char *s);
/** words_end() - terminate with NULL (not counted) and return the array */
const char *const *words_end(struct arena *a, struct words *w);
bool words_has(const struct words *w, const char *s);

/**
 * flags_split() - words of one line of shell, quotes and backslashes resolved
 *
 * Stops before the first unquoted ; & | < > or newline; *pos moves behind it, so
 * that calling again gives the next command.  No expansion of any kind.
 * Return: false when the line is used up (and no word was added).
 * Source: POSIX.1-2017 XCU 2.2 "Quoting".
 */
bool flags_split(struct arena *a, const char *line, size_t len, size_t *pos,
		 struct words *ret);

/**
 * flags_headers() - flags for C that includes kernel headers (runtime, facts)
 * @recorded: kbuild's command for a module, argv[0] included
 * @cwd: directory kbuild ran it in: relative -I become absolute
 *
 * Drops output names, tracing, sanitizers, the stack protector, debug
 * information and warnings; keeps everything else in order.
 */
void flags_headers(struct arena *a, const struct words *recorded,
		   const char *cwd, struct words *ret);

/**
 * flags_abi() - flags for generated C, which includes no kernel header
 *
 * What changes code or layout, in one canonical spelling and order, so that
 * kernels with the same ABI get equal lists.
 */
void flags_abi(struct arena *a, const struct words *recorded,
	       struct words *ret);

#endif
