/* SPDX-License-Identifier: GPL-2.0-only */
/* Types that only a header has: of macros' structures, of user space. */
#ifndef BUILD_KIT_HDRTYPES_H
#define BUILD_KIT_HDRTYPES_H

#include <stdbool.h>

struct btfv;
struct err;
struct hdrtypes;
struct kit;

/**
 * kit_header_types() - the types that "#include <HEADER>" gives
 * @header: the name between the angle brackets
 * @is_user: a header of this machine, for programs; else of the kit's kernel
 *
 * Compiled once for each open kit, by the kit's compiler, which writes BTF itself
 * (gcc 12 and later, -gbtf); kept until kit_close().
 * Return: NULL and @e: ERR_INVALID (no name of a header), ERR_UNSUPPORTED (the kit has
 * no headers, the compiler no BTF), ERR_TOOL (with what the compiler said), ERR_IO.
 */
const struct btfv *kit_header_types(const struct kit *k, const char *header,
				    bool is_user, struct err *e);

/** kit_hdrtypes() - where a kit keeps them */
struct hdrtypes **kit_hdrtypes(const struct kit *k);
/** hdrtypes_deinit() - free those of a kit */
void hdrtypes_deinit(struct hdrtypes *h);

#endif
