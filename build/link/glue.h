/* SPDX-License-Identifier: GPL-2.0-only */
/* The per-target object: module data, version CRCs, points, numbers, strings. */
#ifndef BUILD_LINK_GLUE_H
#define BUILD_LINK_GLUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct kit;
struct program;

/**
 * struct glue_spec - what one module needs beside its script object
 * @module: module name, at most 55 bytes (struct module's name array)
 * @undefs: symbols the script object needs from the kernel itself
 * @parts: bits of the runtime's objects that it is linked with (kit_part())
 * @modinfo: more "NAME=VALUE" of .modinfo
 * @by_name: it may run on a sibling kernel (TAPRT_T_BY_NAME)
 */
struct glue_spec {
	const struct kit *kit;
	const struct program *program;
	const char *module;
	const char *const *undefs;
	size_t nundefs;
	const char *const *modinfo;
	size_t nmodinfo;
	uint64_t parts;
	bool by_name;
};

/**
 * glue_make() - append an x86-64 ET_REL object to @out
 *
 * Sections: .modinfo (name, vermagic, depends, the kit's extras),
 * .gnu.linkonce.this_module, __versions on MODVERSIONS kernels, and .rodata with
 * taprt_target, taprt_points, taprt_nums and taprt_strings (runtime/gen.h), and
 * taprt_parts (runtime/core/part.h).
 * Return: 0, ERR_NOT_FOUND for a symbol the kernel does not export.
 * Source: kernel.md 3.2; include/linux/module.h, scripts/mod/modpost.c (formats).
 */
int glue_make(const struct glue_spec *s, struct buf *out, struct err *e);

/** glue_defines() - is @symbol one that a script's object may ask of the glue? */
bool glue_defines(const char *symbol);

#endif
