/* SPDX-License-Identifier: GPL-2.0-only */
/* What was made of what, for tools of the supply chain. */
#ifndef BUILD_PACK_PROVENANCE_H
#define BUILD_PACK_PROVENANCE_H

struct arena;
struct buf;
struct bundle_spec;
struct err;
struct recipe;
struct signer;

/**
 * provenance_make() - append one DSSE envelope around an in-toto statement
 * @spec: complete but for the provenance; subjects are its modules
 * @r: dependencies are its kits and the files of @spec
 *
 * The statement is SLSA provenance and depends on nothing but @spec and @r: the same
 * build has the same statement, whoever signs it.
 * Source: in-toto Statement v1, SLSA provenance v1, DSSE v1.0 (protocol.md).
 */
void provenance_make(const struct bundle_spec *spec, const struct recipe *r,
		     const struct signer *s, struct buf *out);

/**
 * provenance_add() - the same from the recipe among @spec's files, and into @spec
 * @a: owns what the recipe says; @out: the envelope, as long as @spec is used
 *
 * It is told from the text that goes into the bundle, as by whoever reads that; without
 * one there is no provenance.
 * Return: 0, -BERR_FORMAT.
 */
int provenance_add(struct bundle_spec *spec, const struct signer *s,
		   struct arena *a, struct buf *out, struct err *e);

#endif
