/* SPDX-License-Identifier: GPL-2.0-only */
/* Kits on disk: put, export, import, remove. */
#ifndef BUILD_KIT_STORE_H
#define BUILD_KIT_STORE_H

#include <stddef.h>

struct arena;
struct err;

/**
 * store_put() - store the @n bytes of a finished kit
 * @path: where it is now; owned by @a
 *
 * Other kits of the same release and kernel build-id are removed: they are
 * older ones of the same target.  Its tools are unpacked: what is in the store later is
 * checked once, when a machine unpacks them (kit_tools_dir()).
 */
int store_put(struct arena *a, const void *p, size_t n, const char **path,
	      struct err *e);

/**
 * store_put_debug() - store the @n bytes of a finished debug index
 * @path: where it is now; owned by @a
 *
 * It is addressed by what it is of, the kernel's release and build-id, and not by
 * a kit's id: a kit made anew for another runtime keeps it.
 */
int store_put_debug(struct arena *a, const void *p, size_t n, const char **path,
		    struct err *e);
/** store_debug_path() - where the debug index of a kernel is, if there is one */
char *store_debug_path(struct arena *a, const char *release,
		       const char *build_id);

/**
 * store_put_listing() - store the @n bytes of a finished listing of a kernel
 * @path: where it is now; owned by @a
 */
int store_put_listing(struct arena *a, const void *p, size_t n,
		      const char **path, struct err *e);
/** store_listing_path() - where the listing of a kernel is, if there is one */
char *store_listing_path(struct arena *a, const char *release,
			 const char *build_id);

/**
 * store_export() - write kit file @path as one zstd frame to @out
 *
 * Its kernel's debug index and listing follow as further frames, if they are there.
 */
int store_export(const char *path, const char *out, struct err *e);

/**
 * store_import() - check an exported (or stored) kit or what is beside it, or all in
 *                  one file, and store them
 * @path: of the kit, or of the index when that is all there is
 * Return: 0, ERR_IO, ERR_FORMAT, ERR_CORRUPT (the id does not fit), ERR_LIMIT.
 */
int store_import(struct arena *a, const char *file, const char **path,
		 struct err *e);

/** store_check() - recompute the id of kit or index file @path; ERR_CORRUPT */
int store_check(const char *path, struct err *e);
/** store_check_name() - is @path called as the kit of @release and @id is? ERR_CORRUPT */
int store_check_name(const char *path, const char *release, const char *id,
		     struct err *e);

/**
 * store_remove() - delete the kit file and its unpacked tools
 *
 * And the debug index and the listing, when no other kit of the same kernel is left.
 */
int store_remove(struct arena *a, const char *path, struct err *e);

#endif
