/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of one plan, together what the bundle is made from. */
#ifndef BUILD_PACK_MERGE_H
#define BUILD_PACK_MERGE_H

#include <stddef.h>

struct arena;
struct bundle_spec;
struct err;
struct part;

/**
 * merge_parts() - prove that @part[@n] cover their plan, and fill @spec
 * @spec: points into the parts; bundle_write() makes the bytes of a build that
 *        was not sharded
 * @a: owns the rest
 *
 * Parts may overlap, also of different numbers of shards: what two of them have
 * must be the same bytes.
 * Return: 0, ERR_FORMAT (of different plans, units missing or different; named),
 * ERR_UNSUPPORTED (no kernel takes the script).
 */
int merge_parts(const struct part *part, size_t n, struct bundle_spec *spec,
		struct arena *a, struct err *e);

#endif
