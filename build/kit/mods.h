/* SPDX-License-Identifier: GPL-2.0-only */
/* All modules of a kernel: names, dependencies, build-ids, types. */
#ifndef BUILD_KIT_MODS_H
#define BUILD_KIT_MODS_H

#include "build/base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct kf_writer;
struct ktracepoint;

/**
 * struct mod - one module file
 * @name: as in /proc/modules; @path: below the modules directory
 * @deps: value of depends=, by libkmod; @build_id: hex or ""
 * @btf: its .BTF, NULL when it has none; freed when packed
 * @funcs: its functions, as modfuncs_encode() has them; freed when packed
 * @group: index of the group it is in; @raw_off, @func_off: where in there
 */
struct mod {
	const char *name, *path, *deps, *build_id;
	uint8_t *btf;
	uint32_t btf_len, raw_off, func_len, func_off;
	struct buf funcs;
	size_t group;
	struct ktracepoint *tp; /* names and systems */
	size_t ntp;
};

/** struct mod_frame - one zstd frame */
struct mod_frame {
	uint8_t *z;
	uint32_t raw_len, zlen;
};

/** struct mod_group - types and functions of neighbouring modules */
struct mod_group {
	struct mod_frame types, funcs;
	size_t first, end; /* indexes into mods.bypath */
};

struct mods {
	struct mod *v; /* sorted by name */
	size_t n;
	struct mod **bypath; /* neighbours share types: they pack together */
	struct mod_group *group;
	size_t ngroups;
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
/** mods_write() - the sections "modules", "modbtf", "modfuncs", "modfn" and
 *  "mtps" */
void mods_write(const struct mods *m, struct kf_writer *w);

#endif
