/* SPDX-License-Identifier: GPL-2.0-only */
/* Debug information of one kernel of a run, opened when it is first asked for. */
#ifndef BUILD_DWARF_DWKIT_H
#define BUILD_DWARF_DWKIT_H

#include <stdbool.h>

struct btfv;
struct dwx_dir;
struct err;
struct kit;

/**
 * struct dwfile - vmlinux or a module in a debug index
 * @name: "vmlinux", or the module's
 * @types: of its type ids; the kit's own view of the kernel's types where the index
 *         adds none to them
 */
struct dwfile {
	const char *name;
	struct dwx_dir *dir;
	const struct btfv *types;
};

struct dwkit;

/** dwkit_new() - nothing is opened yet; @k is borrowed; dwkit_free() it */
struct dwkit *dwkit_new(const struct kit *k);
void dwkit_free(struct dwkit *w);

/**
 * dwkit_file() - one file of the index
 * @w: NULL: there is none
 * @name: "vmlinux" or a module's name, "_" and "-" being the same
 * @ret: lives as long as @w; untouched after a failure
 * @e: may be NULL
 *
 * What failed once fails again in the same words and is not tried again.
 * Return: 0, ERR_NOT_FOUND (no index, hint: the command that makes one; or the
 * index has no such file), ERR_CORRUPT, …
 */
int dwkit_file(struct dwkit *w, const char *name, const struct dwfile **ret,
	       struct err *e);
/**
 * dwkit_id() - which index the kernel has
 * @ret: 64 hex digits that no other index has
 * Return: false: none that can be read.
 */
bool dwkit_id(struct dwkit *w, char ret[65]);

#endif
