/* SPDX-License-Identifier: GPL-2.0-only */
/* The runtime, compiled once for one kernel: its core, and its parts. */
#ifndef BUILD_KIT_RTOBJ_H
#define BUILD_KIT_RTOBJ_H

#include "build/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct export;
struct facts;
struct recipe;
struct rtcc;
struct symvers;

#define RTOBJ_MAX      64 /* one bit each */
#define RTOBJ_NAME_MAX 24

/**
 * struct rtobj - one object of the runtime; the first is the core
 * @file: its source, below the runtime's directory
 * @obj: relocatable, no debug information, no paths; rtobj_deinit() frees it
 * @needs: bits of the objects it cannot do without, itself included
 * @hooks: it defines taprt_part_NAME (runtime/core/part.h)
 * @def: global symbols it defines; @undef: what it needs from the kernel, sorted
 *   by name
 */
struct rtobj {
	const char *name, *file;
	struct buf obj;
	uint64_t needs;
	bool hooks;
	const char **def;
	const struct export **undef;
	size_t ndef, nundef;
};

struct rtobjs {
	struct rtobj *v;
	size_t n;
};

/**
 * rtobj_build() - module.c of the runtime with the kernel's constant sections, and
 *                 each part of its parts.def
 * @cc: after rtcc_init(); gets kc_config.h from @facts
 * @ret: in @a but for the bytes; for rtobj_deinit() also after an error
 *
 * Symbols that the script object or the module glue define start with "taprt_"
 * or are __this_module; anything else must be exported by the kernel.
 * Return: 0, ERR_TOOL (with the first error line), ERR_NOT_FOUND (no runtime, or
 * the kernel does not export what it needs), ERR_FORMAT (parts.def).
 */
int rtobj_build(struct arena *a, const struct rtcc *cc, const struct recipe *r,
		const struct facts *facts, const struct symvers *sv,
		struct rtobjs *ret, struct err *e);
void rtobj_deinit(struct rtobjs *l);

/**
 * rtobj_resolve() - read the symbols of all objects: who needs whom, and what
 * Return: 0, ERR_NOT_FOUND (nobody has it), ERR_FORMAT.
 */
int rtobj_resolve(struct arena *a, struct rtobjs *l, const struct symvers *sv,
		  struct err *e);

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
