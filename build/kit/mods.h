/* SPDX-License-Identifier: GPL-2.0-only */
/* All modules of a kernel: names, dependencies, build-ids, types. */
#ifndef BUILD_KIT_MODS_H
#define BUILD_KIT_MODS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct kf_writer;

/**
 * struct mod - one module file
 * @name: as in /proc/modules; @path: below the modules directory
 * @deps: value of depends= in .modinfo; @build_id: hex or ""
 * @z, @zlen: its .BTF as a zstd frame; NULL when it has none
 * @raw_len: bytes of .BTF
 */
struct mod {
	const char *name, *path, *deps, *build_id;
	uint8_t *z;
	uint32_t zlen, raw_len;
};

struct mods {
	struct mod *v; /* sorted by name */
	size_t n;
	struct arena *arenas; /* one per thread, owned */
	unsigned int narenas;
};

/**
 * mods_read() - read every module below @dir on @jobs threads (0: one per CPU)
 * @dir: lib/modules/RELEASE, or NULL: then there are no modules
 * Return: 0, ERR_IO, ERR_FORMAT, ERR_CORRUPT (with the module's name).
 */
int mods_read(const char *dir, unsigned int jobs, struct mods *ret,
	      struct err *e);
void mods_deinit(struct mods *m);
/** mods_write() - the sections "modules" and "modbtf" */
void mods_write(const struct mods *m, struct kf_writer *w);

#endif
