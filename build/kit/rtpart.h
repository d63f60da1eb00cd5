/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of a kit that changes with the runtime: facts, its objects, their needs. */
#ifndef BUILD_KIT_RTPART_H
#define BUILD_KIT_RTPART_H

#include "build/base/buf.h"
#include "build/kit/facts.h"
#include "build/kit/rtobj.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct kf_writer;
struct recipe;
struct symvers;

/**
 * struct rtpart - what the runtime's sources and one kernel make
 * @id: rtobj_source_id() of the sources
 * @objs: rtpart_deinit() frees their bytes, the rest belongs to the arena
 */
struct rtpart {
	const char *id;
	struct facts facts;
	struct rtobjs objs;
};

/** rtpart_build() - settle the facts, compile the runtime; returns as those do */
int rtpart_build(struct arena *a, const char *runtime, const char *id,
		 const struct recipe *r, const struct symvers *sv,
		 const char *scratch, struct rtpart *ret, struct err *e);
void rtpart_deinit(struct rtpart *p);

/**
 * rtpart_write() - the sections of @p, after those of the kernel itself
 * @modversions: does the kernel check CRCs?
 *
 * Its strings end the kit's: what comes before them is the kernel's alone, so
 * that a kit made anew from its own contents has the bytes of one made from
 * packages (kit_refresh()).
 */
void rtpart_write(const struct rtpart *p, bool modversions,
		  struct kf_writer *w);

#endif
