/* SPDX-License-Identifier: GPL-2.0-only */
/* A kit for another runtime, from what the kit itself carries. */
#ifndef BUILD_KIT_REFRESH_H
#define BUILD_KIT_REFRESH_H

struct arena;
struct err;
struct kit_maker;

/**
 * kit_refresh() - make stored kit @path anew with the runtime of @m
 * @id: rtobj_source_id() of that runtime
 * @ret: where the kit is now, in @a; the old one is gone
 *
 * Needs no package: headers, flags and tools are in the kit.  The bytes are those
 * that kit_make() would store.
 * Return: 0, ERR_UNSUPPORTED (a kit without headers, or made by another compiler
 * than this machine's: it has to be made from its packages), ERR_TOOL, ERR_IO.
 */
int kit_refresh(struct arena *a, const struct kit_maker *m, const char *path,
		const char *id, const char **ret, struct err *e);

#endif
