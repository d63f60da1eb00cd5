/* SPDX-License-Identifier: GPL-2.0-only */
/* The runtime, compiled once for one kernel. */
#ifndef BUILD_KIT_RTOBJ_H
#define BUILD_KIT_RTOBJ_H

#include <stddef.h>

struct arena;
struct buf;
struct err;
struct export;
struct facts;
struct recipe;
struct symvers;

/**
 * rtobj_build() - module.c of the runtime and the kernel's constant sections
 * @runtime: directory of its sources; they include "runtime/…" from above it
 * @obj: appended to: a relocatable object, no debug information, no paths
 * @undef, @n: what it needs from the kernel, sorted by name; array in @a
 *
 * Symbols that the script object or the module glue define start with "taprt_"
 * or are __this_module; anything else must be exported by the kernel.
 * Return: 0, ERR_TOOL (with the first error line), ERR_NOT_FOUND (no runtime, or
 * the kernel does not export what it needs).
 */
int rtobj_build(struct arena *a, const char *runtime, const struct recipe *r,
		const struct facts *facts, const struct symvers *sv,
		const char *scratch, struct buf *obj,
		const struct export ***undef, size_t *n, struct err *e);

#define RTOBJ_ID_LEN 16

/**
 * rtobj_source_id() - name of the runtime's sources by content, hex digits
 *
 * A kit remembers it: with other sources, the kit is out of date.
 * Return: 0, ERR_IO, ERR_NOT_FOUND (no runtime there).
 */
int rtobj_source_id(struct arena *a, const char *runtime,
		    char id[RTOBJ_ID_LEN + 1], struct err *e);

#endif
