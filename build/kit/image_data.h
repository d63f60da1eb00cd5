/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kit keeps of the kernel image: identity, types, symbols, probe sites. */
#ifndef BUILD_KIT_IMAGE_DATA_H
#define BUILD_KIT_IMAGE_DATA_H

#include "build/base/buf.h"
#include "build/debuginfo/btf.h"
#include "build/debuginfo/elf.h"
#include "build/debuginfo/image.h"
#include "build/debuginfo/ksites.h"
#include "build/debuginfo/ksym.h"
#include "build/debuginfo/ktracepoint.h"

struct arena;
struct err;
struct kf_writer;
struct ktree;
struct symvers;

/**
 * struct image_data - an opened image and what was found in it
 *
 * Owned: idata_deinit() frees elf, f and index; the rest is in the arena.
 */
struct image_data {
	struct buf elf, index;
	struct efile f;
	struct image_banner banner;
	char build_id[EFILE_BUILD_ID_MAX];
	struct ksyms syms;
	uint64_t *sites;
	size_t nsites;
	struct ksites_range *black;
	size_t nblack;
	uint64_t *reserved;
	size_t nreserved;
	const struct efile_sect *btf_sect; /* or NULL */
	struct btfv btf;
	struct ktracepoint *tp;
	size_t ntp;
	bool is_open;
};

/**
 * idata_read() - unpack and decode the image of @t
 * Return: 0, ERR_IO, ERR_FORMAT, ERR_CORRUPT (image of another release), and
 * what the decoders return.
 */
int idata_read(struct arena *a, const struct ktree *t, struct image_data *ret,
	       struct err *e);
void idata_deinit(struct image_data *d);

/** idata_write() - sections funcs, syms, tps, btf, btfidx */
void idata_write(const struct image_data *d, const struct symvers *sv,
		 struct kf_writer *w);

#endif
