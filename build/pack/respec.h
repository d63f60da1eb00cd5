/* SPDX-License-Identifier: GPL-2.0-only */
/* A finished bundle as what it was made from, to make it again changed. */
#ifndef BUILD_PACK_RESPEC_H
#define BUILD_PACK_RESPEC_H

struct arena;
struct bundle;
struct bundle_spec;
struct err;

/**
 * respec() - fill @spec from a bundle
 * @b: open and verified; must stay as it is as long as @spec is used, which
 *     points into its texts
 * @a: owns the rest: scripts, modules, signatures, packs
 *
 * bundle_write() of the unchanged @spec with the signer and the time of the
 * bundle's only signature gives the same bytes: what is still the same keeps its
 * compressed form too (@spec->frame).  The bundle-id is kept; clear it where the
 * inputs change, and give them.
 * Return: 0, ERR_UNSUPPORTED (no scripts inside, texts that this program does
 * not write so), -BERR_* as the reader, ERR_IO.
 */
int respec(struct bundle_spec *spec, struct bundle *b, struct arena *a,
	   struct err *e);

#endif
