/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts: what one shard of a build leaves for tapbuild merge. */
#ifndef BUILD_PACK_PART_H
#define BUILD_PACK_PART_H

#include "build/pack/units.h"
#include "bundle/write.h"

struct arena;
struct buf;
struct bundle;
struct err;

/** struct part_unit - a unit that the shard attempted, and its target in the spec */
struct part_unit {
	size_t unit, target;
};

/**
 * struct part - one opened part
 * @spec: what its bundle is made from; without targets where the shard has no unit
 * @bundle: open as long as @spec is used; NULL with no unit
 */
struct part {
	const char *path;
	struct units plan;
	unsigned int shard, nshards;
	uint64_t mtime; /* of the header: SOURCE_DATE_EPOCH, or 0 */
	struct part_unit *unit;
	size_t n;
	struct bundle_spec spec;
	struct bundle *bundle;
	int fd;
};

/**
 * part_write() - append the part of shard @i of @n to @out
 * @spec: its targets are those units of @plan; unused when there are none
 *
 * A member tap-part-1/part, then the bundle's own members without a signature:
 * bundle/FORMAT.md section 11.
 * Return: as bundle_write().
 */
int part_write(const struct units *plan, unsigned int i, unsigned int n,
	       const struct bundle_spec *spec, struct buf *out, struct err *e);

/**
 * part_open() - read a part, as strictly as a bundle but for who it is from
 * @a: owns what @p points to; part_close() the rest, after a failure too
 *
 * Every digest, header and module is checked; the units are those of the shard,
 * and the bundle has one target for each.
 * Return: 0, -BERR_*, ERR_UNSUPPORTED as respec(), ERR_IO.
 */
int part_open(struct part *p, const char *path, struct arena *a, struct err *e);
void part_close(struct part *p);

#endif
